"""One task at a time works on an import, and everything that it did stands when it is killed.

A session's advisory lock goes when its connection goes, so nothing has to be cleared up after a kill.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Ours among the advisory locks of the database: the first of two keys, the second is the import's.
WORKING, WRITING = 7_201, 7_202


@contextmanager
def at_work(number: int) -> Iterator[bool]:
    """Whether nobody else works on this import until the end of the block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [WORKING, number])
        (is_ours,) = cursor.fetchone() or (False,)
    try:
        yield bool(is_ours)
    finally:
        if is_ours and connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [WORKING, number])


def wait_for_turn() -> int:
    """Until this transaction ends no other import writes, so that each sees what the other made. Gives its number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0), pg_current_xact_id()::text::bigint", [WRITING])
        _locked, number = cursor.fetchone() or (None, 0)
    return int(number)
