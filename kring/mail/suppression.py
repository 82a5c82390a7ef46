"""Addresses that get no mail, or none of one kind, known by a keyed hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from kring.foundation.counting import how_many
from kring.foundation.logs import discreet
from kring.mail import signatures
from kring.mail.models import Kind, Message, MessageState, Suppression

SALT = "kring.mail.suppression"
EVERYTHING = ""
# The button by which who reads there says that the address is good.
WORKS = "klopt"
SAID_BY_READER = [Suppression.Reason.COMPLAINT, Suppression.Reason.REQUEST]
TRY_CODE_AFTER = dt.timedelta(days=1)


def hash_of(email: str, secret: str | None = None) -> str:
    return signatures.digest(SALT, email.strip().lower(), secret).hex()


def hashes_of(email: str) -> list[str]:
    """With the former secrets too: who was on the list before SECRET_KEY changed is on it after."""
    return [hash_of(email, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def unwanted(messages: Iterable[Message]) -> set[int]:
    """The keys of those whose reader gets no mail, or none of this kind any more."""
    hashes = {message.pk: hashes_of(message.email) for message in messages}
    every = [each for of_one in hashes.values() for each in of_one]
    # As one parameter: writing 250 into the statement takes Django and the driver 5 ms.
    asked = RawSQL("SELECT unnest(%s::text[])", [every])
    listed = Suppression.objects.filter(address_hash__in=asked, lifted_at=None)
    found = {(each, kind): reason for each, kind, reason in listed.values_list("address_hash", "kind", "reason")}
    stopped = [
        message
        for message in (messages if found else ())
        if any(
            (each, kind) in found and stops(found[each, kind], message.kind)
            for each in hashes[message.pk]
            for kind in (EVERYTHING, message.kind)
        )
    ]
    return {message.pk for message in stopped if not is_code_of_the_day(message, timezone.now())}


def is_code_of_the_day(message: Message, now: dt.datetime) -> bool:
    """Who asks for a code may know better than the server that sent our mail back: once a day it is tried."""
    if message.kind != Kind.CODE:
        return False
    others = Message.objects.filter(email__iexact=message.email, kind=Kind.CODE).exclude(pk=message.pk)
    return not others.filter(attempts__gt=0, created_at__gt=now - TRY_CODE_AFTER).exists()


def stops(reason: str, kind: str) -> bool:
    """Who reported our mail as unwanted, and then asks for a code to sign in, gets that code."""
    return not (reason == Suppression.Reason.COMPLAINT and kind == Kind.CODE)


def is_suppressed(email: str, kind: str = EVERYTHING) -> bool:
    listed = Suppression.objects.filter(address_hash__in=hashes_of(email), lifted_at=None)
    reasons = listed.filter(kind__in={EVERYTHING, kind}).values_list("reason", flat=True)
    return any(stops(reason, kind) for reason in reasons)


def addresses() -> QuerySet[Suppression]:
    """Those that get no mail at all, the newest that nobody looked at first; each with how many mails it missed."""
    missed = Message.objects.filter(
        email__iexact=OuterRef("message__email"), state=MessageState.SUPPRESSED, created_at__gte=OuterRef("since")
    )
    listed = Suppression.objects.standing().select_related("message").annotate(missed=how_many(missed))
    return listed.order_by(F("dealt_with_at").asc(nulls_first=True), "-since", "-pk")


def standing(emails: Iterable[str]) -> dict[str, Suppression]:
    """Of these addresses the ones that get no mail at all, and why. One query."""
    owners = {each: email for email in emails for each in hashes_of(email)}
    listed = Suppression.objects.standing().filter(address_hash__in=owners)
    return {owners[each.address_hash]: each for each in listed}


def unreached(emails: Iterable[str], kind: str) -> set[str]:
    """Those of these addresses that get no mail, or none of this kind. One query."""
    owners = {each: email for email in emails for each in hashes_of(email)}
    asked = RawSQL("SELECT unnest(%s::text[])", [list(owners)])
    listed = Suppression.objects.filter(address_hash__in=asked, kind__in={EVERYTHING, kind}, lifted_at=None)
    return {owners[each] for each, why in listed.values_list("address_hash", "reason") if stops(why, kind)}


def is_closed(email: str, kind: str) -> bool:
    """Whether its reader said no, to all of our mail or to this kind: only who reads there can take that back."""
    said = Suppression.objects.filter(address_hash__in=hashes_of(email), kind__in={EVERYTHING, kind}, lifted_at=None)
    reasons = said.filter(reason__in=SAID_BY_READER).values_list("reason", flat=True)
    return any(stops(reason, kind) for reason in reasons)


def closed_by() -> Exists:
    """Of each message whether its reader said no since, as far as it is known by what mail: within another query."""
    said = Suppression.objects.filter(reason__in=SAID_BY_READER, lifted_at=None, message__email=OuterRef("email"))
    return Exists(said.filter(Q(kind=EVERYTHING) | Q(kind=OuterRef("kind"))))


def against(email: str, kind: str) -> Suppression | None:
    """What stands against mail of this kind, or stood against it last."""
    listed = Suppression.objects.filter(address_hash__in=hashes_of(email), kind__in={EVERYTHING, kind})
    return listed.order_by(F("lifted_at").desc(nulls_first=True), "-since").first()


def lifted_at(email: str) -> dt.datetime | None:
    """When it was last said that mail to this address arrives after all."""
    found: dt.datetime | None = Suppression.objects.filter(
        address_hash__in=hashes_of(email), kind=EVERYTHING
    ).aggregate(last=Max("lifted_at"))["last"]
    return found


def is_left(email: str, kind: str) -> bool:
    """Whether the reader said that mail of this kind is not wanted."""
    asked = Suppression.objects.filter(address_hash__in=hashes_of(email), kind=kind, lifted_at=None)
    return asked.filter(reason=Suppression.Reason.REQUEST).exists()


def suppress(
    email: str,
    reason: str,
    now: dt.datetime,
    *,
    note: str = "",
    kind: str = EVERYTHING,
    message: Message | None = None,
) -> None:
    """`message` is the mail that it follows from. That mail came back does not replace what the reader said.

    The note is kept for ever, and servers like to repeat the address: so without.
    """
    told = {"reason": reason, "since": now, "note": discreet(note)[:500], "message": message}
    listed, is_new = Suppression.objects.get_or_create(address_hash=hash_of(email), kind=kind, defaults=told)
    if not is_new:
        others = Suppression.objects.filter(pk=listed.pk)
        if reason == Suppression.Reason.BOUNCE:
            others = others.exclude(reason__in=SAID_BY_READER, lifted_at=None)
        others.update(**told, lifted_at=None, dealt_with_at=None)


def try_again(email: str, now: dt.datetime, *, by_owner: bool) -> int:
    """An address that bounced is given another chance. A complaint is only taken back by who made it."""
    reasons = [Suppression.Reason.BOUNCE, *([Suppression.Reason.COMPLAINT] if by_owner else [])]
    listed = Suppression.objects.standing().filter(address_hash__in=hashes_of(email))
    return listed.filter(reason__in=reasons).update(lifted_at=now)


def try_listed_again(listed: Suppression, now: dt.datetime) -> bool:
    """For the board; false where it was lifted already, or is not for the board to lift."""
    if listed.message is not None and listed.message.email:
        return bool(try_again(listed.message.email, now, by_owner=False))
    alone = Suppression.objects.standing().filter(pk=listed.pk, reason=Suppression.Reason.BOUNCE)
    return bool(alone.update(lifted_at=now))


def deal_with(listed: QuerySet[Suppression], now: dt.datetime) -> int:
    """Somebody looked at it: it needs no attention any more."""
    return listed.filter(dealt_with_at=None).update(dealt_with_at=now)


def lift(email: str, now: dt.datetime, *, kind: str) -> None:
    """The reader wants this kind again; an address that bounced stays on the list."""
    asked = Suppression.objects.filter(address_hash__in=hashes_of(email), kind=kind, lifted_at=None)
    asked.filter(reason=Suppression.Reason.REQUEST).update(lifted_at=now)


def copy_requests(former: str, email: str, now: dt.datetime) -> None:
    """What somebody asked for at one address holds at the next; that mail came back, is of the address alone."""
    asked = Suppression.objects.filter(
        address_hash__in=hashes_of(former), reason=Suppression.Reason.REQUEST, lifted_at=None
    )
    for kind in asked.values_list("kind", flat=True):
        if not is_left(email, kind):
            suppress(email, Suppression.Reason.REQUEST, now, kind=kind)
