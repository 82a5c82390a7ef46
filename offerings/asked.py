"""What the city asks for: which words were searched for, how often, and whether anything was found; never by whom.

A search is counted when it is new: on its first page and without filters, and for visitors at most once a minute, as
long as they share the page. That keeps who reloads or leafs from counting twice.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Sum
from django.utils import timezone

from members.search import bare
from offerings.models import SearchCount

# Words that fewer searches had are shown to the board alone: they may be about somebody.
MANY = 5
PERIOD = dt.timedelta(days=90)
KEPT = dt.timedelta(days=400)
SHOWN = 30
# An address or a number is about somebody, and helps nobody.
ABOUT_SOMEBODY = re.compile(r"@|\d[\d\s.\-]{4,}\d")

# Quickly, since the reader waits: should the server fall over just now, one search is not counted.
COUNT = """
WITH quickly AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO offerings_searchcount (day, words, found, times) SELECT %s, %s, %s, 1 FROM quickly
ON CONFLICT (day, words, found) DO UPDATE SET times = offerings_searchcount.times + 1
"""


class Asked(NamedTuple):
    """Words, how often they were searched for in all, and on the last day that somebody did."""

    words: str
    times: int
    last: dt.date


def count(words: str, *, found: bool, today: dt.date | None = None) -> None:
    """One more search for these words; written the same in capitals, with accents, they are the same."""
    if ABOUT_SOMEBODY.search(words):
        return
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [today or timezone.localdate(), bare(words)[:100], found])


def most(today: dt.date, *, found: bool, at_least: int = 1) -> list[Asked]:
    """What was searched for most in PERIOD, and found or not."""
    rows = SearchCount.objects.filter(day__gt=today - PERIOD, found=found).values("words")
    counted = rows.annotate(all=Sum("times"), last=Max("day")).filter(all__gte=at_least)
    return [Asked(row["words"], row["all"], row["last"]) for row in counted.order_by("-all", "-last", "words")[:SHOWN]]


def forget_old(today: dt.date) -> int:
    """What was searched for longer than KEPT ago; returns how many rows that were."""
    return SearchCount.objects.filter(day__lte=today - KEPT).delete()[0]
