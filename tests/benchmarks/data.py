"""A circle as large as is wanted: the demo's, over and over, with the words of its offers mixed anew."""

from __future__ import annotations

import psycopg
from psycopg import sql

from tests.benchmarks.site import manage

# At 200,000 offerings a city has some four thousand organisations.
MOST_COPIES = 40
# Times as many copies as of the offerings: at 200,000 of these a hundred thousand and more.
COMMITMENTS = 2
# What stands in a copy; other columns are taken over. `n` counts the copies, `original` is the row.
ORGANISATION = {"uuid": "gen_random_uuid()", "slug": "slug || '-' || n", "name": "name || ' ' || n"}
OFFERING = {
    "uuid": "gen_random_uuid()",
    "slug": "slug || '-' || n",
    "title": "title || ' ' || (SELECT word FROM words WHERE w = (original.id * 7919 + n * 104729) % 1000)",
    "summary": "left(summary, 120) || ' ' || (SELECT word FROM words WHERE w = (original.id * 31 + n * 15485) % 1000)",
    "organisation_id": "(SELECT copy FROM copies WHERE of = organisation_id AND c = n % {copies} + 1)",
    "confirmed_on": "confirmed_on - (n % 90)::int",
    "once": "NULL",
}
COMMITMENT = {
    "uuid": "gen_random_uuid()",
    "title": "title || ' ' || n",
    "moved_at": "moved_at - (n % 5000) * interval '1 hour'",
    "due_on": "due_on - (n % 1500)::int",
    "closed_at": "closed_at - (n % 5000) * interval '1 hour'",
    "counter_favour_of_id": "NULL",
    "enquiry_id": "NULL",
    "once": "NULL",
}
# Of years of promises only the last still run.
MOST_ARE_CLOSED = "state IN ('kept', 'given_back', 'declined', 'lapsed') OR n % 30 = 0"
# Each takes the steps that its original took, as much earlier as it moved itself.
STEPS = """
INSERT INTO commitments_transition (actor_kind, actor_name, at, note, before, after, commitment_id)
SELECT step.actor_kind, step.actor_name, step.at - (original.moved_at - copy.moved_at),
       step.note, step.before, step.after, copy.id
FROM commitments_commitment copy
JOIN commitments_commitment original ON original.title = substring(copy.title FROM '^(.*) [0-9]+$')
    AND original.promisor_id = copy.promisor_id AND original.proposed_at = copy.proposed_at
JOIN commitments_transition step ON step.commitment_id = original.id
ORDER BY copy.id, step.at, step.id
"""
WORDS = """
CREATE TEMP TABLE words AS
SELECT row_number() OVER (ORDER BY word) - 1 AS w, word FROM (
    SELECT DISTINCT regexp_split_to_table(lower(title || ' ' || summary || ' ' || description), '[^a-z]+') AS word
    FROM offerings_offering
) all_words WHERE length(word) > 4
"""
# Which organisation is the copy of which, and what makes it a member in a district.
COPIES = """
CREATE TEMP TABLE copies AS
SELECT original.id AS of, copy.id AS copy, substring(copy.slug FROM '-([0-9]+)$')::int AS c
FROM members_organisation copy
JOIN members_organisation original ON copy.slug = original.slug || '-' || substring(copy.slug FROM '-([0-9]+)$');
INSERT INTO members_membership
    (uuid, status, period, applied_on, contribution, paid_until, reason, ended_by_board, organisation_id)
SELECT gen_random_uuid(), status, period, applied_on, contribution, paid_until, reason, ended_by_board, copy
FROM members_membership JOIN copies ON of = organisation_id;
INSERT INTO members_organisation_districts (organisation_id, district_id)
SELECT copy, district_id FROM members_organisation_districts JOIN copies ON of = organisation_id;
"""


def fill(environment: dict[str, str], offerings: int) -> None:
    """The demo's circle, then so many offerings on the card, with organisations and commitments in proportion."""
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "demo_data", "--verbosity", "0")
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as database:
        multiply(database, offerings)
        database.execute("VACUUM ANALYZE")


def multiply(database: psycopg.Connection, offerings: int) -> None:
    """So many times the demo that there are about as many offerings."""
    published = database.execute("SELECT count(*) FROM offerings_offering WHERE state = 'published'").fetchone()
    times = offerings // (published[0] if published else 1)
    copies = min(times, MOST_COPIES)
    database.execute(WORDS)
    _copy(database, "members_organisation", ORGANISATION, copies)
    database.execute(COPIES)
    owner = {"organisation_id": OFFERING["organisation_id"].format(copies=copies)}
    _copy(database, "offerings_offering", OFFERING | owner, times)
    _copy(database, "commitments_commitment", COMMITMENT, times * COMMITMENTS, where=MOST_ARE_CLOSED)
    database.execute(STEPS)


def _copy(database: psycopg.Connection, table: str, changed: dict[str, str], times: int, where: str = "true") -> None:
    """Every row `times` times more, or those of the copies that `where` tells."""
    found = database.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'", [table]
    )
    columns = [name for (name,) in found]
    values = [sql.SQL(changed[name]) if name in changed else sql.Identifier(name) for name in columns]  # type: ignore[arg-type]
    database.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} original, generate_series(1, {}) AS n WHERE {}").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(values),
            sql.Identifier(table),
            sql.Literal(times),
            sql.SQL(where),  # type: ignore[arg-type]
        )
    )
