"""Charts as SVG made on the server: bars, stacked bars and lines, each with the figures for the same table.

A chart carries classes and no colours; the style sheet inks `.series-0` and on, or a sector's class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kring.foundation.wording import Number, number

WIDTH = 640
LABELS = 150
ROW = 30
HEIGHT = 220
FOOT = 26
SIDE = 44


@dataclass(frozen=True)
class Series:
    """One row of figures; `ink` is a class, such as 'sector-sport', in place of the series' own colour."""

    label: str
    values: Sequence[Number]
    ink: str = ""


@dataclass(frozen=True)
class Chart:
    """What components/chart.html shows: the drawing, and its figures for who cannot see it."""

    title: str
    svg: SafeString
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def _ink(series: Sequence[Series], index: int) -> str:
    return series[index].ink or f"series-{index}"


def _rows(labels: Sequence[str], series: Sequence[Series]) -> list[list[str]]:
    return [[label, *(number(one.values[i]) for one in series)] for i, label in enumerate(labels)]


def _frame(title: str, height: int, inside: SafeString) -> SafeString:
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', WIDTH, height, title, inside
    )


def _legend(series: Sequence[Series]) -> SafeString:
    if len(series) < 2:
        return SafeString()
    items = format_html_join(
        "", '<li class="{}">{}</li>', ((_ink(series, i), one.label) for i, one in enumerate(series))
    )
    return format_html('<ul class="chart-legend">{}</ul>', items)


def bars(title: str, labels: Sequence[str], series: Series, *, inks: Sequence[str] = ()) -> Chart:
    """A bar per label, lying, with its figure at the end; `inks` gives each its own colour."""
    most = max([float(value) for value in series.values] or [0]) or 1.0
    room = WIDTH - LABELS - 70
    drawn = format_html_join(
        "",
        '<g class="{}"><text x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="bar" x="{}" y="{}" width="{}" height="18" rx="2"/><text x="{}" y="{}">{}</text></g>',
        (
            (
                (inks[row] if row < len(inks) else "") or series.ink or "series-0",
                LABELS - 10,
                row * ROW + 20,
                label,
                LABELS,
                row * ROW + 6,
                round(room * float(series.values[row]) / most),
                LABELS + 8 + round(room * float(series.values[row]) / most),
                row * ROW + 20,
                number(series.values[row]),
            )
            for row, label in enumerate(labels)
        ),
    )
    svg = _frame(title, len(labels) * ROW + 4, drawn)
    return Chart(title, svg, ["", series.label], _rows(labels, [series]))


def stacked(title: str, labels: Sequence[str], series: Sequence[Series]) -> Chart:
    """A lying bar per label, in parts."""
    totals = [sum(float(one.values[row]) for one in series) for row in range(len(labels))]
    most = max([*totals, 0.0]) or 1.0
    room = WIDTH - LABELS - 70
    parts = []
    for row, label in enumerate(labels):
        widths = [round(room * float(one.values[row]) / most) for one in series]
        starts = list(accumulate(widths, initial=LABELS))
        parts.append(_stack(row, label, widths, starts, series, totals[row]))
    svg = _frame(title, len(labels) * ROW + 4, SafeString("".join(parts)))
    head = ["", *(one.label for one in series)]
    return Chart(title, SafeString(_legend(series) + svg), head, _rows(labels, series))


def _stack(
    row: int, label: str, widths: list[int], starts: list[int], series: Sequence[Series], total: float
) -> SafeString:
    middle = row * ROW + 20
    pieces = format_html_join(
        "",
        '<rect class="bar {}" x="{}" y="{}" width="{}" height="18"/>',
        ((_ink(series, i), starts[i], row * ROW + 6, max(width - 1, 0)) for i, width in enumerate(widths) if width),
    )
    return format_html(
        '<text x="{}" y="{}" text-anchor="end">{}</text>{}<text x="{}" y="{}">{}</text>',
        LABELS - 10,
        middle,
        label,
        pieces,
        starts[-1] + 8,
        middle,
        number(round(total, 2)),
    )


def lines(title: str, labels: Sequence[str], series: Sequence[Series]) -> Chart:
    """A line per series over time, from nought up; every dot is a figure of the table."""
    most = _ceiling(max([float(value) for one in series for value in one.values] or [0]))
    drawn = SafeString(
        _grid(most) + _days(labels) + SafeString("".join(_line(one, _ink(series, i), most) for i, one in enumerate(series)))
    )
    svg = _frame(title, HEIGHT + FOOT, drawn)
    head = ["", *(one.label for one in series)]
    return Chart(title, SafeString(_legend(series) + svg), head, _rows(labels, series))


def _ceiling(most: float) -> float:
    """A round figure that the axis ends at: 1, 2 or 5 with noughts, so that four steps are round too."""
    step = 4.0
    while step < most:
        step *= 2.5 if str(int(step)).startswith("4") else 2
    return step


def _x(position: int, count: int) -> int:
    return SIDE + round((WIDTH - SIDE - 16) * position / max(count - 1, 1))


def _y(value: float, most: float) -> int:
    return round((HEIGHT - 12) * (1 - value / most)) + 8


def _grid(most: float) -> SafeString:
    marks = (most * quarter / 4 for quarter in range(5))
    return format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="axis" x="{}" y="{}" text-anchor="end">{}</text>',
        ((SIDE, WIDTH, _y(m, most), _y(m, most), SIDE - 8, _y(m, most) + 4, number(m)) for m in marks),
    )


def _days(labels: Sequence[str]) -> SafeString:
    every = max(1, -(-len(labels) // 8))
    shown = ((_x(i, len(labels)), HEIGHT + FOOT - 8, label) for i, label in enumerate(labels) if i % every == 0)
    return format_html_join("", '<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>', shown)


def _line(one: Series, ink: str, most: float) -> SafeString:
    points = [(_x(i, len(one.values)), _y(float(value), most)) for i, value in enumerate(one.values)]
    path = " ".join(f"{x},{y}" for x, y in points)
    dots = format_html_join("", '<circle class="dot" cx="{}" cy="{}" r="3.5"/>', points)
    return format_html('<g class="{}"><polyline class="line" points="{}"/>{}</g>', ink, path, dots)
