"""What came of it: only what the receiver confirmed counts, and unlike things are never added up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from commitments.models import Basis, Commitment, CommitmentState
from commitments.models.choices import RUNNING_STATES
from kring.foundation.wording import unit_name

# What can be added up over commitments. Pieces cannot: laptops and pallets are no sum.
SUMMABLE = ("uren", "dagdelen", "euro", "plekken", "mensen")
S = CommitmentState

# Each commitment that was once agreed is in one of these.
OUTCOMES = {
    "kept": Count("pk", filter=Q(state=S.KEPT, kept_by_silence=False)),
    "by_silence": Count("pk", filter=Q(state=S.KEPT, kept_by_silence=True)),
    "given_back": Count("pk", filter=Q(state=S.GIVEN_BACK)),
    "running": Count("pk", filter=Q(state__in=[*RUNNING_STATES, S.REPORTED])),
}
STAMP = """
SELECT concat_ws('-', (SELECT max(id) FROM commitments_commitment), (SELECT max(id) FROM commitments_transition),
                 (SELECT max(id) FROM commitments_update), (SELECT max(id) FROM commitments_event))
"""


def stamp() -> str:
    """A text that is another one after each step of a commitment."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        return str(cursor.fetchone()[0])


@dataclass(frozen=True)
class Total:
    """A confirmed quantity, and how many commitments it is made of."""

    unit: str
    quantity: Decimal
    commitments: int

    @property
    def unit_name(self) -> str:
        return unit_name(self.unit, self.quantity)


@dataclass(frozen=True)
class Value:
    """Estimated euros with one basis, and how many commitments they are made of."""

    basis: str
    euros: Decimal
    commitments: int


def per_unit(commitments: QuerySet[Commitment]) -> list[Total]:
    """The confirmed totals of each unit that can be added up, in a fixed order."""
    rows = (
        commitments.confirmed()  # type: ignore[attr-defined]
        .filter(unit__in=SUMMABLE)
        .order_by()
        .values("unit")
        .annotate(quantity=Sum("confirmed"), number=Count("pk"))
    )
    found = {row["unit"]: Total(row["unit"], row["quantity"], row["number"]) for row in rows}
    return [found[unit] for unit in SUMMABLE if unit in found]


def estimated_value(commitments: QuerySet[Commitment]) -> list[Value]:
    """The estimated value of what was confirmed, apart for each basis; only of those that have one."""
    valued = commitments.confirmed().filter(estimated_value__isnull=False)  # type: ignore[attr-defined]
    rows = valued.order_by().values("value_basis").annotate(euros=Sum("estimated_value"), number=Count("pk"))
    found = {row["value_basis"]: Value(row["value_basis"], row["euros"], row["number"]) for row in rows}
    return [found[basis] for basis in Basis.values if basis in found]


def outcomes(commitments: QuerySet[Commitment]) -> dict[str, int]:
    """How many were kept, kept without the receiver saying so, given back, and are running."""
    return commitments.aggregate(**OUTCOMES)


def outcomes_per_sector(commitments: QuerySet[Commitment]) -> list[dict[str, Any]]:
    """The outcomes of each sector that has any, in the order of the sectors."""
    rows: QuerySet[Any, Any] = commitments.filter(sector__isnull=False).order_by("sector__order", "sector__slug")
    counted = rows.values("sector__slug", "sector__name", "sector__name_en").annotate(**OUTCOMES)
    return [row for row in counted if any(row[outcome] for outcome in OUTCOMES)]


def months_until(today: dt.date, months: int = 12) -> list[dt.date]:
    """The first days of the last months, this one last."""
    first = today.year * 12 + today.month - months
    return [dt.date(index // 12, index % 12 + 1, 1) for index in range(first, first + months)]


def closed_per_month(commitments: QuerySet[Commitment], months: list[dt.date]) -> list[dict[str, Any]]:
    """How many were confirmed and how many given back in each of these months; one without is there with noughts."""
    rows = (
        commitments.filter(closed_at__date__gte=months[0])
        .order_by()
        .values(month=TruncMonth("closed_at"))
        .annotate(kept=OUTCOMES["kept"], given_back=OUTCOMES["given_back"])
    )
    found = {(row["month"].year, row["month"].month): row for row in rows}
    nothing = {"kept": 0, "given_back": 0}
    return [nothing | found.get((day.year, day.month), {}) | {"month": day} for day in months]
