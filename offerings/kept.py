"""What a web process keeps of the menu card in its memory, and how it knows that this still holds.

The database writes a row at every change of the card (migration 0002). Reading the last of those takes 0.2 ms and
tells whether the lists and the tally can be used again: no invalidation by hand, and right after any kind of write.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from dataclasses import dataclass, replace

from django.db import connection

from offerings.lists import Lists
from offerings.tally import Tally

# Some more than the last, since a transaction that began earlier may end later.
STAMP = """
SELECT coalesce(md5(string_agg(value::text, '')), '')
FROM (SELECT value FROM offerings_cardchange ORDER BY id DESC LIMIT 20) latest
"""
MAX_SECONDS = 600.0
# What took longer than this to make is used for a minute, also when something changed since.
QUICK_SECONDS = 0.05
SLOW_SECONDS = 60.0


def stamp() -> str:
    """A text that is another one after each change of the card."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        return str(cursor.fetchone()[0])


@dataclass(frozen=True)
class Kept:
    """The card as it was at `stamp`, on the day `today`; its counts may be of a minute before, see SLOW_SECONDS."""

    stamp: str
    today: dt.date
    lists: Lists
    tally: Tally
    counted_of: str
    counted_at: float
    took: float

    @property
    def is_exact(self) -> bool:
        """Whether its counts are of the card as it is, and not of a minute before."""
        return self.counted_of == self.stamp

    @property
    def age(self) -> float:
        return time.monotonic() - self.counted_at

    def is_usable(self, now: str, today: dt.date) -> bool:
        return self.stamp == now and self.today == today and self.age <= MAX_SECONDS

    def may_still_count(self, today: dt.date) -> bool:
        """Whether its counts may be shown of a card that has changed since."""
        return self.today == today and self.took > QUICK_SECONDS and self.age < SLOW_SECONDS


_kept: Kept | None = None
_making = threading.Lock()


def kept(today: dt.date, now: str) -> Kept:
    """The card of today at the stamp `now`, made anew when it changed. One thread makes it; the others wait for it."""
    global _kept
    if _kept is not None and _kept.is_usable(now, today):
        return _kept
    with _making:
        if _kept is None or not _kept.is_usable(now, today):
            _kept = _make(now, today, _kept)
        return _kept


def _make(now: str, today: dt.date, before: Kept | None) -> Kept:
    lists = Lists.read()
    if before is not None and before.may_still_count(today):
        return replace(before, stamp=now, lists=lists)
    start = time.monotonic()
    tally = Tally.read(today, lists)
    counted_at = time.monotonic()
    return Kept(now, today, lists, tally, now, counted_at, counted_at - start)


def forget() -> None:
    """What this process keeps."""
    global _kept
    _kept = None
