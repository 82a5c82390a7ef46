"""The minutes: drafted from what was caught that evening, approved by a second person, then told to who was there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.accounts.models import User
from kring.foundation.wording import day_date, long_date
from kring.mail.recipients import Recipient
from kring.meetings import figures, notices
from kring.meetings.filling import plain
from kring.meetings.models import Meeting, MeetingState, Minutes, Outcome, OutcomeKind, SignUp, StepNotAllowed

MOST_NAMES = 100
K = OutcomeKind


def draft(meeting: Meeting) -> str:
    """In Markdown: who was there, then per item of the agenda what was caught under it."""
    outcomes = list(meeting.outcomes.select_related("organisation", "item").order_by("at", "pk"))
    parts = [_opening(meeting)]
    for number, item in enumerate(meeting.agenda.order_by("order"), start=1):
        caught = [outcome for outcome in outcomes if outcome.item_id == item.pk]
        parts += [f"### {number}. {plain(item.title)}", item.filled, *_lines(caught)]
    loose = [outcome for outcome in outcomes if outcome.item_id is None]
    if loose:
        parts += [f"### {_('Verder')}", *_lines(loose)]
    return "\n\n".join(part for part in parts if part)


def _opening(meeting: Meeting) -> str:
    counted = figures.of(meeting)
    came = counted.came or 0
    people = ngettext("Er was %(n)d mens.", "Er waren %(n)d mensen.", came) % {"n": came}
    where = {"day": long_date(meeting.starts_at), "venue": plain(meeting.venue)}
    opening = _("%(day)s, %(venue)s.") % where
    names = figures.organisations_there(meeting)[:MOST_NAMES]
    there = _("Aanwezig waren: %(names)s.") % {"names": ", ".join(map(plain, names))} if names else ""
    return f"{opening} {people} {there}".strip()


def _lines(outcomes: Iterable[Outcome]) -> list[str]:
    """A list per kind, in the order of the kinds."""
    order = [K.DECISION, K.PLEDGE, K.ACTION, K.IDEA]
    ordered = sorted(outcomes, key=lambda outcome: order.index(K(outcome.kind)))
    return ["\n".join(f"- {line(each)}" for each in group) for _kind, group in groupby(ordered, lambda o: o.kind)]


def line(outcome: Outcome) -> str:
    """**Toezegging** van Werf Noord: zes gastlessen, voor 3 februari 2015"""
    said = f"**{outcome.get_kind_display().capitalize()}**"
    if outcome.whose:
        said = _("%(said)s van %(who)s") % {"said": said, "who": plain(outcome.whose)}
    said = f"{said}: {plain(outcome.text)}"
    if outcome.due_on:
        said = _("%(said)s, voor %(day)s") % {"said": said, "day": day_date(outcome.due_on)}
    if outcome.votes:
        votes = ngettext("%(n)d stem", "%(n)d stemmen", outcome.votes) % {"n": outcome.votes}
        said = f"{said} ({votes})"
    return said


@transaction.atomic
def write(meeting: Meeting, by: User, at: dt.datetime, *, text: str, audience: str, version: int) -> Minutes:
    """Over the text of that version. Raises StepNotAllowed over a later one, and once it was published."""
    minutes = to_write(meeting)
    if minutes.version != version:
        raise StepNotAllowed("another text")
    minutes.write(by, at, text=text, audience=audience)
    return minutes


def to_write(meeting: Meeting) -> Minutes:
    """What is stored, kept from others until the transaction ends; else an empty sheet."""
    meeting.locked()
    stored = Minutes.objects.select_for_update(of=("self",)).select_related("written_by", "approved_by")
    return stored.filter(meeting=meeting).first() or Minutes(meeting=meeting)


@transaction.atomic
def ask_for_approval(minutes: Minutes, by: User, at: dt.datetime) -> None:
    """The others of the board hear that there is something to read, and one of them may approve it."""
    minutes.ask(at)
    today = timezone.localdate(at)
    others = User.objects.on_board(today).exclude(pk=by.pk).order_by("pk")
    path = reverse("meetings:write", args=[minutes.meeting.slug])
    notices.ask_to_approve(minutes, [Recipient.of(user) for user in others], path)


@transaction.atomic
def approve(meeting: Meeting, by: User, at: dt.datetime, *, version: int) -> None:
    """What was read, and no later text. Raises StepNotAllowed, also for a draft, and SamePerson for who wrote it."""
    minutes = _locked(meeting)
    if minutes.version != version:
        raise StepNotAllowed("another text")
    minutes.approve(by, at)


@transaction.atomic
def publish(meeting: Meeting, at: dt.datetime) -> int:
    """To those it concerns, with a summary to all who were there; returns how many mails. Raises StepNotAllowed."""
    if meeting.state != MeetingState.HELD:
        raise StepNotAllowed(meeting.state)
    _locked(meeting).publish(at)
    there = list(SignUp.objects.of(meeting).came().exclude(email="").select_related("user").order_by("pk"))
    context = summary(meeting)
    for sign_up in there:
        sign_up.meeting = meeting
        notices.send_summary(sign_up, context)
    return len(there)


def _locked(meeting: Meeting) -> Minutes:
    minutes = Minutes.objects.select_for_update(of=("self",)).filter(meeting=meeting).first()
    if minutes is None:
        raise StepNotAllowed("no minutes")
    return minutes


MOST_IN_MAIL = 8


def summary(meeting: Meeting) -> dict[str, Any]:
    """What the mail tells: the figures, the decisions, and what was promised."""
    outcomes = Outcome.objects.of(meeting).order_by("at", "pk")
    promises = list(outcomes.promises().select_related("organisation"))
    return {
        "figures": figures.of(meeting),
        "decisions": list(outcomes.filter(kind=K.DECISION)[:MOST_IN_MAIL]),
        "promises": promises[:MOST_IN_MAIL],
        "more_promises": max(len(promises) - MOST_IN_MAIL, 0),
    }
