"""What came of it: only what the receiver confirmed counts, and unlike things are never added up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from commitments.models import Commitment, CommitmentState
from commitments.models.choices import RUNNING_STATES

# What can be added up over commitments. Pieces cannot: laptops and pallets are no sum.
SUMMABLE = ("uren", "dagdelen", "euro", "plekken", "mensen")
S = CommitmentState


@dataclass(frozen=True)
class Total:
    """A confirmed quantity, and how many commitments it is made of."""

    unit: str
    quantity: Decimal
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


def shares(commitments: QuerySet[Commitment]) -> dict[str, int]:
    """How many were kept, given back, are running, and were kept without the receiver saying so."""
    return commitments.aggregate(
        kept=Count("pk", filter=Q(state=S.KEPT, kept_by_silence=False)),
        by_silence=Count("pk", filter=Q(state=S.KEPT, kept_by_silence=True)),
        given_back=Count("pk", filter=Q(state=S.GIVEN_BACK)),
        running=Count("pk", filter=Q(state__in=[*RUNNING_STATES, S.REPORTED])),
    )


def estimated_value(commitments: QuerySet[Commitment]) -> Decimal:
    """The estimated value in euro of what was confirmed; only of those that have one."""
    value: Decimal | None = commitments.confirmed().aggregate(value=Sum("estimated_value"))["value"]  # type: ignore[attr-defined]
    return value or Decimal(0)


def kept_per_sector(commitments: QuerySet[Commitment]) -> list[dict[str, Any]]:
    confirmed = commitments.confirmed().filter(sector__isnull=False)  # type: ignore[attr-defined]
    rows = confirmed.order_by("sector__order").values("sector__slug", "sector__name", "sector__hue")
    return list(rows.annotate(number=Count("pk")))


def kept_per_month(commitments: QuerySet[Commitment], today: dt.date, months: int = 12) -> list[tuple[dt.date, int]]:
    """How many were confirmed in each of the last months, this one last; months without are there with 0."""
    first_index = today.year * 12 + today.month - months
    days = [dt.date(index // 12, index % 12 + 1, 1) for index in range(first_index, first_index + months)]
    rows = (
        commitments.confirmed()  # type: ignore[attr-defined]
        .filter(closed_at__date__gte=days[0])
        .order_by()
        .values(month=TruncMonth("closed_at"))
        .annotate(number=Count("pk"))
    )
    found = {(row["month"].year, row["month"].month): row["number"] for row in rows}
    return [(day, found.get((day.year, day.month), 0)) for day in days]
