"""Compound words by their parts, and needs that end."""

import gzip
from pathlib import Path

import django.contrib.postgres.fields
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import offerings.models.needs

# No model: the words belong to the program, as the functions do, and stay when a circle's rows are taken away.
PARTS = """
CREATE TABLE offerings_compound_part (text text PRIMARY KEY, first boolean NOT NULL, last boolean NOT NULL);
"""
NO_PARTS = "DROP TABLE offerings_compound_part;"
LIST = Path(__file__).resolve().parent.parent / "dutch" / "compound_parts.txt.gz"

# The fewest parts, and of those the longest last one: what a compound is, stands at its end.
# The words are looked up all at once: so planned, it takes a millisecond instead of ten.
SPLITTING = """
CREATE FUNCTION compound_parts(word text) RETURNS text[] LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF word !~ '^[a-z]{6,40}$' THEN
        RETURN '{}';
    END IF;
    RETURN coalesce((
        WITH RECURSIVE cut AS MATERIALIZED (
            SELECT start, start + size AS stop, substr(word, start, size) AS text
            FROM generate_series(1, length(word) - 2) AS starts(start)
            CROSS JOIN generate_series(3, least(15, length(word) - start + 1, length(word) - 1)) AS sizes(size)
        ), known AS MATERIALIZED (
            SELECT * FROM offerings_compound_part WHERE text = ANY (ARRAY(SELECT text FROM cut))
        ), piece AS MATERIALIZED (
            SELECT start, stop, text, first, last FROM cut JOIN known USING (text)
        ), path AS (
            SELECT stop, ARRAY[text] AS parts FROM piece WHERE start = 1 AND first
            UNION ALL
            SELECT piece.stop, path.parts || piece.text FROM path JOIN piece ON piece.start = path.stop
            WHERE cardinality(path.parts) < 4
                AND CASE WHEN piece.stop > length(word) THEN piece.last ELSE piece.first END
        )
        SELECT parts FROM path WHERE stop > length(word)
        ORDER BY cardinality(parts), length(parts[cardinality(parts)]) DESC LIMIT 1
    ), '{}');
END $$;
-- The stems of a text, and of the parts of its compounds; those of a word on the card were looked up before.
CREATE FUNCTION words_and_parts(text) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT to_tsvector('dutch_unaccent', $1) || to_tsvector('dutch_unaccent', coalesce((
        SELECT string_agg(array_to_string(coalesce(known.parts, compound_parts(word)), ' '), ' ' ORDER BY word)
        FROM words_of($1) word LEFT JOIN offerings_word known ON known.text = word
        WHERE length(word) >= 6
    ), ''))
$$;
-- What a word that somebody typed finds: its stem, what begins with it, and what has all of its parts. A last s is
-- left off a beginning, since the stemmer leaves the one of 'excursies'. Nothing for a word that says nothing.
CREATE FUNCTION asked_for(word text) RETURNS tsquery LANGUAGE sql STABLE STRICT AS $$
    SELECT CASE WHEN numnode(stem) = 0 THEN stem ELSE
        stem
        || CASE WHEN length(word) >= 4
            THEN to_tsquery('simple_unaccent', regexp_replace(word, '(?<=....)[sS]$', '') || ':*') ELSE '' END
        || plainto_tsquery('dutch_unaccent', array_to_string(compound_parts(plain(word)), ' '))
    END FROM plainto_tsquery('dutch_unaccent', word) stem
$$;
"""
NO_SPLITTING = """
DROP FUNCTION asked_for(text);
DROP FUNCTION words_and_parts(text);
DROP FUNCTION compound_parts(text);
"""

