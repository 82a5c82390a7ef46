"""What organisations are found by, kept in indexes: the words of a name and a tagline, and words with a letter wrong."""

from django.db import migrations

ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćĉċčďēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏőŕŗřśŝşšţťũūŭůűųŵŷźżžſ"
UNACCENTED = "aaaaaaceeeeiiiinooooouuuuyyaaaccccdeeeeegggghiiiijklllnnnooorrrssssttuuuuuuwyzzzs"

# As members.search.plain(). In PL/pgSQL, so that it is called and not unfolded where an index has its result already;
# what it costs is measured, so that also in a small circle that index is read.
PLAIN_NAME = f"""
CREATE FUNCTION plain_name(text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT COST 1000 AS $$
BEGIN
    RETURN btrim(regexp_replace(regexp_replace(regexp_replace(
        translate(lower($1), '{ACCENTED}', '{UNACCENTED}'),
        '\\m([a-z])\\.', '\\1', 'g'), '[^[:alnum:]]+', ' ', 'g'), '\\mst\\M', 'sint', 'g'));
END $$;
"""

# Every word, every two that follow each other as one, and the whole as one, since a space may be missing; and each
# word and the whole with one letter left out. Who types something else leaves a letter out of that as well, and two
# spellings that are a letter apart meet. A word that is short as it stands is marked, to be told from what is left of
# another. A name of four words has some fifty pieces.
NAME_PIECES = """
CREATE FUNCTION name_pieces(text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 10000
BEGIN ATOMIC
    WITH words AS (
        SELECT word, place FROM unnest(string_to_array(plain_name($1), ' ')) WITH ORDINALITY AS each (word, place)
    ), wholes AS (
        SELECT word FROM words UNION SELECT replace(plain_name($1), ' ', '')
    ), pieces AS (
        SELECT word FROM wholes
        UNION SELECT '=' || word FROM words WHERE length(word) < 3
        UNION SELECT a.word || b.word FROM words a JOIN words b ON b.place = a.place + 1
        UNION SELECT overlay(word PLACING '' FROM place FOR 1) FROM wholes, generate_series(1, length(word)) AS place
        WHERE length(word) BETWEEN 3 AND 60
    )
    SELECT array_agg(word) FROM pieces;
END;
"""

# Names are looked for far more often than they change: nothing is left to be sorted in later.
INDEXES = """
CREATE INDEX organisation_words ON members_organisation
    USING gin (plain_name(name || ' ' || tagline) gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX organisation_plain_name ON members_organisation
    USING gin (plain_name(name) gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX organisation_pieces ON members_organisation
    USING gin (name_pieces(name)) WITH (fastupdate = off);
"""
NO_INDEXES = "DROP INDEX organisation_words, organisation_plain_name, organisation_pieces;"


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("foundation", "0001_initial")]

    operations = [
        migrations.RunSQL(PLAIN_NAME, "DROP FUNCTION plain_name(text);"),
        migrations.RunSQL(NAME_PIECES, "DROP FUNCTION name_pieces(text);"),
        migrations.RunSQL(INDEXES, NO_INDEXES),
    ]
