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

# Across in per cents, down in pixels: the drawing takes the room it gets and its words keep their size.
ROW = 46
HEIGHT = 200
FOOT = 26
LEFT, RIGHT = 9.0, 98.0


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
    return format_html('<svg height="{}" role="img" aria-label="{}">{}</svg>', height, title, inside)


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}%"


def _legend(series: Sequence[Series]) -> SafeString:
    if len(series) < 2:
        return SafeString()
    items = format_html_join(
        "", '<li class="{}">{}</li>', ((_ink(series, i), one.label) for i, one in enumerate(series))
    )
    return format_html('<ul class="chart-legend">{}</ul>', items)


def _row(row: int, label: str, total: Number, pieces: SafeString) -> SafeString:
    """A label, its figure at the other end, and under them the bar."""
    top = row * ROW
    return format_html(
        '<text y="{}">{}</text><text class="figure" x="100%" y="{}" text-anchor="end">{}</text>'
        '<rect class="track" y="{}" width="100%" height="14" rx="2"/>{}',
        top + 16,
        label,
        top + 16,
        number(total),
        top + 24,
        pieces,
    )


def bars(title: str, labels: Sequence[str], series: Series, *, inks: Sequence[str] = ()) -> Chart:
    """A lying bar per label; `inks` gives each its own colour."""
    most = max([float(value) for value in series.values] or [0]) or 1.0
    drawn = SafeString()
    for row, label in enumerate(labels):
        ink = (inks[row] if row < len(inks) else "") or series.ink or "series-0"
        width = _percent(float(series.values[row]), most)
        bar = format_html('<rect class="bar {}" y="{}" width="{}" height="14" rx="2"/>', ink, row * ROW + 24, width)
        drawn += _row(row, label, series.values[row], bar)
    svg = _frame(title, len(labels) * ROW, drawn)
    return Chart(title, svg, ["", series.label], _rows(labels, [series]))


def stacked(title: str, labels: Sequence[str], series: Sequence[Series]) -> Chart:
    """A lying bar per label, in parts."""
    totals = [sum(float(one.values[row]) for one in series) for row in range(len(labels))]
    most = max([*totals, 0.0]) or 1.0
    drawn = SafeString()
    for row, label in enumerate(labels):
        values = [float(one.values[row]) for one in series]
        starts = accumulate(values, initial=0.0)
        parts = (
            (_ink(series, i), _percent(start, most), row * ROW + 24, _percent(value, most))
            for i, (value, start) in enumerate(zip(values, starts, strict=False))
        )
        bar = format_html_join("", '<rect class="bar {}" x="{}" y="{}" width="{}" height="14"/>', parts)
        drawn += _row(row, label, round(totals[row], 2), bar)
    svg = _frame(title, len(labels) * ROW, drawn)
    return Chart(title, _legend(series) + svg, ["", *(one.label for one in series)], _rows(labels, series))


def lines(title: str, labels: Sequence[str], series: Sequence[Series], *, top: int = 0) -> Chart:
    """A line per series over time, from nought up to `top` or a round figure; every dot is a figure of the table."""
    most = top or _ceiling(max([float(value) for one in series for value in one.values] or [0]))
    drawn = _grid(most) + _days(labels)
    for i, one in enumerate(series):
        drawn += _line(one, _ink(series, i), most)
    svg = _frame(title, HEIGHT + FOOT, drawn)
    return Chart(title, _legend(series) + svg, ["", *(one.label for one in series)], _rows(labels, series))


def _ceiling(most: float) -> int:
    """A round figure for the top of the axis that four steps divide."""
    size = 1
    while True:
        for step in (4, 8, 12, 20):
            if most <= step * size:
                return step * size
        size *= 10


def _x(position: int, count: int) -> float:
    return LEFT + (RIGHT - LEFT) * position / max(count - 1, 1)


def _y(value: float, most: float) -> int:
    return round((HEIGHT - 12) * (1 - value / most)) + 8


def _grid(most: float) -> SafeString:
    marks = (most * quarter / 4 for quarter in range(5))
    return format_html_join(
        "",
        '<line class="grid" x1="{}%" x2="100%" y1="{}" y2="{}"/>'
        '<text class="axis" x="{}%" y="{}" text-anchor="end">{}</text>',
        ((LEFT, _y(mark, most), _y(mark, most), LEFT - 2, _y(mark, most) + 5, number(mark)) for mark in marks),
    )


def _days(labels: Sequence[str]) -> SafeString:
    every = max(1, -(-len(labels) // 6))
    shown = (
        (f"{_x(i, len(labels)):.2f}", HEIGHT + FOOT - 4, label) for i, label in enumerate(labels) if i % every == 0
    )
    return format_html_join("", '<text class="axis" x="{}%" y="{}" text-anchor="middle">{}</text>', shown)


def _line(one: Series, ink: str, most: float) -> SafeString:
    """The line in a drawing of its own that stretches; the dots outside it, so that they stay round."""
    points = [(_x(i, len(one.values)), _y(float(value), most)) for i, value in enumerate(one.values)]
    path = " ".join(f"{x * 10:.0f},{y}" for x, y in points)
    dots = format_html_join("", '<circle class="dot" cx="{}%" cy="{}" r="3.5"/>', ((f"{x:.2f}", y) for x, y in points))
    return format_html(
        '<g class="{}"><svg viewBox="0 0 1000 {}" height="{}" preserveAspectRatio="none">'
        '<polyline class="line" points="{}"/></svg>{}</g>',
        ink,
        HEIGHT,
        HEIGHT,
        path,
        dots,
    )
