"""Of each reminder of a commitment: when it was or will be sent, and why not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from commitments import reminders
from commitments.models import (
    OPEN_STATES,
    Anchor,
    Audience,
    Commitment,
    DateProposal,
    Outcome,
    Reminder,
    ReminderCopy,
    ReminderHours,
    ReminderRule,
)
from kring.foundation.wording import clock, day_date
from kring.mail.models import Message, MessageState

SHOWN = 20
ARRIVES = {MessageState.QUEUED, MessageState.SENDING, MessageState.SENT}


@dataclass(frozen=True)
class Line:
    """One reminder in words: which, to whom, and what became or will become of it."""

    rule: ReminderRule
    day: dt.date
    stand: str | Promise
    tone: str = ""

    @property
    def audience(self) -> str:
        return str(Audience(self.rule.audience).label)


@dataclass(frozen=True)
class Plan:
    """What was said or not, the newest first; and what is still to come, the first of it first."""

    told: list[Line]
    coming: list[Line]


def with_mail(found: QuerySet[Reminder]) -> QuerySet[Reminder]:
    copies = ReminderCopy.objects.select_related("message").defer("message__text", "message__html")
    return found.select_related("rule").prefetch_related(Prefetch("copies", copies))


def of(commitment: Commitment, now: dt.datetime, asked: DateProposal | None = None) -> Plan:
    """`asked` is the date that is asked for and not answered, if any."""
    told = list(with_mail(commitment.reminders.all())[:SHOWN])
    return Plan([line(each, now) for each in told], coming(commitment, told, asked, timezone.localdate(now)))


def line(reminder: Reminder, now: dt.datetime) -> Line:
    copies = list(reminder.copies.all())
    waits = [copy for copy in copies if copy.told_on is None]
    if reminder.outcome == Outcome.WAITING or (reminder.outcome == Outcome.SAID and waits):
        return Line(reminder.rule, reminder.date, _waits(waits, now), "wait")
    if reminder.outcome != Outcome.SAID:
        return Line(reminder.rule, reminder.date, str(Outcome(reminder.outcome).label))
    return Line(reminder.rule, reminder.date, *_said(reminder, [copy.message for copy in copies if copy.message]))


def _said(reminder: Reminder, messages: list[Message]) -> tuple[str, str]:
    """Sent, unless the outbox says of all that they did not arrive."""
    if messages and not any(message.state in ARRIVES for message in messages):
        return _("niet aangekomen: %(why)s") % {"why": messages[0].get_state_display()}, "alert"
    sent = max((message.sent_at for message in messages if message.sent_at), default=None)
    if sent is None and messages:
        return _("ligt in de post"), "wait"
    return _("verstuurd op %(day)s") % {"day": day_date(sent or reminder.fired_at)}, "good"


def _waits(copies: list[ReminderCopy], now: dt.datetime) -> str:
    """Until the hours that the board set; or until tomorrow, for who has had today's mail."""
    today = timezone.localdate(now)
    heard = ReminderCopy.objects.filter(email__in=[copy.email for copy in copies], told_on=today)
    if heard.exists():
        return _("gaat morgen mee: er is vandaag al een mail met herinneringen gestuurd")
    opening = ReminderHours.current().next_opening(now)
    if opening <= now:
        return _("gaat nu op weg")
    words = {"day": day_date(opening), "time": clock(opening)}
    return _("wacht op de uren waarop we mailen: %(day)s, %(time)s") % words


def coming(commitment: Commitment, told: list[Reminder], asked: DateProposal | None, today: dt.date) -> list[Line]:
    """The next date of each rule that is about the commitment as it stands now."""
    if commitment.state not in OPEN_STATES:
        return []
    fired = {(each.rule_id, each.date) for each in told}
    lines = []
    opens = Coalesce(Subquery(ReminderHours.objects.values("opens")[:1]), Value(ReminderHours().opens))
    for rule in ReminderRule.objects.annotate(opens=opens).order_by("order", "pk"):
        date = next_date(rule, anchor_of(rule, commitment, asked), today, fired)
        if date is not None:
            lines.append(Line(rule, date, _will(rule, rule.opens), "wait" if rule.is_active else ""))
    return sorted(lines, key=lambda each: each.day)


def next_date(
    rule: ReminderRule, anchor: dt.date | None, today: dt.date, fired: set[tuple[int, dt.date]]
) -> dt.date | None:
    """The first date from today on that the rule fires and has not fired, if it ever does."""
    if anchor is None:
        return None
    date = anchor + dt.timedelta(days=rule.offset_days)
    if rule.repeat_days is not None and date < today:
        date += dt.timedelta(days=-(-(today - date).days // rule.repeat_days) * rule.repeat_days)
    if (rule.pk, date) in fired and rule.repeat_days is not None:
        date += dt.timedelta(days=rule.repeat_days)
    last = reminders.days_until_last(rule)
    is_over = last is not None and date > anchor + last
    return None if date < today or is_over or (rule.pk, date) in fired else date


def anchor_of(rule: ReminderRule, commitment: Commitment, asked: DateProposal | None) -> dt.date | None:
    if commitment.state not in reminders.STATES[rule.anchor]:
        return None
    match rule.anchor:
        case Anchor.DUE:
            return commitment.due_on
        case Anchor.PROPOSED:
            moment = commitment.proposed_at
        case Anchor.REPORTED:
            moment = commitment.reported_at
        case _date_asked:
            moment = asked.at if asked else None
    return timezone.localdate(moment) if moment else None


def _will(rule: ReminderRule, opens: dt.time) -> str:
    if not rule.is_active:
        return _("wordt niet verstuurd: deze regel staat uit")
    return _("wordt verstuurd vanaf %(time)s, als het dan nog nodig is") % {"time": clock(opens)}


def latest(rule: ReminderRule, now: dt.datetime) -> list[tuple[Reminder, Line]]:
    """What a rule did last, for the board."""
    found = with_mail(rule.reminders.select_related("commitment"))[:SHOWN]
    return [(each, line(each, now)) for each in found]


def waiting_now() -> QuerySet[ReminderCopy]:
    """All copies that nobody was told yet."""
    is_open = Reminder.objects.filter(pk=OuterRef("reminder"), outcome__in=reminders.TO_SAY)
    return ReminderCopy.objects.filter(Exists(is_open), told_on=None)
