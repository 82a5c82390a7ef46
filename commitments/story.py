"""How a commitment is told: the line of steps, and what happened."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import Commitment, CommitmentState, Event, EventKind, Evidence, Transition
from kring.foundation.actors import ActorKind
from kring.foundation.trail import Trace
from kring.foundation.wording import day_date, quantity

S = CommitmentState

# The line of steps that everybody can follow.
STEPS = (
    (S.PROPOSED, gettext_lazy("Voorgesteld")),
    (S.AGREED, gettext_lazy("Afgesproken")),
    (S.REPORTED, gettext_lazy("Uitgevoerd")),
    (S.KEPT, gettext_lazy("Bevestigd")),
)
STOPPED = {S.DECLINED, S.WITHDRAWN, S.LAPSED, S.GIVEN_BACK}
# What has to be behind us for a step to stand as done: a 'not yet' takes 'uitgevoerd' back.
REACHED = {S.DRAFT: 0, S.PROPOSED: 1, S.AGREED: 2, S.STARTED: 2, S.REPORTED: 3, S.KEPT: 4}
TONES = {S.KEPT: "good", S.GIVEN_BACK: "alert", S.DECLINED: "alert"}


def steps(commitment: Commitment, transitions: list[Transition]) -> list[dict[str, Any]]:
    """The line of steps, with when and by whom each was taken last."""
    taken = {transition.after: transition for transition in transitions}
    if commitment.state in STOPPED:
        return _stopped(commitment, taken)
    reached = REACHED[CommitmentState(commitment.state)]
    return [
        _step(
            label,
            "done" if place < reached else "now" if place == reached else "todo",
            taken.get(state) if place < reached else None,
        )
        for place, (state, label) in enumerate(STEPS)
    ]


def _stopped(commitment: Commitment, taken: dict[str, Transition]) -> list[dict[str, Any]]:
    """As far as it came, and then how it ended."""
    came = [_step(label, "done", taken[state]) for state, label in STEPS[:2] if state in taken]
    return [*came, _step(commitment.get_state_display(), "stopped", taken.get(commitment.state))]


def _step(label: Any, state: str, transition: Transition | None) -> dict[str, Any]:
    by = who(transition) if transition else ""
    return {"label": label, "state": state, "on": transition.at if transition else None, "by": by}


def who(trace: Trace) -> str:
    """The one behind a step, by first name: the pages are public."""
    if trace.actor_kind == ActorKind.SYSTEM:
        return ""
    name = trace.actor.get_short_name() if trace.actor else trace.actor_name.split(" ")[0]
    return "" if "@" in name else name


# What is between the two sides and the board.
PRIVATE = (EventKind.EDITED, EventKind.BOARD_ASKED, EventKind.MEDIATED, EventKind.CONTACT)


def history(commitment: Commitment, transitions: list[Transition], *, involved: bool) -> list[dict[str, Any]]:
    """Steps, progress and new dates, the newest first; who is not involved does not read what the board was told."""
    told = [
        {
            "title": title(step, commitment),
            "at": step.at,
            "by": who(step),
            "text": step.note,
            "tone": TONES.get(CommitmentState(step.after), ""),
        }
        for step in transitions
        if step.after != S.DRAFT
    ]
    events = commitment.events.select_related("actor", "date_proposal")
    told += [_happened(event) for event in events if involved or event.kind not in PRIVATE]
    first = Evidence.objects.filter(update=OuterRef("pk")).order_by("pk")
    pictures = {name: Subquery(first.values(column)[:1]) for name, column in (("photo", "uuid"), ("alt", "alt"))}
    updates: Any = commitment.updates.select_related("actor").annotate(**pictures)
    told += [_progress(update, commitment) for update in updates if not update.is_final or update.photo]
    return sorted(told, key=lambda event: event["at"], reverse=True)


def _happened(event: Event) -> dict[str, Any]:
    """What happened between two steps; of another date which it was and which it became."""
    text = event.note
    if event.date_proposal is not None:
        dates = event.date_proposal
        words = {"old": day_date(dates.old_date), "new": day_date(dates.new_date)}
        text = "\n".join(filter(None, [_("Van %(old)s naar %(new)s.") % words, event.note]))
    label = EventKind(event.kind).label
    tone = "alert" if event.kind == EventKind.BOARD_ASKED else ""
    return {"title": label, "at": event.at, "by": who(event), "text": text, "tone": tone}


def title(step: Transition, commitment: Commitment) -> str:
    """What a step is called once it was taken."""
    match step.before, step.after:
        case S.REPORTED, S.STARTED:
            return _("Nog niet klaar, zegt de ontvanger")
        case _before, S.STARTED:
            return _("Begonnen")
        case S.LAPSED, S.PROPOSED:
            return _("Opnieuw voorgesteld")
        case _before, S.PROPOSED:
            return _("Voorgesteld")
        case _before, S.KEPT if commitment.kept_by_silence:
            return _("Afgesloten: de ontvanger reageerde niet")
        case _before, S.KEPT if commitment.kept_by_board:
            return _("Nagekomen, stelde het bestuur vast")
        case _before, S.KEPT:
            return _("Nagekomen, zegt de ontvanger")
    return step.get_after_display()


def _progress(update: Any, commitment: Commitment) -> dict[str, Any]:
    done = _("Voortgang: %(quantity)s") % {"quantity": quantity(update.quantity, commitment.unit)}
    photo = reverse("commitments:photo", args=[commitment.uuid, update.photo]) if update.photo else ""
    return {
        "title": done if update.quantity else _("Voortgang"),
        "at": update.at,
        "by": who(update),
        "text": "" if update.is_final else update.note,
        "image": photo,
        "image_alt": update.alt or _("Foto bij deze voortgang"),
    }
