"""How widely the circle is carried: which part of the members takes part, in each way that a room knows of.

A room adds its own way once, when the site starts: being at a meeting, for one, is not known here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment
from commitments.outcomes import counted
from members.models import Organisation
from offerings.models import Offering

TEXT = TextField()
WITHIN = dt.timedelta(days=365)


Condition = Exists | Q


class Way(NamedTuple):
    """`holds` is a condition on the organisation OuterRef("pk"); `slug` stands in the address."""

    slug: str
    label: str | Promise
    definition: str | Promise
    holds: Callable[[dt.date], Condition]


_ways: dict[str, Way] = {}


def register(way: Way) -> None:
    _ways[way.slug] = way


def ways() -> list[Way]:
    return list(_ways.values())


def way(slug: str) -> Way | None:
    return _ways.get(slug)


def offers(today: dt.date) -> Condition:
    return Exists(Offering.objects.published(today).filter(organisation=OuterRef("pk")))


def agrees(today: dt.date) -> Condition:
    since = dt.datetime.combine(today - WITHIN, dt.time.min, timezone.get_current_timezone())
    recent = counted(Commitment.objects.filter(agreed_at__gte=since))
    # Each side by its own index: one condition on both read all commitments for every member.
    return Exists(recent.filter(promisor=OuterRef("pk"))) | Exists(recent.filter(beneficiary=OuterRef("pk")))


register(
    Way(
        "aanbod",
        _("leden met iets op de menukaart"),
        _("Leden die nu minstens één gerecht op de menukaart hebben."),
        offers,
    )
)
register(
    Way(
        "afspraak",
        _("leden met een afspraak"),
        _("Leden die het afgelopen jaar een toezegging deden of kregen die is afgesproken."),
        agrees,
    )
)


@dataclass(frozen=True)
class Part:
    """So many of so many members."""

    members: int
    taking_part: dict[str, int]


@dataclass(frozen=True)
class Breadth:
    whole: Part
    by: dict[str, dict[str, Part]]


def members(today: dt.date) -> QuerySet[Organisation]:
    return Organisation.objects.listed(today).members()


def count(today: dt.date) -> Breadth:
    """Of all members, per sector and per district; who is active in three districts counts in each."""
    everybody = members(today)
    slug, of_parent = Cast("districts__slug", TEXT), Cast("districts__parent__slug", TEXT)
    district = Coalesce(of_parent, slug, Value(""), output_field=TEXT)
    holding = {each.slug: each.holds(today) for each in ways()}
    return Breadth(
        whole=_part(everybody.aggregate(**_counts(holding))),
        by={
            "sector": _parts(everybody, F("main_sector__slug"), holding),
            "wijk": _parts(everybody, district, holding),
        },
    )


def _counts(holding: dict[str, Condition]) -> dict[str, Any]:
    part = {slug: Count("pk", filter=holds, distinct=True) for slug, holds in holding.items()}
    return {"members": Count("pk", distinct=True), **part}


def _parts(everybody: QuerySet[Any], along: Any, holding: dict[str, Condition]) -> dict[str, Part]:
    rows = everybody.order_by().annotate(along=along).values("along").annotate(**_counts(holding))
    return {row.pop("along"): _part(row) for row in rows}


def _part(row: dict[str, Any]) -> Part:
    return Part(row.pop("members"), row)


def taking_part(today: dt.date, way: Way, *, really: bool) -> QuerySet[Organisation]:
    """The members that do, or those that do not yet."""
    holds = way.holds(today)
    return members(today).filter(holds if really else ~holds)
