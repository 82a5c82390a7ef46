"""What is erased when it has done its work."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from commitments.models import Commitment
from commitments.models.choices import OPEN_STATES
from kring.meetings.models import Meeting, Outcome, SignUp, SignUpState
from kring.meetings.notices import CONFIRM_WITHIN
from members.models import Organisation

KEEP_NEEDS = dt.timedelta(days=30)
KEEP_NAMES = dt.timedelta(days=90)
# In the place of a name, so that what a person said does not become the board's; kept as data, so in one language.
SOMEBODY, BOARD = "iemand uit de kring", "Het bestuur"


def forget(now: dt.datetime) -> None:
    forget_unconfirmed(now)
    erase_needs(now)
    erase_names(now)


def forget_unconfirmed(now: dt.datetime) -> int:
    """Whose address was never shown to be theirs."""
    old = SignUp.objects.filter(state=SignUpState.UNCONFIRMED, created_at__lt=now - CONFIRM_WITHIN)
    return old.delete()[0]


def erase_needs(now: dt.datetime) -> int:
    """What somebody eats or needs, a month after the evening."""
    over = Meeting.objects.filter(ends_at__lt=now - KEEP_NEEDS)
    return SignUp.objects.filter(meeting__in=over, needs_erased_at=None).update(needs="", needs_erased_at=now)


def erase_who_spoke(over: QuerySet[Meeting]) -> int:
    """The names of people that a line was written down with; those of organisations stay."""
    said = Outcome.objects.filter(meeting__in=over).exclude(who__in=["", SOMEBODY, BOARD])
    return said.exclude(organisation__name__iexact=F("who")).update(who=SOMEBODY)


def erase_makers(over: QuerySet[Meeting]) -> int:
    """Guests who promised something by their own address, once all that they are a party to is over."""
    theirs = Q(promisor=OuterRef("organisation")) | Q(beneficiary=OuterRef("organisation"))
    alive = Commitment.objects.filter(theirs, state__in=OPEN_STATES)
    guests = Outcome.objects.filter(meeting__in=over, sign_up__isnull=False, sign_up__organisation=None)
    done = guests.exclude(Exists(alive)).exclude(commitment=None).values("organisation")
    makers = Organisation.objects.businesses().filter(pk__in=done, listed_on=None, roles=None)
    private = makers.filter(meeting_outcomes__sign_up__organisation_name="").exclude(name=SOMEBODY)
    private.update(name=SOMEBODY)
    return makers.exclude(email="").update(email="")


def erase_names(now: dt.datetime) -> int:
    """Who it was, three months after the evening. From which organisation and with how many stays, for the figures."""
    over = Meeting.objects.filter(ends_at__lt=now - KEEP_NAMES)
    erase_who_spoke(over)
    erase_makers(over)
    return SignUp.objects.filter(meeting__in=over, erased_at=None).update(
        name="", email="", user=None, needs="", erased_at=now
    )
