"""Addresses that get no mail, or none of one kind, known by a keyed hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.utils.crypto import salted_hmac

from kring.mail.models import Message, Suppression

SALT = "kring.mail.suppression"
EVERYTHING = ""


def hash_of(email: str, secret: str | None = None) -> str:
    return salted_hmac(SALT, email.strip().lower(), secret=secret, algorithm="sha256").hexdigest()


def hashes_of(email: str) -> list[str]:
    """With the former secrets too: who was on the list before SECRET_KEY changed is on it after."""
    return [hash_of(email, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def unwanted(messages: Iterable[Message]) -> set[int]:
    """The keys of those whose reader gets no mail, or none of this kind any more."""
    hashes = {message.pk: hashes_of(message.email) for message in messages}
    every = [each for of_one in hashes.values() for each in of_one]
    listed = Suppression.objects.filter(address_hash__in=every, lifted_at=None).values_list("address_hash", "kind")
    found = set(listed)
    return {
        message.pk
        for message in messages
        if any((each, kind) in found for each in hashes[message.pk] for kind in (EVERYTHING, message.kind))
    }


def is_suppressed(email: str, kind: str = EVERYTHING) -> bool:
    listed = Suppression.objects.filter(address_hash__in=hashes_of(email), lifted_at=None)
    return listed.filter(kind__in={EVERYTHING, kind}).exists()


def suppress(email: str, reason: str, now: dt.datetime, *, note: str = "", kind: str = EVERYTHING) -> None:
    Suppression.objects.update_or_create(
        address_hash=hash_of(email),
        kind=kind,
        defaults={"reason": reason, "since": now, "note": note[:500], "lifted_at": None},
    )


def lift(email: str, now: dt.datetime, *, kind: str) -> None:
    """The reader wants this kind again; an address that bounced stays on the list."""
    asked = Suppression.objects.filter(address_hash__in=hashes_of(email), kind=kind, lifted_at=None)
    asked.filter(reason=Suppression.Reason.REQUEST).update(lifted_at=now)
