"""How many organisations there are behind each filter of the directory, the other filters taken into account.

For every value of every filter there is one long number, with a bit for each organisation: those that have this and
that are `this & that`, and how many those are is `.bit_count()`. The numbers are made in one query when something
changed, and kept by the process; counting live took a query for each filter, each as dear as the list itself.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef

from kring.foundation.narrowing import YES
from members import filters
from members.models import District, Organisation, Sector

Bits = int
# What took longer than this to make is used for a minute, also when something changed since.
QUICK_SECONDS = 0.05
SLOW_SECONDS = 60.0


class Counts(NamedTuple):
    """`total` is how many there are with all filters; `of` each value, how many with that one in place of its own."""

    total: int
    of: dict[str, dict[str, int]]


class Tally:
    def __init__(self, keys: Sequence[int], listed: Bits, marks: Mapping[str, Mapping[str, Bits]]) -> None:
        self._keys = array("q", keys)
        self._marks = marks
        self.everything: Bits = (1 << len(self._keys)) - 1
        self.listed = listed

    @classmethod
    def read(cls, today: dt.date) -> Tally:
        rows = _rows(today)
        marks: defaultdict[str, dict[str, bytearray]] = defaultdict(dict)
        for place, row in enumerate(rows):
            for name, values in _values(row):
                for value in values:
                    marks[name].setdefault(value, bytearray(b"0" * len(rows)))[place] = ord("1")
        listed = bytes(ord("1") if row["is_listed"] else ord("0") for row in rows)
        numbers = {name: {value: _number(each) for value, each in values.items()} for name, values in marks.items()}
        return cls([row["pk"] for row in rows], _number(listed), numbers)

    def among(self, keys: Iterable[int]) -> Bits:
        digits = bytearray(b"0" * len(self._keys))
        for key in keys:
            place = bisect_left(self._keys, key)
            if place < len(self._keys) and self._keys[place] == key:
                digits[place] = ord("1")
        return _number(digits)

    def counts(self, chosen: Mapping[str, Sequence[str]], start: Bits) -> Counts:
        """For what was chosen of each filter, among those in `start`."""
        wanted = {name: self._with(name, values) for name, values in chosen.items() if values}
        found = reduce(and_, wanted.values(), start)
        of = {}
        for name, values in self._marks.items():
            others = reduce(and_, (bits for other, bits in wanted.items() if other != name), start)
            of[name] = {value: number for value, bits in values.items() if (number := (bits & others).bit_count())}
        return Counts(found.bit_count(), of)

    def _with(self, name: str, values: Iterable[str]) -> Bits:
        return reduce(or_, (self._marks.get(name, {}).get(value, 0) for value in values), 0)


def _number(digits: bytes | bytearray) -> Bits:
    """The first organisation is the last bit but for the order all the same: it is counted, not read."""
    return int(digits or b"0", 2)


def _rows(today: dt.date) -> list[dict[str, Any]]:
    this = OuterRef("pk")
    districts = District.objects.filter(organisations=this)
    columns = {
        "is_listed": Exists(Organisation.objects.listed(today).filter(pk=this)),
        "also_in": ArraySubquery(Sector.objects.filter(also_organisations=this).order_by().values("slug")),
        "active_in": ArraySubquery(districts.order_by().values("slug")),
        "and_so_in": ArraySubquery(districts.filter(parent__isnull=False).order_by().values("parent__slug")),
        **{f"facet_{facet.name}": facet.holds(today) for facet in filters.facets()},
    }
    plain = ("pk", "kind", "anbi", "main_sector__slug")
    return list(Organisation.objects.order_by("pk").values(*plain, **columns))


def _values(row: Mapping[str, Any]) -> Iterable[tuple[str, set[str]]]:
    yield "soort", {name for name, kind in filters.KINDS.items() if kind == row["kind"]}
    yield "sector", {*row["also_in"], *filter(None, [row["main_sector__slug"]])}
    yield "wijk", {*row["active_in"], *row["and_so_in"]}
    yield "anbi", {YES} if row["anbi"] else set()
    for facet in filters.facets():
        yield facet.name, {YES} if row[f"facet_{facet.name}"] else set()


class _Kept(NamedTuple):
    stamp: str
    today: dt.date
    tally: Tally
    made_at: float
    took: float

    def is_usable(self, stamp: str, today: dt.date) -> bool:
        if self.today != today:
            return False
        return self.stamp == stamp or (self.took > QUICK_SECONDS and time.monotonic() - self.made_at < SLOW_SECONDS)


_kept: _Kept | None = None
_making = threading.Lock()


def kept(today: dt.date, stamp: str) -> Tally:
    """The tally of today, made anew when `stamp` is another one. One thread makes it; the others wait for it."""
    global _kept
    with _making:
        if _kept is None or not _kept.is_usable(stamp, today):
            began = time.monotonic()
            tally = Tally.read(today)
            ended = time.monotonic()
            _kept = _Kept(stamp, today, tally, ended, ended - began)
        return _kept.tally


def forget() -> None:
    """What this process keeps."""
    global _kept
    _kept = None
