"""A message as it goes over the line (RFC 5322), in the form that was fixed when it was queued."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings
from django.utils import timezone

from kring.foundation.models import Circle
from kring.mail import leaving
from kring.mail.models import CAN_BE_LEFT, Message
from kring.mail.rendering import one_line

ENCODED_WORD = "=?"  # RFC 2047


def header(text: str) -> str:
    """One line that says what it says. What looks like an encoded word would be decoded, line breaks and all."""
    return one_line(text).replace(ENCODED_WORD, "= ?")


def in_ascii(email: str) -> str:
    """An address as every server takes it, its domain in IDNA. Raises UnicodeError where that cannot be."""
    if ENCODED_WORD in email:
        raise UnicodeError(f"an encoded word is no address: {email}")
    local, _at, domain = email.rpartition("@")
    local.encode("ascii")
    return f"{local}@{domain.encode('idna').decode()}"


def address(name: str, email: str) -> Address:
    """For a header, without the characters that would break out of it."""
    return Address(display_name=header(name), addr_spec=in_ascii(email))


def build(message: Message) -> bytes:
    """Raises ValueError, of which UnicodeError is one, or HeaderParseError for an address that cannot be written."""
    circle = Circle.current()
    mime = EmailMessage(policy=SMTP)
    mime["Subject"] = header(message.subject)
    mime["From"] = address(circle.sender_name or circle.full_name, settings.DEFAULT_FROM_EMAIL)
    mime["To"] = address(message.name, message.email)
    if reply_to := circle.reply_to or circle.email:
        mime["Reply-To"] = address("", reply_to)
    mime["Date"] = format_datetime(timezone.localtime(message.created_at))
    mime["Message-ID"] = message.message_id
    mime["Auto-Submitted"] = "auto-generated"  # RFC 3834
    for name, value in message.headers.items():
        mime[name] = header(str(value))
    mime.set_content(message.text, cte="quoted-printable")
    if message.html:
        mime.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return _unfolded(_list_headers(message, reply_to)) + mime.as_bytes()


def _list_headers(message: Message, reply_to: str) -> dict[str, str]:
    """Which stream this is, and, of what comes by itself, how to leave it with one click (RFC 2369, 2919, 8058)."""
    template = message.template.replace("/", "-") or "-"
    headers = {"Feedback-ID": f"{template}:{message.kind}:{settings.SITE_HOST}"}
    if message.kind not in CAN_BE_LEFT:
        return headers
    by_mail = [f"<mailto:{reply_to}?subject=afmelden>"] if reply_to else []
    return headers | {
        "List-Id": f"<{message.kind}.{settings.SITE_HOST}>",
        "List-Unsubscribe": ", ".join([f"<{leaving.address(message.uuid)}>", *by_mail]),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _unfolded(headers: dict[str, str]) -> bytes:
    """For addresses longer than a line: the standard library makes encoded words of them, which nobody follows."""
    return b"".join(f"{name}: {one_line(value)}\r\n".encode("ascii") for name, value in headers.items())
