"""The memberships of an organisation on one line of time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kring.foundation.actors import ActorKind
from members.models import Membership, MembershipStatus, Organisation

TONES = {
    MembershipStatus.ACTIVE: "good",
    MembershipStatus.TRIAL: "good",
    MembershipStatus.EXPELLED: "alert",
    MembershipStatus.SUSPENDED: "alert",
    MembershipStatus.REJECTED: "alert",
}


@dataclass(frozen=True)
class Stretch:
    """One period on the line: where it begins and how long it is, in thousandths of the line."""

    start: int
    length: int
    first: dt.date
    last: dt.date | None
    label: str


def memberships(organisation: Organisation) -> list[Membership]:
    """All of them with their steps, the latest first."""
    found = organisation.memberships.prefetch_related("transitions__actor")
    return sorted(found, key=_began, reverse=True)


def _began(membership: Membership) -> tuple[dt.date, int]:
    first = membership.period.lower if membership.period else membership.applied_on
    return first or dt.date.min, membership.pk


def line(memberships: list[Membership], today: dt.date) -> list[Stretch]:
    """The periods from the first day to today, or to the last day that is known; none without a period."""
    periods = sorted(
        ((each.period.lower, each.last_day, each) for each in memberships if each.period), key=lambda known: known[0]
    )
    if not periods:
        return []
    begin: dt.date = periods[0][0]
    end = max([today, *(last for _first, last, _each in periods if last)])
    days = max(1, (end - begin).days + 1)

    def place(day: dt.date) -> int:
        return 1000 * (day - begin).days // days

    return [
        Stretch(
            start=place(first),
            length=max(4, place((last or end) + dt.timedelta(days=1)) - place(first)),
            first=first,
            last=last,
            label=each.get_status_display(),
        )
        for first, last, each in periods
    ]


def events(memberships: list[Membership]) -> list[dict[str, Any]]:
    """Every step of every membership, the latest first, as components/timeline.html shows them."""
    steps = [step for each in memberships for step in each.transitions.all()]
    return [
        {
            "title": step.get_after_display(),
            "at": step.at,
            "by": _who(step),
            "text": step.note,
            "tone": TONES.get(MembershipStatus(step.after), ""),
        }
        for step in sorted(steps, key=lambda step: (step.at, step.pk), reverse=True)
    ]


def _who(step: Any) -> str:
    if step.actor is not None:
        return str(step.actor)
    return str(step.actor_name) if step.actor_kind == ActorKind.LINK else _("vanzelf")
