"""What came of it, drawn: each chart is one of the counts of commitments.totals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from commitments import totals
from commitments.models import Commitment
from kring.foundation import charts
from kring.foundation.charts import Chart, Series

OUTCOME_LABELS: dict[str, str | Promise] = {
    "kept": gettext_lazy("Nagekomen"),
    "by_silence": gettext_lazy("Zonder reactie afgesloten"),
    "given_back": gettext_lazy("Teruggegeven"),
    "running": gettext_lazy("Loopt nog"),
}


def outcomes(counted: Mapping[str, int]) -> Chart:
    """Of what totals.outcomes() counted."""
    labels = [str(label) for label in OUTCOME_LABELS.values()]
    series = Series(_("Toezeggingen"), [counted[outcome] for outcome in OUTCOME_LABELS])
    return charts.bars(_("Wat kwam er van de toezeggingen?"), labels, series)


def per_sector(commitments: QuerySet[Commitment]) -> Chart | None:
    """None as long as no sector has any."""
    rows = totals.outcomes_per_sector(commitments)
    series = [Series(str(label), [row[outcome] for row in rows]) for outcome, label in OUTCOME_LABELS.items()]
    return charts.stacked(_("Per sector"), [_sector_name(row) for row in rows], series) if rows else None


def _sector_name(row: Mapping[str, Any]) -> str:
    english: str = row["sector__name_en"] if get_language() == "en" else ""
    return english or row["sector__name"]


def per_month(commitments: QuerySet[Commitment], today: dt.date) -> Chart:
    """Of the last twelve months."""
    rows = totals.closed_per_month(commitments, totals.months_until(today))
    series = [
        Series(str(OUTCOME_LABELS[outcome]), [row[outcome] for row in rows]) for outcome in ("kept", "given_back")
    ]
    return charts.lines(_("Afgelopen twaalf maanden"), [date_format(row["month"], "M Y") for row in rows], series)
