"""The minutes of a review: what a page shows, and the same typeset as a tagged PDF."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commitments.models import CommitmentState, Review, Verdict, VerdictKind
from kring.board import reviewing
from kring.board.reviewing import Action
from kring.foundation import typesetting
from kring.foundation.accent import BLACK, WHITE, readable
from kring.foundation.models import Circle
from kring.foundation.wording import day_date, long_date, quantity

TEMPLATE = Path(__file__).resolve().parent / "typst" / "minutes.typ"
# The most pressing first.
ORDER = (VerdictKind.ACT, VerdictKind.CLOSE, VerdictKind.WORRY, VerdictKind.ON_TRACK)


@dataclass(frozen=True)
class Item:
    """A commitment as it was when the review was closed; before that, as it is."""

    verdict: Verdict
    state: str

    @property
    def facts(self) -> dict[str, str]:
        return self.verdict.facts or reviewing.facts_of(self.verdict.commitment)

    @property
    def title(self) -> str:
        return self.facts["title"]

    @property
    def state_label(self) -> str:
        return str(CommitmentState(self.state).label)

    @property
    def parties(self) -> str:
        words = {"who": self.facts["promisor"], "whom": self.facts["beneficiary"] or Circle.current().name}
        return _("%(who)s voor %(whom)s") % words


@dataclass(frozen=True)
class Minutes:
    review: Review
    present: list[str]
    actions_before: list[Action]
    groups: list[tuple[str, list[Item]]]
    not_discussed: list[Item]

    @property
    def decided(self) -> list[Verdict]:
        items = (item for _title, group in self.groups for item in group)
        return [item.verdict for item in items if item.verdict.kind == VerdictKind.ACT]


def of(review: Review) -> Minutes:
    """As they were when the review was closed: how each commitment stood then follows from its steps."""
    related = ("commitment__promisor", "commitment__beneficiary", "action_owner", "decision")
    verdicts = list(review.verdicts.select_related(*related))
    commitments = [verdict.commitment for verdict in verdicts]
    states = reviewing.states_at(commitments, review.closed_at) if review.closed_at else {}
    every = [Item(verdict, states.get(verdict.commitment_id, verdict.commitment.state)) for verdict in verdicts]
    items = [item for item in every if item.verdict.kind]
    return Minutes(
        review=review,
        present=[user.get_full_name() for user in review.present.order_by("name", "pk")],
        actions_before=reviewing.actions_before(review),
        groups=[
            (str(kind.label).capitalize(), found)
            for kind in ORDER
            if (found := [item for item in items if item.verdict.kind == kind])
        ],
        not_discussed=[item for item in every if not item.verdict.kind],
    )


def as_pdf(minutes: Minutes) -> bytes:
    """Raises typesetting.Busy."""
    return typesetting.pdf(TEMPLATE, _data(minutes))


def _data(minutes: Minutes) -> dict[str, Any]:
    review, circle = minutes.review, Circle.current()
    return {
        "lang": get_language() or "nl",
        "circle": circle.full_name,
        "accent": readable(circle.accent, WHITE, BLACK),
        "title": _("Verslag van de beoordeling"),
        "date": long_date(review.held_on),
        "present_label": _("Aanwezig"),
        "present": ", ".join(minutes.present),
        "notes": review.minutes,
        "before_label": _("Wat kwam er van de acties"),
        "before": [
            [action.decision.title, _owner(action.decision.promisor_contact), action.state_label]
            for action in minutes.actions_before
        ],
        "groups": [{"title": title, "items": [_item(item) for item in items]} for title, items in minutes.groups],
        "rest_label": _("Niet besproken, komt terug"),
        "rest": [item.title for item in minutes.not_discussed],
        "page_of": _("van"),
    }


def _item(item: Item) -> dict[str, str]:
    verdict, stood = item.verdict, item.facts
    words = {
        "quantity": quantity(Decimal(stood["quantity"]), stood["unit"]),
        "day": day_date(dt.date.fromisoformat(stood["due_on"])),
    }
    facts = _("%(quantity)s, klaar op %(day)s") % words
    return {
        "title": item.title,
        "parties": item.parties,
        "facts": f"{facts}. {item.state_label}.",
        "why": _("Op de lijst: %(reason)s.") % {"reason": verdict.get_reason_display()} if verdict.reason else "",
        "note": verdict.note,
        "outcome": _outcome(verdict),
    }


def _outcome(verdict: Verdict) -> str:
    """What follows from a verdict."""
    match verdict.kind:
        case VerdictKind.ACT:
            return _action(verdict)
        case VerdictKind.CLOSE:
            return _("Afgesloten, omdat: %(reason)s") % {"reason": verdict.get_close_reason_display()}
    return ""


def _action(verdict: Verdict) -> str:
    day = day_date(verdict.action_due_on) if verdict.action_due_on else ""
    words = {"action": verdict.action, "who": _owner(verdict.action_owner), "day": day}
    return _("Actie: %(action)s (%(who)s, voor %(day)s)") % words


def _owner(user: Any) -> str:
    return user.get_full_name() if user else _("niemand")
