"""What is erased when it has done its work."""

from __future__ import annotations

import datetime as dt

from kring.meetings.models import Meeting, Outcome, SignUp, SignUpState
from kring.meetings.notices import CONFIRM_WITHIN

KEEP_NEEDS = dt.timedelta(days=30)
KEEP_NAMES = dt.timedelta(days=90)


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


def erase_names(now: dt.datetime) -> int:
    """Who it was, three months after the evening. From which organisation and with how many stays, for the figures."""
    over = Meeting.objects.filter(ends_at__lt=now - KEEP_NAMES)
    Outcome.objects.filter(meeting__in=over, sign_up__isnull=False, organisation=None).exclude(who="").update(who="")
    return SignUp.objects.filter(meeting__in=over, erased_at=None).update(
        name="", email="", user=None, needs="", erased_at=now
    )
