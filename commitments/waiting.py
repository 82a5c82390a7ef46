"""What ends or moves when nobody answers: proposals, reports and enquiries that were left lying."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from commitments import enquiry_notices, promising
from commitments.models import (
    Commitment,
    CommitmentState,
    DateProposal,
    Enquiry,
    EnquiryState,
    Event,
    EventKind,
    StepNotAllowed,
)
from kring.foundation.actors import Actor

LAPSE_AFTER = dt.timedelta(days=30)
SILENCE_AFTER = dt.timedelta(days=30)
FORGET_UNCONFIRMED = dt.timedelta(hours=48)
REMIND_AFTER_WORKING_DAYS = 5
EXPIRE_AFTER = dt.timedelta(days=60)


def working_days_before(now: dt.datetime, days: int) -> dt.datetime:
    """The moment so many working days (Monday to Friday) earlier."""
    moment = now
    while days:
        moment -= dt.timedelta(days=1)
        if timezone.localtime(moment).isoweekday() <= 5:
            days -= 1
    return moment


def lapse_proposals(now: dt.datetime) -> int:
    old = Commitment.objects.filter(state=CommitmentState.PROPOSED, proposed_at__lte=now - LAPSE_AFTER)
    return _each(old, lambda commitment: promising.lapse(commitment, now))


def drop_date_proposals(now: dt.datetime) -> int:
    """A new date that nobody says yes to within 30 days is off: the date stays what it was."""
    old = DateProposal.objects.open().filter(at__lte=now - LAPSE_AFTER)
    return old.drop_open(now)


def keep_by_silence(now: dt.datetime) -> int:
    """Not where the board was asked to help: there somebody did say something. Once it has, the days count anew."""
    edge = now - SILENCE_AFTER
    mediated = Event.objects.filter(commitment=OuterRef("pk"), kind=EventKind.MEDIATED, at__gt=edge)
    reported = Commitment.objects.filter(state=CommitmentState.REPORTED, needs_board=False, reported_at__lte=edge)
    old = reported.exclude(Exists(mediated))
    return _each(old, lambda commitment: promising.keep_by_silence(commitment, now))


def _each(commitments: object, step: object) -> int:
    done = 0
    for commitment in commitments:  # type: ignore[attr-defined]
        try:
            step(commitment)  # type: ignore[operator]
        except StepNotAllowed:  # somebody answered in the meantime
            continue
        done += 1
    return done


def forget_unconfirmed(now: dt.datetime) -> int:
    """Takes away what was asked from an address that nobody confirmed."""
    old = Enquiry.objects.filter(state=EnquiryState.UNCONFIRMED, created_at__lte=now - FORGET_UNCONFIRMED)
    return old.delete()[0]


def remind_receivers(now: dt.datetime) -> int:
    """Once, five working days after an enquiry that nobody answered."""
    edge = working_days_before(now, REMIND_AFTER_WORKING_DAYS)
    silent = Enquiry.objects.waiting().filter(moved_at__lte=edge, reminded_at=None)
    return sum(_remind(enquiry.pk, now) for enquiry in silent)


@transaction.atomic
def _remind(pk: int, now: dt.datetime) -> bool:
    if not Enquiry.objects.waiting().filter(pk=pk, reminded_at=None).update(reminded_at=now):
        return False
    enquiry_notices.tell_of_enquiry(Enquiry.objects.get(pk=pk), again="reminder")
    return True


def nudge_both_sides(now: dt.datetime) -> int:
    """When nothing was heard for two weeks; after that again, once somebody has said something since."""
    return sum(_nudge(pk, now) for pk in list(Enquiry.objects.to_nudge(now).values_list("pk", flat=True)))


@transaction.atomic
def _nudge(pk: int, now: dt.datetime) -> bool:
    if not Enquiry.objects.to_nudge(now).filter(pk=pk).update(nudged_at=now):
        return False
    related = ("offering__contact", "need", "receiver", "asker", "asked_by")
    enquiry_notices.nudge(Enquiry.objects.select_related(*related).get(pk=pk))
    return True


def expire_enquiries(now: dt.datetime) -> int:
    """What was left lying for two months; both sides hear it."""
    silent = Enquiry.objects.in_progress().filter(moved_at__lte=now - EXPIRE_AFTER)
    related = silent.select_related("offering__contact", "need", "receiver", "asker", "asked_by")
    return sum(_expire(enquiry, now) for enquiry in related)


@transaction.atomic
def _expire(enquiry: Enquiry, now: dt.datetime) -> bool:
    try:
        enquiry.move(EnquiryState.EXPIRED, Actor.system(), now)
    except StepNotAllowed:  # somebody answered in the meantime
        return False
    enquiry_notices.tell_of_expiry(enquiry)
    return True
