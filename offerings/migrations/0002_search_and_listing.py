"""What the database keeps by itself: the words to search by, and up to when an organisation is listed."""

from django.db import migrations

# Dutch stems, without accents: 'één' finds 'een', 'zalen' finds 'zaal'.
TEXT_SEARCH = """
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;
CREATE TEXT SEARCH CONFIGURATION dutch_plain (COPY = dutch);
ALTER TEXT SEARCH CONFIGURATION dutch_plain
    ALTER MAPPING FOR hword, hword_part, word, asciiword, hword_asciipart, asciihword WITH unaccent, dutch_stem;
"""
NO_TEXT_SEARCH = """
DROP TEXT SEARCH CONFIGURATION dutch_plain;
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
        setweight(to_tsvector('dutch_plain', NEW.title), 'A')
        || setweight(to_tsvector('dutch_plain', concat_ws(' ', NEW.summary, (
            SELECT concat_ws(' ', c.name, p.name) FROM offerings_category c
            LEFT JOIN offerings_category p ON p.id = c.parent_id WHERE c.id = NEW.category_id
        ), (SELECT o.name FROM members_organisation o WHERE o.id = NEW.organisation_id))), 'B')
        || setweight(to_tsvector('dutch_plain', NEW.description), 'C');
    NEW.course := course_of(NEW.category_id);
    IF TG_OP = 'INSERT' THEN
        NEW.listed_until := listed_until(NEW.organisation_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER offering_words
    BEFORE INSERT OR UPDATE OF title, summary, description, category_id, organisation_id ON offerings_offering
    FOR EACH ROW EXECUTE FUNCTION offering_words();

CREATE FUNCTION need_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search :=
        setweight(to_tsvector('dutch_plain', NEW.title), 'A')
        || setweight(to_tsvector('dutch_plain', concat_ws(' ', (
            SELECT c.name FROM offerings_category c WHERE c.id = NEW.category_id
        ), (SELECT o.name FROM members_organisation o WHERE o.id = NEW.organisation_id))), 'B')
        || setweight(to_tsvector('dutch_plain', NEW.description), 'C');
    IF TG_OP = 'INSERT' THEN
        NEW.listed_until := listed_until(NEW.organisation_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER need_words
    BEFORE INSERT OR UPDATE OF title, description, category_id, organisation_id ON offerings_need
    FOR EACH ROW EXECUTE FUNCTION need_words();

CREATE FUNCTION name_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'members_organisation' THEN
        UPDATE offerings_offering SET title = title, version = version + 1 WHERE organisation_id = NEW.id;
        UPDATE offerings_need SET title = title WHERE organisation_id = NEW.id;
    ELSE
        UPDATE offerings_offering SET title = title, version = version + 1
            WHERE category_id IN (SELECT id FROM offerings_category WHERE NEW.id IN (id, parent_id));
        UPDATE offerings_need SET title = title WHERE category_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER organisation_name AFTER UPDATE OF name, main_sector_id ON members_organisation
    FOR EACH ROW WHEN (OLD.name <> NEW.name OR OLD.main_sector_id IS DISTINCT FROM NEW.main_sector_id)
    EXECUTE FUNCTION name_changed();
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

# The card's orders, each within what is published; title sorts without accents and capitals.
INDEXES = """
CREATE INDEX offering_card ON offerings_offering (plain(title), id) WHERE state = 'published';
CREATE INDEX offering_newest ON offerings_offering (published_on DESC, id DESC) WHERE state = 'published';
CREATE INDEX offering_by_course ON offerings_offering (course, plain(title), id) WHERE state = 'published';
CREATE INDEX offering_by_category ON offerings_offering (category_id, plain(title), id) WHERE state = 'published';
CREATE INDEX offering_title_trigram ON offerings_offering USING gin (plain(title) gin_trgm_ops)
    WHERE state = 'published';
"""
NO_INDEXES = """
DROP INDEX offering_card, offering_newest, offering_by_course, offering_by_category, offering_title_trigram;
"""


class Migration(migrations.Migration):
    dependencies = [("offerings", "0001_initial"), ("members", "0001_initial")]

    operations = [
        migrations.RunSQL(TEXT_SEARCH, NO_TEXT_SEARCH),
        migrations.RunSQL(LISTING, NO_LISTING),
        migrations.RunSQL(WORDS, NO_WORDS),
        migrations.RunSQL(INDEXES, NO_INDEXES),
    ]
