"""The figures: one look at all commitments gives every count and sum that the pages, the plots and the CSV show.

At a hundred thousand commitments a query per table took a second and a half together; the grouping sets below read
them once. What was counted is kept for a minute, under the last step that anybody took.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Case, DateField, F, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, TruncMonth
from django.utils import timezone

from commitments import totals
from commitments.models import Basis, Commitment
from commitments.outcomes import CONFIRMED, Outcome, with_outcome
from commitments.totals import SUMMABLE, Total
from commitments.totals import Value as Worth

SECONDS = 60
MONTHS = 12
# What stands in the address for 'no sector' and 'no district'.
NONE = "geen"
TEXT = TextField()
DIMENSIONS = ("sector", "wijk", "m", "maand")

# First what is alike in all is taken together: of a hundred thousand rows some hundreds are left to be grouped in six
# ways, which takes half the time.
GROUPED = """
WITH alike AS MATERIALIZED (
    SELECT outcome, basis, sector, wijk, m, maand, unit,
           count(*) AS commitments, sum(confirmed) AS quantity, sum(estimated_value) AS euros
    FROM ({counted}) AS counted (outcome, basis, sector, wijk, m, maand, unit, confirmed, estimated_value)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT outcome, basis, sector, wijk, m, maand, unit, grouping(basis, sector, wijk, m, maand),
       sum(commitments)::bigint, coalesce(sum(quantity), 0), coalesce(sum(euros), 0)
FROM alike
GROUP BY GROUPING SETS (
    (outcome, unit), (outcome, basis), (outcome, unit, sector), (outcome, unit, wijk), (outcome, unit, m),
    (outcome, unit, maand)
)
"""
# grouping() has a one for each column that is not in the set.
WHOLE, BY_BASIS, BY = 0b11111, 0b01111, {0b10111: "sector", 0b11011: "wijk", 0b11101: "m", 0b11110: "maand"}

# Medians in days, of what was confirmed; and what organisations agreed with each other.
BESIDE = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(extract(epoch FROM agreed_at - asked_at), 0) / 86400)
           FILTER (WHERE outcome = ANY (%s)),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(extract(epoch FROM closed_at - agreed_at), 0) / 86400)
           FILTER (WHERE outcome = ANY (%s)),
       count(*) FILTER (WHERE one IS NOT NULL AND other IS NOT NULL),
       count(*) FILTER (WHERE one <> other)
FROM ({counted}) AS counted (outcome, agreed_at, closed_at, asked_at, one, other)
"""


@dataclass
class Line:
    """One row of a table: how many ended in which way, and what was confirmed in each unit."""

    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Outcome.values, 0))
    totals: dict[str, Total] = field(default_factory=dict)

    def add(self, outcome: str, unit: str, commitments: int, quantity: Decimal) -> None:
        self.outcomes[outcome] += commitments
        if unit and outcome in CONFIRMED:
            earlier = self.totals.get(unit, Total(unit, Decimal(0), 0))
            self.totals[unit] = Total(unit, earlier.quantity + quantity, earlier.commitments + commitments)

    @property
    def commitments(self) -> int:
        return sum(self.outcomes.values())

    @property
    def confirmed(self) -> int:
        return sum(self.outcomes[outcome] for outcome in CONFIRMED)

    def share(self, outcome: str) -> float:
        """Of all that was agreed, in per cents."""
        return 100 * self.outcomes[outcome] / self.commitments if self.commitments else 0.0


@dataclass(frozen=True)
class Counts:
    """How many there are of each, and what was confirmed."""

    whole: Line
    values: list[Worth]
    lines: Mapping[str, Mapping[str, Line]]
    months: list[dt.date]

    @property
    def per_unit(self) -> list[Total]:
        return [self.whole.totals[unit] for unit in SUMMABLE if unit in self.whole.totals]

    def month(self, first: dt.date) -> Line:
        return self.lines["maand"].get(f"{first:%Y-%m}", Line())


@dataclass(frozen=True)
class Figures(Counts):
    """Also how long it took, and who found whom."""

    outside: int
    between_fields: int
    days_to_yes: float | None
    days_to_kept: float | None


