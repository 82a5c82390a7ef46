"""Reports as mail servers send them (RFC 3464) and as mailbox providers do (RFC 5965)."""

from __future__ import annotations

DELIVERY = """\
From: MAILER-DAEMON@mx.voorbeeld.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="XX"

--XX
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--XX
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.voorbeeld.example
Arrival-Date: Thu, 26 Nov 2026 10:00:00 +0100

Final-Recipient: rfc822; lezer-1@voorbeeld.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--XX
Content-Type: text/rfc822-headers

Subject: Bericht
Message-ID: <x@localhost>

--XX--
"""

COMPLAINT = """\
From: feedback@provider.example
To: misbruik@kring.example
Subject: FW: Bericht
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="XX"

--XX
Content-Type: text/plain

This is an abuse report.

--XX
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1
Original-Mail-From: <{to}>

--XX
Content-Type: message/rfc822

Subject: Bericht

Dag

--XX--
"""


def delivery(
    to: str, status: str = "5.1.1", diagnostic: str = "550 5.1.1 no such user", action: str = "failed"
) -> bytes:
    return DELIVERY.format(to=to, status=status, diagnostic=diagnostic, action=action).encode()


def complaint(to: str) -> bytes:
    return COMPLAINT.format(to=to).encode()
