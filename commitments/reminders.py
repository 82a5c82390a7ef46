"""Reminders: each rule fires once for a commitment and a date, and each person hears of all that is due once a day.

First what is due is chosen: the anchor date plus the rule's days, at most today. After missed days only the newest
date of a repeating rule fires, so one mail catches up and not five. That a rule fired stands in Reminder, where it can
stand once, with a copy for each person. Then, in the hours that the board allows, each person is told all that waits
for them in one mail, written in the transaction that marks the copies as told. A worker that dies in between loses
nothing: the copies wait. Two clocks at once make one mail: a person is locked, and the key of a day is used once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import DateField, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from commitments import reminder_mails
from commitments.models import (
    RUNNING_STATES,
    Anchor,
    Audience,
    Commitment,
    CommitmentState,
    DateProposal,
    Outcome,
    Reminder,
    ReminderCopy,
    ReminderHours,
    ReminderRule,
)

S = CommitmentState

# How long after its date a reminder still makes sense: a rule that is switched on does not dig up last year.
CATCH_UP = dt.timedelta(days=30)
CHUNK = 500

# Also what others heard already: somebody who was told something else that day hears it the next.
TO_SAY = (Outcome.WAITING, Outcome.SAID)

STATES: dict[str, tuple[str, ...]] = {
    Anchor.DUE: RUNNING_STATES,
    Anchor.PROPOSED: (S.PROPOSED,),
    Anchor.REPORTED: (S.REPORTED,),
    Anchor.DATE_ASKED: RUNNING_STATES,
}


# --- what is due ---


def anchored(rule: ReminderRule) -> Any:
    """A queryset of the commitments that a rule is about, each with the day that it counts from."""
    waiting: QuerySet[Any] = Commitment.objects.filter(state__in=STATES[rule.anchor])
    match rule.anchor:
        case Anchor.DUE:
            return waiting.annotate(anchor=F("due_on"))
        case Anchor.PROPOSED:
            moment = "proposed_at"
        case Anchor.REPORTED:
            moment = "reported_at"
        case _date_asked:
            asked = DateProposal.objects.open()
            own = asked.filter(commitment=OuterRef("pk")).values("at")[:1]
            waiting = waiting.filter(pk__in=asked.values("commitment")).annotate(asked_at=Subquery(own))
            moment = "asked_at"
    zone = timezone.get_default_timezone()
    return waiting.annotate(anchor=TruncDate(moment, tzinfo=zone, output_field=DateField()))


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
    waiting = anchored(rule).filter(anchor__lte=edge)
    if (last := days_until_last(rule)) is not None:
        waiting = waiting.filter(anchor__gte=today - last - CATCH_UP)
    dates = {pk: newest_date(rule, anchor, today) for pk, anchor in waiting.values_list("pk", "anchor")}
    said = set(Reminder.objects.filter(rule=rule, date__gte=today - CATCH_UP).values_list("commitment_id", "date"))
    to_say = {pk: date for pk, date in dates.items() if date is not None and (pk, date) not in said}
    for commitment in Commitment.objects.filter(pk__in=to_say).order_by("pk").iterator(chunk_size=CHUNK):
        yield commitment, to_say[commitment.pk]


# --- choosing ---


def remind(now: dt.datetime) -> int:
    """Chooses what is due, and says what may be said at this hour; returns how many people were written to."""
    choose(now)
    return tell(now) if ReminderHours.current().are_open(now) else 0


def choose(now: dt.datetime) -> int:
    """Writes down what is due and was not chosen before; returns how many reminders that were."""
    today = timezone.localdate(now)
    # The rule that fires last goes first: after missed days it speaks for the earlier ones.
    rules = ReminderRule.objects.filter(is_active=True).order_by("-offset_days", "pk")
    return sum(fire(rule, commitment, date, now) for rule in rules for commitment, date in due(rule, today))


@transaction.atomic
def fire(rule: ReminderRule, commitment: Commitment, date: dt.date, now: dt.datetime) -> bool:
    """Writes the proof and its copies together; false when another clock was first."""
    proof, is_new = Reminder.objects.get_or_create(
        commitment=commitment, rule=rule, date=date, defaults={"fired_at": now, "outcome": Outcome.WAITING}
    )
    if not is_new:
        return False
    to = [] if (silent := why_silent(proof)) else reminder_mails.recipients(rule, commitment)
    ReminderCopy.objects.bulk_create(
        ReminderCopy(reminder=proof, user=who.user, email=who.email, name=who.name[:120]) for who in to
    )
    if not to:
        close([proof], silent or Outcome.NOBODY)
    return True


def why_silent(proof: Reminder) -> str:
    """Why a rule that fired says nothing."""
    rule, commitment = proof.rule, proof.commitment
    same = Reminder.objects.filter(commitment=commitment, rule__audience=rule.audience, rule__anchor=rule.anchor)
    later = same.filter(date__gte=proof.date, outcome__in=TO_SAY).exclude(pk=proof.pk)
    if later.exists():
        return Outcome.SPOKEN_FOR
    for_maker = rule.anchor == Anchor.DUE and rule.audience == Audience.PROMISOR
    if for_maker and commitment.date_proposals.open().filter(by_promisor=True).exists():
        return Outcome.DATE_ASKED
    return ""


def close(reminders: list[Reminder], outcome: str) -> None:
    Reminder.objects.filter(pk__in=[each.pk for each in reminders], outcome=Outcome.WAITING).update(outcome=outcome)


# --- telling ---


def tell(now: dt.datetime) -> int:
    """Each person all that waits for them, unless they heard something today already."""
    today = timezone.localdate(now)
    heard = ReminderCopy.objects.filter(email=OuterRef("email"), told_on=today)
    waiting = ReminderCopy.objects.filter(told_on=None, reminder__outcome__in=TO_SAY).exclude(Exists(heard))
    emails = list(waiting.order_by("email").values_list("email", flat=True).distinct())
    return sum(tell_person(email, now) for email in emails)


@transaction.atomic
def tell_person(email: str, now: dt.datetime) -> bool:
    """One mail with what is still so; false when there is nothing, or another clock was first."""
    today = timezone.localdate(now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reminders:{email}"])
    if ReminderCopy.objects.filter(email=email, told_on=today).exists():
        return False
    copies = newest_of_each(list(waiting_for(email)))
    to_say = [copy for copy in copies if is_still_so(copy, today)]
    told = to_say[: reminder_mails.AT_ONCE]
    if not told:
        return False
    to = told[0].recipient
    items = [reminder_mails.item_of(copy.reminder.rule, copy.reminder.commitment, to, today) for copy in told]
    message = reminder_mails.write(items, to, today, now, is_more=len(to_say) > len(told))
    ReminderCopy.objects.filter(pk__in=[copy.pk for copy in told]).update(told_on=today, message=message)
    close([copy.reminder for copy in told], Outcome.SAID)
    return True


def waiting_for(email: str) -> QuerySet[ReminderCopy]:
    related = ("user", "reminder__rule", "reminder__commitment__promisor", "reminder__commitment__beneficiary")
    return (
        ReminderCopy.objects.filter(email=email, told_on=None, reminder__outcome__in=TO_SAY)
        .select_related(*related)
        .order_by("reminder__commitment__due_on", "pk")
    )


def newest_of_each(copies: list[ReminderCopy]) -> list[ReminderCopy]:
    """Of what waits about one thing for one audience the newest speaks for the others."""
    newest: dict[tuple[object, ...], ReminderCopy] = {}
    for copy in sorted(copies, key=lambda copy: (copy.reminder.date, copy.reminder.rule.offset_days, -copy.pk)):
        rule = copy.reminder.rule
        newest[copy.reminder.commitment_id, rule.anchor, rule.audience] = copy
    spoken_for = [copy for copy in copies if copy not in newest.values()]
    close([copy.reminder for copy in spoken_for], Outcome.SPOKEN_FOR)
    ReminderCopy.objects.filter(pk__in=[copy.pk for copy in spoken_for]).delete()
    return [copy for copy in copies if copy in newest.values()]


def is_still_so(copy: ReminderCopy, today: dt.date) -> bool:
    """Whether the rule would say it today, and to this person; a copy that is not is taken away."""
    reminder = copy.reminder
    found: Any = anchored(reminder.rule).filter(pk=reminder.commitment_id).first()
    is_due = found is not None and newest_date(reminder.rule, found.anchor, today) == reminder.date
    if is_due and reminder.rule.is_active:
        people = {who.email for who in reminder_mails.recipients(reminder.rule, reminder.commitment)}
        if copy.email in people:
            return True
        outcome = Outcome.NOBODY
    else:
        outcome = Outcome.OVERTAKEN
    copy.delete()
    if not reminder.copies.exists():
        close([reminder], outcome)
    return False
