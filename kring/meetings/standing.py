"""By which pages that visitors share know that something changed."""

from __future__ import annotations

from django.db import connection

# Some more than the last, since a transaction that began earlier may end later.
STAMP = """
SELECT coalesce(md5(string_agg(value::text, '')), '')
FROM (SELECT value FROM meetings_change ORDER BY id DESC LIMIT 20) latest
"""


def stamp() -> str:
    """A text that is another one after each change of a meeting, a sign-up, an outcome or minutes."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        return str(cursor.fetchone()[0])
