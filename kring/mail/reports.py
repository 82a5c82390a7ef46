"""Reports that come back by mail: of delivery (RFC 3464) and of complaints (RFC 5965).

A report counts when our own signed address stands in it; what it says of any other message is not believed.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import logging
from email.message import Message as Mail
from typing import NamedTuple

from kring.mail import bounces, return_address
from kring.mail.models import BounceKind, Message, MessageEvent

logger = logging.getLogger(__name__)

# A report holds at most the mail itself; what is larger is something else.
MOST_BYTES = 2_000_000


class Report(NamedTuple):
    """What a report says: a kind of bounce, or something that happened on the way."""

    bounce: str = ""
    event: str = ""
    detail: str = ""


def take(raw: bytes, now: dt.datetime) -> bool:
    """Reads one mail that came back. False when it is no report, or about no message of ours."""
    raw = raw[:MOST_BYTES]
    report = read(raw)
    if report is None:
        return False
    names = list(return_address.found_in(raw.decode("latin-1")))
    messages = list(Message.objects.filter(uuid__in=names))
    for message in messages:
        logger.info("mail came back", extra={"message_uuid": str(message.uuid), "bounce": report.bounce})
        if report.bounce:
            bounces.note(message, report.bounce, report.detail, now)
        else:
            bounces.note_on_the_way(message, report.event, report.detail, now)
    return bool(messages)


def read(raw: bytes) -> Report | None:
    """None for what is no report, such as an answer of somebody who is on holiday."""
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
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
            return Report(bounce=bounces.classed(status, diagnostic), detail=detail)
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