def of(commitments: QuerySet[Commitment], scope: str, today: dt.date) -> Figures:
    """The figures of these commitments, which `scope` names."""
    key = f"figures:{scope}:{today}:{totals.stamp()}"
    kept: Figures | None = cache.get(key)
    if kept is None:
        kept = count(commitments, today)
        cache.set(key, kept, SECONDS)
    return kept


def counts(commitments: QuerySet[Commitment], today: dt.date) -> Counts:
    months = totals.months_until(today, MONTHS)
    whole, values, lines = _grouped(_rows(commitments, months[0]))
    return Counts(whole, [values[basis] for basis in Basis.values if basis in values], lines, months)


def count(commitments: QuerySet[Commitment], today: dt.date) -> Figures:
    counted = counts(commitments, today)
    to_yes, to_kept, between, outside = _beside(commitments)
    return Figures(**vars(counted), outside=outside, between_fields=between, days_to_yes=to_yes, days_to_kept=to_kept)


def _rows(commitments: QuerySet[Commitment], first: dt.date) -> list[tuple[Any, ...]]:
    zone = timezone.get_default_timezone()
    recent = dt.datetime.combine(first, dt.time.min, zone)
    wijk = Coalesce(Cast("district__parent__slug", TEXT), Cast("district__slug", TEXT), Value(NONE), output_field=TEXT)
    valued = When(estimated_value__isnull=False, then=F("value_basis"))
    month = TruncMonth("closed_at", tzinfo=zone, output_field=DateField())
    inner = (
        with_outcome(commitments)
        .order_by()
        .annotate(
            basis=Case(valued, default=Value(""), output_field=TEXT),
            sector_slug=Coalesce(Cast("sector__slug", TEXT), Value(NONE), output_field=TEXT),
            wijk=wijk,
            maand=Case(When(closed_at__gte=recent, then=month), default=None, output_field=DateField()),
            summed=Case(When(unit__in=SUMMABLE, then=F("unit")), default=Value(""), output_field=TEXT),
        )
        .values_list(
            "outcome", "basis", "sector_slug", "wijk", "means", "maand", "summed", "confirmed", "estimated_value"
        )
    )
    return _asked(GROUPED, inner)


def _beside(commitments: QuerySet[Commitment]) -> tuple[float | None, float | None, int, int]:
    """Days from asked to agreed and on to kept; agreements between two sectors' organisations, and outside a field."""
    asked_at = Coalesce("enquiry__created_at", "proposed_at", "created_at")
    rows = with_outcome(commitments).order_by().annotate(asked_at=asked_at)
    columns = ("outcome", "agreed_at", "closed_at", "asked_at", "promisor__main_sector", "beneficiary__main_sector")
    confirmed = [outcome.value for outcome in CONFIRMED]
    [found] = _asked(BESIDE, rows.values_list(*columns), [confirmed, confirmed])
    return found


def _asked(statement: str, counted: QuerySet[Any, Any], first: list[Any] | None = None) -> list[tuple[Any, ...]]:
    inner, parameters = counted.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{counted}", inner), [*(first or ()), *parameters])
        return list(cursor.fetchall())


def _grouped(
    rows: Iterable[tuple[Any, ...]],
) -> tuple[Line, dict[str, Worth], dict[str, dict[str, Line]]]:
    whole = Line()
    values: dict[str, Worth] = {}
    lines: dict[str, dict[str, Line]] = {dimension: {} for dimension in DIMENSIONS}
    for outcome, basis, *names, unit, grouping, commitments, quantity, euros in rows:
        if grouping == WHOLE:
            whole.add(outcome, unit, commitments, quantity)
        elif grouping == BY_BASIS:
            if basis and outcome in CONFIRMED:
                earlier = values.get(basis, Worth(basis, Decimal(0), 0))
                values[basis] = Worth(basis, earlier.euros + euros, earlier.commitments + commitments)
        else:
            dimension = BY[grouping]
            name = names[DIMENSIONS.index(dimension)]
            if name is not None:
                key = f"{name:%Y-%m}" if isinstance(name, dt.date) else name
                lines[dimension].setdefault(key, Line()).add(outcome, unit, commitments, quantity)
    return whole, values, lines
