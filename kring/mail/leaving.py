"""Leaving the reminders, digests and newsletters with one click (RFC 8058), from the header or the foot of the mail.

The address holds a signed name of the message, so it needs no row of its own, no sign-in, and may be used twice.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterable

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from kring.mail import signatures, streams, suppression
from kring.mail.models import CAN_BE_LEFT, Message, Suppression

SALT = "kring.mail.leaving"
# The subject of a mail that asks for it (RFC 2369, 3.2).
BY_MAIL = "afmelden"


def address(message: uuid.UUID) -> str:
    """Signed as Signer does, without making one for each reader."""
    signature = urlsafe_b64encode(signatures.digest(f"{SALT}signer", message.hex)).decode().rstrip("=")
    return f"{settings.SITE_URL}{_way()}{message.hex}~{signature}/"


@functools.cache
def _way() -> str:
    """Looked up once: for a newsletter it took a third of the time."""
    return reverse("mail:leave", args=["-"]).removesuffix("-/")


def message_of(token: str) -> Message | None:
    """The mail that the address stood in, with where its reader is; None when that is not known any more."""
    try:
        name = Signer(salt=SALT, sep="~").unsign(token)
    except BadSignature:
        return None
    return next(iter(_found([uuid.UUID(name)])), None)


def _found(names: Iterable[uuid.UUID]) -> list[Message]:
    """An old newsletter does not hold the address any more; its link to leave works as long as there is one."""
    found = list(Message.objects.filter(uuid__in=list(names), kind__in=CAN_BE_LEFT).select_related("user"))
    for message in found:
        message.email = streams.address_of(message)
    return [message for message in found if message.email]


@transaction.atomic
def leave(message: Message, now: dt.datetime) -> None:
    suppress(message, now)
    streams.tell_left(message, now)


def suppress(message: Message, now: dt.datetime) -> None:
    """No mail of this kind any more to its reader, where it went and where they are now."""
    for email in streams.addresses_of(message):
        suppression.suppress(email, Suppression.Reason.REQUEST, now, kind=message.kind, message=message)


def leave_by_mail(names: Iterable[uuid.UUID], now: dt.datetime) -> int:
    """For each mail whose own address was written to; returns how many there were."""
    found = _found(names)
    for message in found:
        leave(message, now)
    return len(found)


@transaction.atomic
def come_back(message: Message, now: dt.datetime) -> None:
    for email in streams.addresses_of(message):
        suppression.lift(email, now, kind=message.kind)
    streams.tell_came_back(message, now)


def works_again(message: Message, now: dt.datetime) -> None:
    """Who holds the link of a mail reads it: the address is good, whatever a server said of it."""
    suppression.try_again(message.email, now, by_owner=True)
