"""What comes back by mail: reports of delivery (RFC 3464) and of complaints (RFC 5965), and who asks to leave.

It counts when our own signed address stands in it; what it says of any other message is not believed.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import logging
import uuid
from collections.abc import Iterator
from email.message import Message as Mail
from typing import NamedTuple

from kring.mail import bounces, classing, leaving, return_address
from kring.mail.models import BounceKind, Message, MessageEvent

logger = logging.getLogger(__name__)

# A report holds at most the mail itself; what is larger is something else.
MOST_BYTES = 2_000_000
TO = ("To", "Cc", "Delivered-To", "X-Original-To")


class Report(NamedTuple):
    """What a report says: a kind of bounce, or something that happened on the way."""

    bounce: str = ""
    event: str = ""
    detail: str = ""


def take(raw: bytes, now: dt.datetime) -> bool:
    """Reads one mail that came back. False when there is nothing to do with it, or it is about no message of ours."""
    raw = raw[:MOST_BYTES]
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
    report = read(mail)
    if report is None:
        return asks_to_leave(mail) and bool(leaving.leave_by_mail(left_in(mail), now))
    messages = list(Message.objects.filter(uuid__in=named_in(raw.decode("latin-1"), report)))
    for message in messages:
        logger.info("mail came back", extra={"message_uuid": str(message.uuid), "bounce": report.bounce})
        if report.bounce:
            bounces.note(message, report.bounce, report.detail, now)
        else:
            bounces.note_on_the_way(message, report.event, report.detail, now)
    return bool(messages)


def named_in(text: str, report: Report) -> list[uuid.UUID]:
    """A complaint may hold the mail without the envelope: then by the address to leave, which only its reader had."""
    names = list(return_address.found_in(text))
    if report.bounce == BounceKind.COMPLAINT:
        names += return_address.found_in(text, return_address.LEAVE_SALT)
    return names


def asks_to_leave(mail: Mail) -> bool:
    """By the button of a mail program, or by hand; never what a program answers by itself (RFC 3834, 5)."""
    by_itself = _field(mail, "Auto-Submitted").lower()
    return _field(mail, "Subject").lower() == leaving.BY_MAIL and by_itself in {"", "no"}


def left_in(mail: Mail) -> Iterator[uuid.UUID]:
    """The messages whose address to leave by it was sent to: what is quoted in the text does not count."""
    to = " ".join(str(value) for name in TO for value in mail.get_all(name, []))
    return return_address.found_in(to, return_address.LEAVE_SALT)


def read(mail: Mail) -> Report | None:
    """None for what is no report, such as an answer of somebody who is on holiday."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            return _of_delivery(part)
        if part.get_content_type() == "message/feedback-report":
            return _of_complaint(part)
    return None


def _of_delivery(part: Mail) -> Report | None:
    """The parser makes a Mail of each block of fields: the first about the message, the others about a recipient."""
    blocks = part.get_payload()
    if not isinstance(blocks, list):
        return None
    for block in blocks:
        action = _field(block, "Action").lower()
        status, diagnostic = _field(block, "Status"), _field(block, "Diagnostic-Code").partition(";")[2].strip()
        detail = f"{status} {diagnostic}".strip()
        if action == "failed":
            return Report(bounce=classing.classed(status, diagnostic), detail=detail)
        if action == "delayed":
            return Report(event=MessageEvent.What.DELAYED, detail=detail)
        if action in {"delivered", "relayed", "expanded"}:
            return Report(event=MessageEvent.What.DELIVERED, detail=detail)
    return None


def _of_complaint(part: Mail) -> Report | None:
    """Its fields are parsed as the header of a mail inside the part."""
    inside = part.get_payload()
    fields = inside[0] if isinstance(inside, list) and inside else email.message_from_string(str(inside))
    kind = _field(fields, "Feedback-Type").lower()
    return Report(bounce=BounceKind.COMPLAINT, detail=kind) if kind in {"abuse", "fraud", "virus", "other"} else None


def _field(block: object, name: str) -> str:
    return " ".join(str(block.get(name, "")).split()) if isinstance(block, Mail) else ""
