"""The reminder of the day before. What is due is selected, so a missed clock catches up and two clocks send one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kring.meetings import notices
from kring.meetings.models import Meeting, SignUp

# Nobody is written to at night.
FROM_HOUR = 10


def due_from(meeting: Meeting) -> dt.datetime:
    """From when it is told: ten in the morning of the day before, by the circle's clock."""
    day_before = meeting.date - dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day_before, dt.time(FROM_HOUR)))


def remind(now: dt.datetime) -> int:
    """Reminds who comes to what begins today or tomorrow; returns how many mails were written."""
    due = [meeting for meeting in Meeting.objects.to_remind_of(now) if due_from(meeting) <= now]
    return sum(_remind(meeting, key, now) for meeting in due for key in _waiting(meeting))


def _waiting(meeting: Meeting) -> list[int]:
    """Who comes and was not reminded of this day; who signed up since then has just had a mail."""
    told = Q(reminded_for=meeting.date)
    going = (
        SignUp.objects.of(meeting).going().exclude(told).filter(confirmed_at__lt=due_from(meeting)).exclude(email="")
    )
    return list(going.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _remind(meeting: Meeting, key: int, now: dt.datetime) -> bool:
    """With the meeting locked and looked at again: it may have been called off or moved. And with the row locked, so
    that who cancels meanwhile is not reminded, and two clocks write one mail."""
    due = Meeting.objects.to_remind_of(now).select_for_update(of=("self",)).filter(pk=meeting.pk).first()
    if due is None or due_from(due) > now:
        return False
    rows = SignUp.objects.going().select_for_update(skip_locked=True, of=("self",)).select_related("user")
    sign_up = rows.filter(pk=key).first()
    if sign_up is None or sign_up.reminded_for == due.date:
        return False
    sign_up.meeting, sign_up.reminded_for = due, due.date
    sign_up.save(update_fields=["reminded_for"])
    notices.remind(sign_up)
    return True
