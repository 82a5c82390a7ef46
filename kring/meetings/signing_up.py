"""Dividing the places: asking, confirming, changing, giving up, and the waiting list.

All of it under the lock of the meeting's row, so that of two at once the second sees what the first did. The database
counts the places besides, and refuses one too many. Who waits is offered a place as soon as one is free that is large
enough: so a larger group may wait while somebody alone goes in, and no chair stays empty.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Q

from kring.accounts.models import User
from kring.foundation import news
from kring.meetings import notices
from kring.meetings.models import Full, Meeting, MeetingState, SignUp, SignUpState, StepNotAllowed, person_of

S = SignUpState
OFFER_LASTS = dt.timedelta(hours=48)
CONFIRM_WITHIN = notices.CONFIRM_WITHIN


@transaction.atomic
def ask(sign_up: SignUp, by: User | None, at: dt.datetime) -> SignUp:
    """Writes down who wants to come. A user is known and gets a place at once; another address is confirmed first.

    The same `once` again gives what was written the first time. Of an address that is on the list already nothing is
    written: its owner gets a mail that says so, and whoever typed it learns nothing.
    """
    sign_up.user, sign_up.created_at, sign_up.person = by, at, person_of(sign_up.email)
    earlier = SignUp.objects.filter(once=sign_up.once).first() if sign_up.once else None
    if earlier is not None and _is_of_the_same(earlier, sign_up):
        return earlier
    if earlier is not None:
        sign_up.once = uuid.uuid4()  # the form was filled in again for somebody else
    there = on_the_list(sign_up)
    if there is not None:
        notices.tell_of_place_already(there, sign_up.once or uuid.uuid4())
        return there
    SignUp.objects.bulk_create([sign_up], ignore_conflicts=True)
    stored = SignUp.objects.select_related("meeting").get(once=sign_up.once)
    if stored.uuid != sign_up.uuid:
        return stored
    if by is None:
        notices.ask_to_confirm(stored)
    else:
        confirm(stored, at)
    return stored


def _is_of_the_same(earlier: SignUp, sign_up: SignUp) -> bool:
    return earlier.meeting_id == sign_up.meeting_id and earlier.email.lower() == sign_up.email.lower()


def on_the_list(sign_up: SignUp) -> SignUp | None:
    """The sign-up of the same address that takes part in the division of places."""
    active = SignUp.objects.of(sign_up.meeting).active().exclude(email="")
    return active.select_related("meeting", "user").filter(email__iexact=sign_up.email).first()


@transaction.atomic
def confirm(sign_up: SignUp, at: dt.datetime) -> None:
    """The address is theirs: a place if there is one, else the waiting list. Raises StepNotAllowed."""
    meeting = _locked(sign_up)
    if sign_up.state != S.UNCONFIRMED or not _goes_on(meeting, at):
        raise StepNotAllowed(sign_up.state)
    there = on_the_list(sign_up)
    if there is not None:
        sign_up.move(S.CANCELLED, confirmed_at=at, cancelled_at=at)  # a second time by the same address
        notices.tell_of_place_already(there, sign_up.uuid)
        return
    _place(sign_up, meeting, at)
    _pass_on_the_wish(sign_up, at)


@transaction.atomic
def bring(sign_up: SignUp, at: dt.datetime) -> SignUp:
    """Somebody whose address is proven, since the link in an invitation came there: a place or the waiting list."""
    meeting = sign_up.meeting.locked()
    there = on_the_list(sign_up)
    if there is not None:
        return there
    if not meeting.takes_sign_ups(at):
        raise StepNotAllowed(meeting.state)
    sign_up.person, sign_up.created_at = person_of(sign_up.email), at
    sign_up.save()
    _place(sign_up, meeting, at)
    _pass_on_the_wish(sign_up, at)
    return sign_up


def _pass_on_the_wish(sign_up: SignUp, at: dt.datetime) -> None:
    """For the newsletter, which asks once more: whoever filled in the form may have been somebody else."""
    if sign_up.wants_newsletter:
        news.subscribe(email=sign_up.email, name=sign_up.name, language=sign_up.language, source="meeting", at=at)


def _place(sign_up: SignUp, meeting: Meeting, at: dt.datetime) -> None:
    if meeting.fits(sign_up.people):
        sign_up.move(S.GOING, confirmed_at=at)
        notices.tell_of_place(sign_up)
    else:
        sign_up.move(S.WAITING, confirmed_at=at)
        notices.tell_of_waiting(sign_up, place_in_line(sign_up))


def place_in_line(sign_up: SignUp) -> int:
    came, key = sign_up.confirmed_at, sign_up.pk
    ahead = Q(confirmed_at__lt=came) | Q(confirmed_at=came, pk__lt=key)
    return SignUp.objects.of(sign_up.meeting).in_line().filter(ahead).count() + 1


@transaction.atomic
def change(sign_up: SignUp, at: dt.datetime, *, people: int, **about: object) -> None:
    """With more or fewer people, and what else they told. Raises Full when there are not so many places more."""
    meeting = _locked(sign_up)
    if sign_up.state not in {S.GOING, S.WAITING, S.OFFERED} or not _goes_on(meeting, at):
        raise StepNotAllowed(sign_up.state)
    more = people - sign_up.people
    if sign_up.is_seated and more > 0 and not meeting.fits(more):
        raise Full(meeting.free or 0)
    for field, value in (about | {"people": people}).items():
        setattr(sign_up, field, value)
    sign_up.save(update_fields=["people", *about])
    offer_free_places(meeting, at)


@transaction.atomic
def cancel(sign_up: SignUp, at: dt.datetime) -> None:
    """They do not come after all, and the next in line hears of it. Raises StepNotAllowed."""
    meeting = _locked(sign_up)
    if sign_up.state not in {S.GOING, S.WAITING, S.OFFERED} or not _goes_on(meeting, at):
        raise StepNotAllowed(sign_up.state)
    sign_up.move(S.CANCELLED, cancelled_at=at, offer_until=None)
    notices.withdraw_mails(sign_up)
    notices.tell_of_leaving(sign_up)
    offer_free_places(meeting, at)


@transaction.atomic
def accept(sign_up: SignUp, at: dt.datetime) -> None:
    """Takes the place that was offered, in time. Raises StepNotAllowed."""
    meeting = _locked(sign_up)
    in_time = sign_up.offer_until is not None and at < sign_up.offer_until
    if sign_up.state != S.OFFERED or not in_time or not _goes_on(meeting, at):
        raise StepNotAllowed(sign_up.state)
    sign_up.move(S.GOING, offer_until=None)
    notices.tell_of_place(sign_up)


def offer_free_places(meeting: Meeting, at: dt.datetime) -> int:
    """Offers what is free to those who wait, in their order, as far as they fit; returns how many got an offer.

    Within the caller's transaction, which holds the meeting's lock.
    """
    meeting.refresh_from_db()
    if not _goes_on(meeting, at):
        return 0
    free, offered = meeting.free, 0
    for each in SignUp.objects.of(meeting).in_line():
        if free == 0:
            break
        if free is None or each.people <= free:
            each.meeting = meeting
            each.move(S.OFFERED, offered_at=at, offer_until=min(at + OFFER_LASTS, meeting.starts_at))
            notices.offer_place(each)
            free, offered = None if free is None else free - each.people, offered + 1
    return offered


def expire_offers(now: dt.datetime) -> int:
    """Offers that nobody took in time go to the next in line; returns how many lapsed."""
    over = SignUp.objects.filter(state=S.OFFERED, offer_until__lte=now)
    meetings = Meeting.objects.filter(pk__in=over.values("meeting")).order_by("pk")
    return sum(_expire(meeting, now) for meeting in meetings)


@transaction.atomic
def _expire(meeting: Meeting, now: dt.datetime) -> int:
    """With the meeting locked and looked at again, so that two clocks do it once."""
    meeting = meeting.locked()
    over = list(meeting.sign_ups.filter(state=S.OFFERED, offer_until__lte=now))
    for each in over:
        each.move(S.LAPSED, cancelled_at=now, offer_until=None)
    offer_free_places(meeting, now)
    return len(over)


def _locked(sign_up: SignUp) -> Meeting:
    """The meeting, locked, and the sign-up as it is now."""
    meeting = sign_up.meeting.locked()
    sign_up.refresh_from_db()
    sign_up.meeting = meeting
    return meeting


def _goes_on(meeting: Meeting, at: dt.datetime) -> bool:
    return meeting.state == MeetingState.PUBLISHED and at < meeting.starts_at
