"""Reminders: each rule fires once for a commitment and a date, whatever the clock does.

What is due is selected: the anchor date plus the rule's days, at most today. After missed days only the newest date of
a repeating rule fires, so one mail catches up and not five. The row in Reminder is written in the transaction that
writes the mail, and can stand there once; two clocks at once make one mail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import DateField, F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments import notices
from commitments.models import Anchor, Commitment, CommitmentState, Reminder, ReminderRule
from commitments.models.choices import RUNNING_STATES

S = CommitmentState

# How long after its date a reminder still makes sense: a rule that is switched on does not dig up last year.
CATCH_UP = dt.timedelta(days=30)
JUST_NOW = dt.timedelta(hours=12)
CHUNK = 500

STATES: dict[str, tuple[str, ...]] = {
    Anchor.DUE: RUNNING_STATES,
    Anchor.PROPOSED: (S.PROPOSED,),
    Anchor.REPORTED: (S.REPORTED,),
}


def anchored(rule: ReminderRule) -> QuerySet[Commitment]:
    """The commitments that a rule is about, each with the day that it counts from."""
    waiting = Commitment.objects.filter(state__in=STATES[rule.anchor])
    match rule.anchor:
        case Anchor.DUE:
            return waiting.annotate(anchor=F("due_on"))
        case Anchor.PROPOSED:
            day = TruncDate("proposed_at", tzinfo=timezone.get_default_timezone(), output_field=DateField())
        case _reported:
            day = TruncDate("reported_at", tzinfo=timezone.get_default_timezone(), output_field=DateField())
    return waiting.annotate(anchor=day)


def newest_date(rule: ReminderRule, anchor: dt.date, today: dt.date) -> dt.date | None:
    """The last date up to today on which the rule fires for an anchor; none when it has not come, or is long past."""
    first = anchor + dt.timedelta(days=rule.offset_days)
    if first > today:
        return None
    if rule.repeat_days is None:
        return first if today - first <= CATCH_UP else None
    last = today if rule.until_days is None else min(today, anchor + dt.timedelta(days=rule.until_days))
    if last < first:
        return None
    date = first + dt.timedelta(days=(last - first).days // rule.repeat_days * rule.repeat_days)
    return date if today - date <= CATCH_UP else None


def days_until_last(rule: ReminderRule) -> dt.timedelta | None:
    """How long after its anchor a rule fires for the last time; none when it goes on."""
    if rule.repeat_days is None:
        return dt.timedelta(days=rule.offset_days)
    return None if rule.until_days is None else dt.timedelta(days=rule.until_days)


def due(rule: ReminderRule, today: dt.date) -> Iterator[tuple[Commitment, dt.date]]:
    """What the rule has to say today and has not said yet. One query for the dates, one for what was said."""
    edge = today - dt.timedelta(days=rule.offset_days)
    # Before the due date a later rule takes over: of 'in 14 days' and 'in 3 days' the missed one is not sent too.
    waiting: QuerySet[Any] = anchored(rule).filter(anchor__lte=edge)  # type: ignore[misc]
    if (last := days_until_last(rule)) is not None:
        waiting = waiting.filter(anchor__gte=today - last - CATCH_UP)
    dates = {pk: newest_date(rule, anchor, today) for pk, anchor in waiting.values_list("pk", "anchor")}
    said = set(Reminder.objects.filter(rule=rule, date__gte=today - CATCH_UP).values_list("commitment_id", "date"))
    to_say = {pk: date for pk, date in dates.items() if date is not None and (pk, date) not in said}
    for commitment in Commitment.objects.filter(pk__in=to_say).order_by("pk").iterator(chunk_size=CHUNK):
        yield commitment, to_say[commitment.pk]


def remind(today: dt.date) -> int:
    """Says what is due and was not said; returns how many reminders that were."""
    # The rule that fires last goes first: after missed days it speaks for the earlier ones.
    rules = ReminderRule.objects.filter(is_active=True).order_by("-offset_days", "pk")
    return sum(fire(rule, commitment, date, today) for rule in rules for commitment, date in due(rule, today))


@transaction.atomic
def fire(rule: ReminderRule, commitment: Commitment, date: dt.date, today: dt.date) -> bool:
    """Writes the proof and the mail together; false when another clock was first, or another rule spoke already."""
    proof = Reminder(commitment=commitment, rule=rule, date=date, fired_at=timezone.now())
    if not _written(proof) or _is_spoken_for(proof):
        return False
    MAILS[rule.template](commitment, f"reminder:{commitment.uuid}:{rule.slug}:{date}", today)
    return True


def _is_spoken_for(proof: Reminder) -> bool:
    """Whether a rule that fires later has spoken to the same people just now, in this run or another clock's."""
    rule = proof.rule
    later = Q(rule__offset_days__gt=rule.offset_days) | Q(rule__offset_days=rule.offset_days, rule__lt=rule.pk)
    just_now = Reminder.objects.filter(commitment=proof.commitment, fired_at__gte=proof.fired_at - JUST_NOW)
    return just_now.filter(later, rule__audience=rule.audience, rule__anchor=rule.anchor).exists()


def _written(proof: Reminder) -> bool:
    """Whether the row is ours: of two at once the database lets one through."""
    Reminder.objects.bulk_create([proof], ignore_conflicts=True)
    return Reminder.objects.filter(
        commitment=proof.commitment, rule=proof.rule, date=proof.date, fired_at=proof.fired_at
    ).exists()


def _board_of_late(commitment: Commitment, key: str, today: dt.date) -> None:
    notices.tell_board(commitment, key, _("De datum is al even voorbij en er is niets gemeld."))


MAILS: dict[str, Callable[[Commitment, str, dt.date], None]] = {
    "due": notices.remind_promisor,
    "board": _board_of_late,
    "proposed": lambda commitment, key, today: notices.ask_to_answer(commitment, again=key),
    "confirm": lambda commitment, key, today: notices.ask_to_confirm_result(commitment, again=key),
}
