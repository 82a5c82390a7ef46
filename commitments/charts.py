"""What came of it, drawn: each chart is one of the counts of commitments.figures, and its table opens every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.html import format_html
from django.utils.translation import gettext as _

from commitments.figures import Line
from commitments.outcomes import Outcome
from kring.foundation import charts
from kring.foundation.charts import Chart, Series

# An outcome has the same colour in every plot.
INKS = {
    Outcome.ON_TIME: "series-0",
    Outcome.LATE: "series-4",
    Outcome.SILENCE: "series-2",
    Outcome.BOARD: "series-5",
    Outcome.GIVEN_BACK: "series-1",
    Outcome.RUNNING: "series-3",
}


def linked(text: str, url: str) -> str:
    """A figure that opens; nought has nothing under it."""
    return format_html('<a href="{}">{}</a>', url, text) if url else text


def shares(line: Line, rows: list[list[str]]) -> Chart:
    """Of all that was agreed; `rows` are those of the table."""
    labels = [str(outcome.label) for outcome in Outcome]
    series = Series(_("Toezeggingen"), [line.outcomes[outcome] for outcome in Outcome])
    inks = [INKS[outcome] for outcome in Outcome]
    drawn = charts.bars(_("Wat kwam er van de toezeggingen?"), labels, series, inks=inks)
    return replace(drawn, head=["", _("Toezeggingen"), _("Deel van het geheel")], rows=rows)


def outcomes(title: str, lines: Sequence[tuple[str, Line]], rows: list[list[str]]) -> Chart:
    series = [
        Series(str(outcome.label), [line.outcomes[outcome] for _label, line in lines], INKS[outcome])
        for outcome in Outcome
    ]
    drawn = charts.stacked(title, [label for label, _line in lines], series)
    return replace(drawn, rows=rows)


def over_time(title: str, lines: Sequence[tuple[str, Line]], rows: list[list[str]] | None = None) -> Chart:
    """What was closed in each month."""
    series = [
        Series(str(Outcome.ON_TIME.label), [line.confirmed for _label, line in lines], INKS[Outcome.ON_TIME]),
        Series(
            str(Outcome.GIVEN_BACK.label),
            [line.outcomes[Outcome.GIVEN_BACK] for _label, line in lines],
            INKS[Outcome.GIVEN_BACK],
        ),
    ]
    drawn = charts.lines(title, [label for label, _line in lines], series)
    return drawn if rows is None else replace(drawn, head=outcome_head(), rows=rows)


def confirmed(title: str, lines: Sequence[tuple[str, Line]], head: list[str], rows: list[list[str]]) -> Chart:
    """The hours; the table has every unit."""
    hours = [_quantity(line.totals, "uren") for _label, line in lines]
    drawn = charts.bars(title, [label for label, _line in lines], Series(_("uur"), hours))
    return replace(drawn, head=head, rows=rows)


def outcome_head() -> list[str]:
    return ["", *(str(outcome.label) for outcome in Outcome)]


def _quantity(found: Mapping[str, object], unit: str) -> Decimal:
    total = found.get(unit)
    return getattr(total, "quantity", Decimal(0))
