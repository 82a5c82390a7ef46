"""The evening itself: who is here, what is on now and for how long, and what is said that must not be lost."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from kring.accounts.models import User
from kring.meetings import agenda
from kring.meetings.agenda import Slot
from kring.meetings.models import (
    AgendaItem,
    Meeting,
    MeetingState,
    Outcome,
    SignUp,
    SignUpState,
    StepNotAllowed,
    person_of,
)
from members.models import Organisation

SHOWN = 100
OFFERED_NAMES = 12
# From so long before the start people are let in.
DOOR_OPENS = dt.timedelta(hours=6)


@dataclass(frozen=True)
class Now:
    """The item that is on, until when it may take, and what comes after it."""

    slot: Slot | None
    ends_at: dt.datetime | None
    minutes_left: int
    next: Slot | None

    @property
    def is_over_time(self) -> bool:
        return self.minutes_left < 0

    @property
    def minutes_over(self) -> int:
        return -self.minutes_left


def now_on(meeting: Meeting, slots: list[Slot], at: dt.datetime) -> Now:
    """Of an item that began late it is counted from when it began."""
    here = next((place for place, slot in enumerate(slots) if slot.item.pk == meeting.current_item_id), None)
    if here is None or meeting.current_since is None:
        return Now(None, None, 0, slots[0] if slots else None)
    slot = slots[here]
    ends_at = meeting.current_since + dt.timedelta(minutes=slot.item.minutes)
    left = int((ends_at - at).total_seconds() // 60)
    return Now(slot, ends_at, left, slots[here + 1] if here + 1 < len(slots) else None)


def slots_of(meeting: Meeting) -> list[Slot]:
    return agenda.slots(meeting, meeting.agenda.order_by("order"))


@transaction.atomic
def turn_to(meeting: Meeting, item: AgendaItem, at: dt.datetime) -> None:
    """The item that is on from now. Turned to again, it goes on counting from the first time."""
    locked = _going_on(meeting)
    if locked.current_item_id != item.pk:
        locked.current_item, locked.current_since = item, at
        locked.save(update_fields=["current_item", "current_since"])


def _going_on(meeting: Meeting) -> Meeting:
    locked = meeting.locked()
    if locked.state != MeetingState.PUBLISHED:
        raise StepNotAllowed(locked.state)
    return locked


# --- who is here ---


def expected(meeting: Meeting, words: str = "") -> QuerySet[SignUp]:
    """Who may come in, those who are not in yet first; the waiting list too, for when there is room after all."""
    found = SignUp.objects.of(meeting).active()
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(organisation_name__icontains=word))
    return found.order_by(F("checked_in_at").asc(nulls_first=True), "name", "pk")


def door_opens_at(meeting: Meeting) -> dt.datetime:
    return meeting.starts_at - DOOR_OPENS


def _at_the_door(meeting: Meeting, at: dt.datetime) -> Meeting:
    """The meeting, locked. Raises StepNotAllowed when it does not take place, and long before it begins."""
    locked = meeting.locked()
    if not locked.takes_place or at < door_opens_at(locked):
        raise StepNotAllowed(locked.state)
    return locked


@transaction.atomic
def check_in(sign_up: SignUp, at: dt.datetime, *, people: int) -> None:
    """With as many as there are; nobody takes it back. Who waited and is let in sits besides the counted places, who
    was offered a place takes it."""
    _at_the_door(sign_up.meeting, at)
    sign_up.refresh_from_db()
    _let_in(sign_up, at, people)


def _let_in(sign_up: SignUp, at: dt.datetime, people: int) -> None:
    if people and sign_up.state in {SignUpState.WAITING, SignUpState.OFFERED}:
        waited = sign_up.state == SignUpState.WAITING
        sign_up.move(SignUpState.GOING, walked_in=waited, offer_until=None)
    sign_up.check_in(at, people=people)


@transaction.atomic
def walk_in(sign_up: SignUp, at: dt.datetime) -> SignUp:
    """Somebody at the door who had not signed up, or turns out to have done so: then that one is checked in.

    The same `once` again gives the first one.
    """
    meeting = _at_the_door(sign_up.meeting, at)
    there = SignUp.objects.of(meeting)
    earlier = there.filter(once=sign_up.once).first() if sign_up.once else None
    if earlier is not None:
        return earlier
    known = there.active().filter(email__iexact=sign_up.email).first() if sign_up.email else None
    if known is not None:
        _let_in(known, at, sign_up.people)
        return known
    sign_up.state, sign_up.walked_in = SignUpState.GOING, True
    sign_up.person = person_of(sign_up.email) if sign_up.email else ""
    sign_up.created_at = sign_up.confirmed_at = sign_up.checked_in_at = at
    sign_up.came = sign_up.people
    sign_up.save()
    return sign_up


# --- what is said ---


def caught(outcome: Outcome, by: User, at: dt.datetime, once: uuid.UUID) -> Outcome:
    """Writes one line down, under the item that is on. The same `once` again gives the first one.

    Raises StepNotAllowed for a meeting that does not take place.
    """
    if not outcome.meeting.takes_place:
        raise StepNotAllowed(outcome.meeting.state)
    outcome.written_by, outcome.at, outcome.once = by, at, once
    if outcome.item is None:
        outcome.item = outcome.meeting.current_item
    Outcome.objects.bulk_create([outcome], ignore_conflicts=True)
    return Outcome.objects.get(once=once)


def name_whose(outcome: Outcome, words: str) -> None:
    """Who is meant: an organisation of that name, else the one guest of that name or of that organisation."""
    outcome.who, outcome.organisation, outcome.sign_up = words[:120], None, None
    if not words:
        return
    outcome.organisation = organisation_named(words)
    if outcome.organisation is not None:
        return
    guests = SignUp.objects.of(outcome.meeting).active().select_related("organisation")
    found = guests.filter(Q(name__iexact=words) | Q(organisation_name__iexact=words)).order_by("pk")[:2]
    if len(found) == 1:
        outcome.sign_up, outcome.organisation = found[0], found[0].organisation


def organisation_named(words: str) -> Organisation | None:
    """The one on the lists with just this name; two of the same name are nobody."""
    found = Organisation.objects.listed(timezone.localdate()).filter(name__iexact=words.strip())[:2]
    return found[0] if len(found) == 1 else None


def organisations_like(words: str) -> list[str]:
    """Names to choose from while somebody types."""
    listed = Organisation.objects.listed(timezone.localdate())
    found = listed.filter(Q(name__istartswith=words) | Q(name__icontains=f" {words}")) if words else listed.none()
    return list(found.order_by("name").values_list("name", flat=True)[:OFFERED_NAMES])
