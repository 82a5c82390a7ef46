"""The demo's data in an empty database: read from its files once, and put back from a copy from then on.

Reading it takes a dozen seconds, putting it back one. The copy lies in a schema of the test's own database.
"""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

# Of a day: later in a week more is late.
COPY = "demo_copy_{:%Y%m%d}"
TABLES = """
SELECT relname FROM pg_class JOIN pg_namespace spaces ON spaces.oid = relnamespace
WHERE nspname = 'public' AND relkind = 'r' AND relname <> 'django_migrations' ORDER BY relname
"""
# What the database works out by itself is not written.
COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""


def load_demo() -> None:
    """As `manage.py demo_data`, for a test whose transactions are real."""
    copy = COPY.format(timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [copy])
        [(is_there,)] = cursor.fetchall()
    if not is_there:
        call_command("demo_data", verbosity=0)
        _keep(copy)
    _put_back(copy)  # the first time too, so that all tests begin alike


@transaction.atomic
def _keep(copy: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {copy}")
        for table in _tables(cursor):
            cursor.execute(f'CREATE TABLE {copy}."{table}" AS TABLE public."{table}"')


@transaction.atomic
def _put_back(copy: str) -> None:
    """Without triggers: they told their tales when it was read."""
    with connection.cursor() as cursor:
        tables = _tables(cursor)
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("TRUNCATE {}".format(", ".join(f'public."{table}"' for table in tables)))
        for table in tables:
            cursor.execute(COLUMNS, [table])
            [(columns,)] = cursor.fetchall()
            cursor.execute(f'INSERT INTO public."{table}" ({columns}) SELECT {columns} FROM {copy}."{table}"')
            if "id" in columns.split(", "):
                _go_on_from_the_last(cursor, table)
    ContentType.objects.clear_cache()


def _go_on_from_the_last(cursor: CursorWrapper, table: str) -> None:
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [f'public."{table}"'])
    [(sequence,)] = cursor.fetchall()
    if sequence:
        cursor.execute(f'SELECT setval(%s, greatest((SELECT max(id) FROM public."{table}"), 1))', [sequence])


def _tables(cursor: CursorWrapper) -> list[str]:
    cursor.execute(TABLES)
    return [name for (name,) in cursor.fetchall()]