VECTORS = """
CREATE OR REPLACE FUNCTION offering_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search :=
        setweight({words}(NEW.title), 'A')
        || setweight({words}(concat_ws(' ', NEW.summary, (
            SELECT concat_ws(' ', c.name, p.name) FROM offerings_category c
            LEFT JOIN offerings_category p ON p.id = c.parent_id WHERE c.id = NEW.category_id
        ), (SELECT o.name FROM members_organisation o WHERE o.id = NEW.organisation_id))), 'B')
        || setweight({words}(NEW.description), 'C');
    NEW.course := course_of(NEW.category_id);
    NEW.listed_until := listed_until(NEW.organisation_id);
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION need_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search :=
        setweight({words}(NEW.title), 'A')
        || setweight({words}(concat_ws(' ', (
            SELECT c.name FROM offerings_category c WHERE c.id = NEW.category_id
        ), (SELECT o.name FROM members_organisation o WHERE o.id = NEW.organisation_id))), 'B')
        || setweight({words}(NEW.description), 'C');
    NEW.listed_until := listed_until(NEW.organisation_id);
    RETURN NEW;
END $$;
"""
WITH_PARTS = VECTORS.format(words="words_and_parts")
WITHOUT_PARTS = VECTORS.replace("{words}(", "to_tsvector('dutch_unaccent', ")

LEXICON = """
CREATE OR REPLACE FUNCTION lexicon_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- In order, so that two who add the same new words do not lock each other out.
    INSERT INTO offerings_word (text{columns})
        SELECT word{values} FROM (
            SELECT DISTINCT word FROM written, words_of(concat_ws(' ', title, summary, description)) word
        ) found WHERE NOT EXISTS (SELECT FROM offerings_word known WHERE known.text = word)
        ORDER BY word ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION lexicon_grows_by_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO offerings_word (text{columns})
        SELECT word{values} FROM (SELECT DISTINCT word FROM written, words_of(name) word) found
        WHERE NOT EXISTS (SELECT FROM offerings_word known WHERE known.text = word)
        ORDER BY word ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""
LEXICON_WITH_PARTS = LEXICON.format(columns=", parts", values=", compound_parts(word)")
LEXICON_WITHOUT_PARTS = LEXICON.format(columns="", values="")

# Every word of the lexicon once, then every row: a circle has some hundreds.
SPLIT = "UPDATE offerings_word SET parts = compound_parts(text);"
ANEW = "UPDATE offerings_offering SET title = title; UPDATE offerings_need SET title = title;"
# A table with changed rows can only be altered once their foreign keys were looked at.
SETTLED = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;"

# What stood open without an end is asked about within the month.
ENDLESS = "UPDATE offerings_need SET expires_on = current_date + 30 WHERE state = 'open' AND expires_on IS NULL;"


def read_parts(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """A hyphen stands where something has to follow or to go before."""
    with editor.connection.cursor() as cursor, gzip.open(LIST, "rt", encoding="ascii") as lines:
        with cursor.copy("COPY offerings_compound_part (text, first, last) FROM STDIN") as copy:
            for line in lines:
                word = line.strip()
                copy.write_row((word.strip("-"), not word.startswith("-"), not word.endswith("-")))
        cursor.execute("ANALYZE offerings_compound_part")


class Migration(migrations.Migration):
    dependencies = [("offerings", "0002_search_and_listing")]

    operations = [
        migrations.RunSQL(PARTS, NO_PARTS),
        migrations.RunPython(read_parts, migrations.RunPython.noop),
        migrations.AddField(
            "word",
            "parts",
            django.contrib.postgres.fields.ArrayField(models.TextField(), default=list, db_default=[], editable=False),
        ),
        migrations.RunSQL(SPLITTING, NO_SPLITTING),
        migrations.RunSQL(SPLIT, migrations.RunSQL.noop),
        migrations.RunSQL(LEXICON_WITH_PARTS, LEXICON_WITHOUT_PARTS),
        migrations.RunSQL(WITH_PARTS, WITHOUT_PARTS),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
        migrations.AlterField(
            "need",
            "expires_on",
            models.DateField(
                "staat open tot en met", null=True, blank=True, default=offerings.models.needs.end_of_a_new_need
            ),
        ),
        migrations.RunSQL(ENDLESS, migrations.RunSQL.noop),
        migrations.RunSQL(SETTLED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "need",
            models.CheckConstraint(
                condition=~models.Q(state="open") | models.Q(expires_on__isnull=False), name="need_open_has_an_end"
            ),
        ),
    ]
