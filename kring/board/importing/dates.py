"""Dates as Dutch spreadsheets have them: the day always first, never the month."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
NAMES = {name: number for number, name in enumerate(MONTHS, start=1)} | {
    "januari": 1,
    "februari": 2,
    "maart": 3,
    "april": 4,
    "juni": 6,
    "juli": 7,
    "augustus": 8,
    "september": 9,
    "sept": 9,
    "oktober": 10,
    "november": 11,
    "december": 12,
    "mar": 3,
    "may": 5,
    "oct": 10,
}
MONTH = "|".join(sorted(NAMES, key=len, reverse=True))
# The day that Excel counts from; its 1900 had a 29th of February.
EXCEL_DAY_0 = dt.date(1899, 12, 30)
EARLIEST = 1800

NUMERIC = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
WRITTEN = re.compile(rf"(\d{{1,2}})[-/. ]+({MONTH})\.?[-/. ]+(\d{{4}}|\d{{2}})", re.IGNORECASE)
MONTH_OF = re.compile(rf"({MONTH})\.?[-/. ]+(\d{{4}}|\d{{2}})", re.IGNORECASE)
NUMBER_OF = re.compile(r"(\d{1,2})[-/](\d{4})")
YEAR = re.compile(r"\d{4}")
EXCEL = re.compile(r"\d{5}")


class Day(NamedTuple):
    """A date, and how much of it was written: dag, maand or jaar."""

    day: dt.date
    precision: str


def _year(text: str) -> int:
    """00 to 29 are of this century, 30 to 99 of the last."""
    number = int(text)
    if len(text) == 4:
        return number
    return 2000 + number if number <= 29 else 1900 + number


def parsed(text: str) -> Day | None:
    """None for what is no date."""
    try:
        found = _parsed(text)
    except ValueError:
        return None
    return found if found is not None and found.day.year >= EARLIEST else None


def _parsed(text: str) -> Day | None:
    if match := ISO.fullmatch(text):
        return Day(dt.date(*map(int, match.groups())), "dag")
    if match := NUMERIC.fullmatch(text):
        day, month, year = match.groups()
        return Day(dt.date(_year(year), int(month), int(day)), "dag")
    if match := WRITTEN.fullmatch(text):
        day, name, year = match.groups()
        return Day(dt.date(_year(year), NAMES[name.lower()], int(day)), "dag")
    if match := MONTH_OF.fullmatch(text):
        return Day(dt.date(_year(match[2]), NAMES[match[1].lower()], 1), "maand")
    if match := NUMBER_OF.fullmatch(text):
        return Day(dt.date(int(match[2]), int(match[1]), 1), "maand")
    if EXCEL.fullmatch(text):
        return Day(EXCEL_DAY_0 + dt.timedelta(days=int(text)), "dag")
    return Day(dt.date(int(text), 1, 1), "jaar") if YEAR.fullmatch(text) else None
