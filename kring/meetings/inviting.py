"""Inviting an audience: asked for at once, written bit by bit by a worker, each address once in a meeting."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from kring.accounts.models import User
from kring.meetings import audiences, notices
from kring.meetings.models import InvitationRound, Meeting, SignUp

# So many mails in a transaction: a worker that dies repeats no more than these, and their keys make that harmless.
AT_ONCE = 50


def invite(meeting: Meeting, audience: str, by: User, at: dt.datetime, once: uuid.UUID) -> InvitationRound:
    """Pressed twice, it is one round."""
    asked = {"meeting": meeting, "audience": audience, "asked_by": by, "asked_at": at}
    made, _new = InvitationRound.objects.get_or_create(once=once, defaults=asked)
    return made


def go_on(now: dt.datetime) -> int:
    """Writes what is still to be written of all rounds; returns how many mails."""
    keys = InvitationRound.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(_whole(key) for key in keys)


def _whole(key: int) -> int:
    """One round to its end, a transaction at a time."""
    total = 0
    while (written := _some(key)) is not None:
        total += written
    return total


@transaction.atomic
def _some(key: int) -> int | None:
    """The next few of a round; None when there is nothing left, or another worker is at it.

    With the meeting locked, so that none is written after those that wait were withdrawn.
    """
    rounds = InvitationRound.objects.select_for_update(skip_locked=True, of=("self",)).select_related("meeting")
    going_on = rounds.filter(pk=key, finished_at=None).first()
    if going_on is None:
        return None
    now, meeting = timezone.now(), going_on.meeting.locked()
    audience = audiences.named(going_on.audience)
    left = [] if audience is None else audiences.recipients(audience, meeting)
    next_ones = [to for to in left if to.email.strip().lower() > going_on.reached][:AT_ONCE]
    if not next_ones or not meeting.takes_invitations(now):
        going_on.finished_at = now
        going_on.save(update_fields=["finished_at"])
        return None
    active = SignUp.objects.of(meeting).active()
    there = {email.lower() for email in active.values_list("email", flat=True)}
    invited = [to for to in next_ones if to.email.strip().lower() not in there]
    for to in invited:
        notices.invite(meeting, to)
    going_on.reached = next_ones[-1].email.strip().lower()
    going_on.written += len(invited)
    going_on.save(update_fields=["reached", "written"])
    return len(invited)
