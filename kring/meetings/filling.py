"""What an agenda fills itself with: what came of earlier action points, and commitments that want attention.

Until the evening is over it is looked up each time, so that it is true; then it is kept in words. Only what everybody
may see stands in it, since the agenda is public.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from commitments.models import Commitment, CommitmentState
from commitments.models.choices import RUNNING_STATES
from kring.foundation.wording import day_date
from kring.meetings.models import (
    ActionState,
    AgendaItem,
    Fill,
    Meeting,
    MeetingState,
    Minutes,
    Outcome,
    OutcomeKind,
)

SHOWN = 20
# What makes a heading, a list or a quotation of a line: '# ', '- ', '1. '.
AT_THE_START = re.compile(r"^(\s*(?=[#+\-=])|\s*\d+(?=[.)](?:\s|$)))", re.MULTILINE)
# What is due within so many days after the evening is talked about there.
AHEAD = dt.timedelta(days=14)
WAITS = dt.timedelta(days=14)
# What a line is made of: of rows as wide as these, reading all columns takes longer than finding them.
ACTION = ("text", "who", "due_on", "done_on", "action_state", "organisation__name", "commitment__state")
COMMITMENT = ("uuid", "title", "due_on", "promisor__name")


def earlier_actions(meeting: Meeting) -> QuerySet[Outcome]:
    """Action points of evenings before this one that all its readers may know: the open ones, and then what ended
    since the last evening."""
    before = Meeting.objects.filter(starts_at__lt=meeting.starts_at).exclude(pk=meeting.pk)
    last = before.shown().exclude(state=MeetingState.CANCELLED).order_by("-starts_at").values("starts_at")[:1]
    told = Minutes.objects.told_to_readers_of(meeting).filter(meeting__in=before)
    actions = Outcome.objects.filter(kind=OutcomeKind.ACTION, meeting__in=told.values("meeting"))
    return actions.open_or_ended_since(last).select_related("organisation", "commitment").only(*ACTION)


def commitments_due(meeting: Meeting) -> QuerySet[Commitment]:
    """Late on that day or due soon after it, and what has waited long for an answer."""
    day = meeting.date
    running = Q(state__in=RUNNING_STATES, due_on__lte=day + AHEAD)
    waiting = Q(state=CommitmentState.REPORTED, moved_at__lte=meeting.starts_at - WAITS)
    found = Commitment.objects.visible_to(AnonymousUser()).filter(running | waiting)
    return found.select_related("promisor").only(*COMMITMENT).order_by("due_on", "pk")


def is_anything_due(meeting: Meeting, fill: str) -> bool:
    return earlier_actions(meeting).exists() if fill == Fill.ACTIONS else commitments_due(meeting).exists()


def fillings(meeting: Meeting, items: Iterable[AgendaItem]) -> dict[int, str]:
    """Per item, in Markdown, what there is now; of one that was held what there was then."""
    if meeting.held_at is not None:
        return {}
    wanted = [item for item in items if item.fills]
    words = {fill: _words(meeting, fill) for fill in {item.fills for item in wanted}}
    return {item.pk: words[item.fills] for item in wanted}


def freeze(meeting: Meeting) -> None:
    """Keeps in words what the items are filled with."""
    items = list(meeting.agenda.exclude(fills=""))
    for item in items:
        item.filled = _words(meeting, item.fills)
    AgendaItem.objects.bulk_update(items, ["filled"])


def _words(meeting: Meeting, fill: str) -> str:
    lines = _actions(meeting) if fill == Fill.ACTIONS else _commitments(meeting)
    return "\n".join(f"- {line}" for line in lines)


def _actions(meeting: Meeting) -> list[str]:
    found = list(earlier_actions(meeting)[: SHOWN + 1])
    return [action_line(each) for each in found[:SHOWN]] + _rest(found) or [_("Er staan geen actiepunten open.")]


def action_line(action: Outcome) -> str:
    """In one line what was to be done, by whom, and where that stands."""
    told = {"text": plain(action.text), "who": in_public(action), "stand": stand_of(action)}
    return _("%(text)s (%(who)s): %(stand)s") % told


def in_public(action: Outcome) -> str:
    """Whose it is: an organisation, by name. A person's name was said in the room, and stays there."""
    if action.organisation is not None:
        return plain(str(action.organisation))
    return _("iemand uit de kring") if action.who else _("het bestuur")


def stand_of(action: Outcome) -> str:
    if action.commitment is not None:
        return str(action.commitment.get_state_display()).lower()
    if action.action_state == ActionState.OPEN and action.due_on:
        return _("open, voor %(day)s") % {"day": day_date(action.due_on)}
    if action.action_state == ActionState.DONE and action.done_on:
        return _("gedaan op %(day)s") % {"day": day_date(action.done_on)}
    return str(action.get_action_state_display())


def _commitments(meeting: Meeting) -> list[str]:
    found = list(commitments_due(meeting)[: SHOWN + 1])
    lines = [
        _("[%(title)s](%(url)s) van %(who)s, voor %(day)s")
        % {
            "title": plain(each.title),
            "url": each.get_absolute_url(),
            "who": plain(str(each.promisor)),
            "day": day_date(each.due_on),
        }
        for each in found[:SHOWN]
    ]
    return lines + _rest(found) or [_("Alle toezeggingen zijn op schema.")]


def _rest(found: list[Outcome] | list[Commitment]) -> list[str]:
    return [_("en meer")] if len(found) > SHOWN else []


def plain(text: str) -> str:
    """Somebody's words within Markdown: no mark of theirs is one. What is no mark where it stands, is let be."""
    marked = "".join(f"\\{mark}" if mark in "\\`*_[]<>|~&" else mark for mark in text)
    return AT_THE_START.sub(r"\1\\", marked)
