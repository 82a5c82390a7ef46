"""What the database keeps by itself: the words to search by, up to when an organisation is listed, that the card changed."""

from django.db import migrations

# Dutch stems, without accents: 'één' finds 'een', 'zalen' finds 'zaal'.
TEXT_SEARCH = """
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;
CREATE TEXT SEARCH CONFIGURATION dutch_unaccent (COPY = dutch);
ALTER TEXT SEARCH CONFIGURATION dutch_unaccent
    ALTER MAPPING FOR hword, hword_part, word, asciiword, hword_asciipart, asciihword WITH unaccent, dutch_stem;
-- For the beginning of a word, which must not be stemmed: 'zaal' begins 'zaalverhuur', its stem also 'zalm'.
CREATE TEXT SEARCH CONFIGURATION simple_unaccent (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION simple_unaccent
    ALTER MAPPING FOR hword, hword_part, word, asciiword, hword_asciipart, asciihword WITH unaccent, simple;
"""
NO_TEXT_SEARCH = """
DROP TEXT SEARCH CONFIGURATION simple_unaccent;
DROP TEXT SEARCH CONFIGURATION dutch_unaccent;
DROP FUNCTION plain(text);
"""

# The last day and one, null for who is not listed. Mirrors Organisation.objects.listed().
LISTING = """
CREATE FUNCTION listed_until(wanted bigint) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN o.kind = 'partner' OR (o.kind = 'business' AND o.listed_on IS NOT NULL) THEN date '9999-12-31'
        WHEN o.kind = 'member' THEN (
            SELECT max(coalesce(upper(m.period), date '9999-12-31')) FROM members_membership m
            WHERE m.organisation_id = o.id AND m.status IN ('trial', 'active', 'resigned')
        )
    END
    FROM members_organisation o WHERE o.id = wanted
$$;
CREATE FUNCTION listing_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
    until date;
BEGIN
    IF TG_TABLE_NAME = 'members_organisation' THEN
        changed := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        changed := OLD.organisation_id;
    ELSE
        changed := NEW.organisation_id;
    END IF;
    until := listed_until(changed);
    UPDATE offerings_offering SET listed_until = until
        WHERE organisation_id = changed AND listed_until IS DISTINCT FROM until;
    UPDATE offerings_need SET listed_until = until
        WHERE organisation_id = changed AND listed_until IS DISTINCT FROM until;
    RETURN NULL;
END $$;
CREATE TRIGGER membership_listing AFTER INSERT OR UPDATE OR DELETE ON members_membership
    FOR EACH ROW EXECUTE FUNCTION listing_changed();
CREATE TRIGGER organisation_listing AFTER UPDATE OF kind, listed_on ON members_organisation
    FOR EACH ROW EXECUTE FUNCTION listing_changed();
"""
NO_LISTING = """
DROP TRIGGER membership_listing ON members_membership;
DROP TRIGGER organisation_listing ON members_organisation;
DROP FUNCTION listing_changed();
DROP FUNCTION listed_until(bigint);
"""

# Title over summary, category and organisation, over description.
WORDS = """
CREATE FUNCTION course_of(wanted bigint) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce(p."order", c."order") * 10000 + CASE WHEN p.id IS NULL THEN 0 ELSE c."order" END
    FROM offerings_category c LEFT JOIN offerings_category p ON p.id = c.parent_id WHERE c.id = wanted
$$;
CREATE FUNCTION offering_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search :=
        setweight(to_tsvector('dutch_unaccent', NEW.title), 'A')
        || setweight(to_tsvector('dutch_unaccent', concat_ws(' ', NEW.summary, (
            SELECT concat_ws(' ', c.name, p.name) FROM offerings_category c
            LEFT JOIN offerings_category p ON p.id = c.parent_id WHERE c.id = NEW.category_id
        ), (SELECT o.name FROM members_organisation o WHERE o.id = NEW.organisation_id))), 'B')
        || setweight(to_tsvector('dutch_unaccent', NEW.description), 'C');
    NEW.course := course_of(NEW.category_id);
    NEW.listed_until := listed_until(NEW.organisation_id);
    RETURN NEW;
END $$;
CREATE TRIGGER offering_words
    BEFORE INSERT OR UPDATE OF title, summary, description, category_id, organisation_id ON offerings_offering
    FOR EACH ROW EXECUTE FUNCTION offering_words();

CREATE FUNCTION need_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search :=
        setweight(to_tsvector('dutch_unaccent', NEW.title), 'A')
        || setweight(to_tsvector('dutch_unaccent', concat_ws(' ', (
            SELECT c.name FROM offerings_category c WHERE c.id = NEW.category_id
        ), (SELECT o.name FROM members_organisation o WHERE o.id = NEW.organisation_id))), 'B')
        || setweight(to_tsvector('dutch_unaccent', NEW.description), 'C');
    NEW.listed_until := listed_until(NEW.organisation_id);
    RETURN NEW;
END $$;
CREATE TRIGGER need_words
    BEFORE INSERT OR UPDATE OF title, description, category_id, organisation_id ON offerings_need
    FOR EACH ROW EXECUTE FUNCTION need_words();

CREATE FUNCTION name_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'members_organisation' THEN
        UPDATE offerings_offering SET title = title WHERE organisation_id = NEW.id;
        UPDATE offerings_need SET title = title WHERE organisation_id = NEW.id;
    ELSE
        UPDATE offerings_offering SET title = title
            WHERE category_id IN (SELECT id FROM offerings_category WHERE NEW.id IN (id, parent_id));
        UPDATE offerings_need SET title = title WHERE category_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER organisation_name AFTER UPDATE OF name ON members_organisation
    FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION name_changed();
CREATE TRIGGER category_name AFTER UPDATE OF name, "order", parent_id ON offerings_category
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION name_changed();
"""
NO_WORDS = """
DROP TRIGGER organisation_name ON members_organisation;
DROP TRIGGER category_name ON offerings_category;
DROP TRIGGER offering_words ON offerings_offering;
DROP TRIGGER need_words ON offerings_need;
DROP FUNCTION name_changed();
DROP FUNCTION offering_words();
DROP FUNCTION course_of(bigint);
DROP FUNCTION need_words();
"""

