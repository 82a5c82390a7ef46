"""Addresses that get no mail, or none of one kind, known by a keyed hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.utils.crypto import salted_hmac

from kring.mail.models import Kind, Message, Suppression

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
    listed = Suppression.objects.filter(address_hash__in=every, lifted_at=None)
    found = {(each, kind): reason for each, kind, reason in listed.values_list("address_hash", "kind", "reason")}
    return {
        message.pk
        for message in messages
        if any(
            (each, kind) in found and stops(found[each, kind], message.kind)
            for each in hashes[message.pk]
            for kind in (EVERYTHING, message.kind)
        )
    }


def stops(reason: str, kind: str) -> bool:
    """Who reported our mail as unwanted, and then asks for a code to sign in, gets that code."""
    return not (reason == Suppression.Reason.COMPLAINT and kind == Kind.CODE)


def is_suppressed(email: str, kind: str = EVERYTHING) -> bool:
    listed = Suppression.objects.filter(address_hash__in=hashes_of(email), lifted_at=None)
    reasons = listed.filter(kind__in={EVERYTHING, kind}).values_list("reason", flat=True)
    return any(stops(reason, kind) for reason in reasons)


def standing(emails: Iterable[str]) -> dict[str, Suppression]:
    """Of these addresses the ones that get no mail at all, and why. One query."""
    owners = {each: email for email in emails for each in hashes_of(email)}
    listed = Suppression.objects.filter(address_hash__in=owners, kind=EVERYTHING, lifted_at=None)
    return {owners[each.address_hash]: each for each in listed}


def is_left(email: str, kind: str) -> bool:
    """Whether the reader said that mail of this kind is not wanted."""
    asked = Suppression.objects.filter(address_hash__in=hashes_of(email), kind=kind, lifted_at=None)
    return asked.filter(reason=Suppression.Reason.REQUEST).exists()


def suppress(email: str, reason: str, now: dt.datetime, *, note: str = "", kind: str = EVERYTHING) -> None:
    Suppression.objects.update_or_create(
        address_hash=hash_of(email),
        kind=kind,
        defaults={"reason": reason, "since": now, "note": note[:500], "lifted_at": None},
    )


def try_again(email: str, now: dt.datetime, *, by_owner: bool) -> int:
    """An address that bounced is given another chance. A complaint is only taken back by who made it."""
    reasons = [Suppression.Reason.BOUNCE, *([Suppression.Reason.COMPLAINT] if by_owner else [])]
    listed = Suppression.objects.filter(address_hash__in=hashes_of(email), kind=EVERYTHING, lifted_at=None)
    return listed.filter(reason__in=reasons).update(lifted_at=now)


def lift(email: str, now: dt.datetime, *, kind: str) -> None:
    """The reader wants this kind again; an address that bounced stays on the list."""
    asked = Suppression.objects.filter(address_hash__in=hashes_of(email), kind=kind, lifted_at=None)
    asked.filter(reason=Suppression.Reason.REQUEST).update(lifted_at=now)
