"""What came of it: only what the receiver confirmed counts, and unlike things are never added up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from commitments.models import Commitment
from kring.foundation.wording import unit_name

# What can be added up over commitments. Pieces cannot: laptops and pallets are no sum.
SUMMABLE = ("uren", "dagdelen", "euro", "plekken", "mensen")
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


def months_until(today: dt.date, months: int = 12) -> list[dt.date]:
    """The first days of the last months, this one last."""
    first = today.year * 12 + today.month - months
    return [dt.date(index // 12, index % 12 + 1, 1) for index in range(first, first + months)]