# Words for typing errors. For each statement and not each row: an import of a thousand offerings looks once.
LEXICON = """
CREATE FUNCTION words_of(text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
    SELECT word FROM unnest(tsvector_to_array(to_tsvector('simple', plain($1)))) word WHERE word ~ '^[a-z]{4,40}$'
$$;
CREATE FUNCTION lexicon_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- In order, so that two who add the same new words do not lock each other out.
    INSERT INTO offerings_word (text)
        SELECT DISTINCT word FROM written, words_of(concat_ws(' ', title, summary, description)) word ORDER BY word
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION lexicon_grows_by_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO offerings_word (text) SELECT DISTINCT word FROM written, words_of(name) word ORDER BY word
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER offering_lexicon_insert AFTER INSERT ON offerings_offering
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION lexicon_grows();
CREATE TRIGGER offering_lexicon_update AFTER UPDATE ON offerings_offering
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION lexicon_grows();
CREATE TRIGGER category_lexicon_insert AFTER INSERT ON offerings_category
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION lexicon_grows_by_name();
CREATE TRIGGER category_lexicon_update AFTER UPDATE ON offerings_category
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION lexicon_grows_by_name();
CREATE TRIGGER organisation_lexicon_insert AFTER INSERT ON members_organisation
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION lexicon_grows_by_name();
CREATE TRIGGER organisation_lexicon_update AFTER UPDATE ON members_organisation
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION lexicon_grows_by_name();
"""
NO_LEXICON = """
DROP TRIGGER organisation_lexicon_update ON members_organisation;
DROP TRIGGER organisation_lexicon_insert ON members_organisation;
DROP TRIGGER category_lexicon_update ON offerings_category;
DROP TRIGGER category_lexicon_insert ON offerings_category;
DROP TRIGGER offering_lexicon_update ON offerings_offering;
DROP TRIGGER offering_lexicon_insert ON offerings_offering;
DROP FUNCTION lexicon_grows_by_name();
DROP FUNCTION lexicon_grows();
DROP FUNCTION words_of(text);
"""

# Whatever the card shows or counts: a change to any of these is a change of the card.
WATCHED = (
    "offerings_offering",
    "offerings_need",
    "offerings_category",
    "members_sector",
    "members_district",
    "members_organisation",
    "members_organisation_districts",
)
# Only the latest rows are read; a hundred are kept, so that a transaction that took long is noticed as well.
CHANGES = """
CREATE FUNCTION card_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO offerings_cardchange (value) VALUES (gen_random_uuid());
    DELETE FROM offerings_cardchange WHERE id IN (
        SELECT id FROM offerings_cardchange ORDER BY id DESC OFFSET 100 FOR UPDATE SKIP LOCKED
    );
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER card_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION card_changed();\n"
    for table in WATCHED
)
NO_CHANGES = "".join(f"DROP TRIGGER card_changed ON {table};\n" for table in WATCHED) + "DROP FUNCTION card_changed();"

# The card's orders, each within what is published: in courses with what was confirmed last on top, so that the stale
# sink by themselves, members' offers apart from what businesses give; by date; by name without accents and capitals. And what is stale.
INDEXES = """
CREATE INDEX offering_card ON offerings_offering (course, confirmed_on DESC, id)
    WHERE state = 'published' AND means = '';
CREATE INDEX offering_given ON offerings_offering (course, confirmed_on DESC, id)
    WHERE state = 'published' AND means <> '';
CREATE INDEX offering_stale ON offerings_offering (confirmed_on) WHERE state = 'published';
CREATE INDEX offering_newest ON offerings_offering (published_on DESC, id DESC) WHERE state = 'published';
CREATE INDEX offering_by_name ON offerings_offering (plain(title), id) WHERE state = 'published';
CREATE INDEX offering_in_category ON offerings_offering (category_id, confirmed_on DESC, id) WHERE state = 'published';
"""
NO_INDEXES = "DROP INDEX offering_card, offering_given, offering_stale, offering_newest, offering_by_name, offering_in_category;"


class Migration(migrations.Migration):
    dependencies = [("offerings", "0001_initial"), ("members", "0001_initial")]

    operations = [
        migrations.RunSQL(TEXT_SEARCH, NO_TEXT_SEARCH),
        migrations.RunSQL(LISTING, NO_LISTING),
        migrations.RunSQL(WORDS, NO_WORDS),
        migrations.RunSQL(LEXICON, NO_LEXICON),
        migrations.RunSQL(CHANGES, NO_CHANGES),
        migrations.RunSQL(INDEXES, NO_INDEXES),
    ]
