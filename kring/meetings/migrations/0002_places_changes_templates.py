"""What the database keeps by itself: taken places, a note of every change, traces that stay; and the first templates."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from kring.foundation.trail import append_only

# Who writes a sign-up in whatever way also counts its places, and the check on the meeting refuses one too many.
# The count locks the row of the meeting until the transaction ends, as the verbs do beforehand.
PLACES = """
CREATE FUNCTION meetings_places(sign_up meetings_signup) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN sign_up.state IN ('going', 'offered') AND NOT sign_up.walked_in
        THEN sign_up.people::integer ELSE 0 END
$$;
CREATE FUNCTION meetings_count_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND meetings_places(OLD) <> 0
        AND (TG_OP = 'DELETE' OR OLD.meeting_id <> NEW.meeting_id OR meetings_places(OLD) <> meetings_places(NEW)) THEN
        UPDATE meetings_meeting SET taken = taken - meetings_places(OLD) WHERE id = OLD.meeting_id;
    END IF;
    IF TG_OP <> 'DELETE' AND meetings_places(NEW) <> 0
        AND (TG_OP = 'INSERT' OR OLD.meeting_id <> NEW.meeting_id OR meetings_places(OLD) <> meetings_places(NEW)) THEN
        UPDATE meetings_meeting SET taken = taken + meetings_places(NEW) WHERE id = NEW.meeting_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_places AFTER INSERT OR UPDATE OR DELETE ON meetings_signup
    FOR EACH ROW EXECUTE FUNCTION meetings_count_places();
"""
NO_PLACES = """
DROP TRIGGER count_places ON meetings_signup;
DROP FUNCTION meetings_count_places();
DROP FUNCTION meetings_places(meetings_signup);
"""

WATCHED = ("meetings_meeting", "meetings_agendaitem", "meetings_signup", "meetings_outcome", "meetings_minutes")
CHANGES = """
CREATE FUNCTION meetings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO meetings_change (value) VALUES (gen_random_uuid());
    DELETE FROM meetings_change WHERE id IN (
        SELECT id FROM meetings_change ORDER BY id DESC OFFSET 100 FOR UPDATE SKIP LOCKED
    );
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER meetings_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION meetings_changed();\n"
    for table in WATCHED
)
NO_CHANGES = "".join(f"DROP TRIGGER meetings_changed ON {table};\n" for table in WATCHED) + (
    "DROP FUNCTION meetings_changed();"
)


def item(title: str, minutes: int, kind: str, **more: str) -> dict[str, Any]:
    return {"title": title, "minutes": minutes, "kind": kind, "text": "", "fills": "", **more}


ACTIONS = item("Wat kwam er van de vorige keer?", 10, "explanation", fills="actions")
COMMITMENTS = item("Toezeggingen die een zetje nodig hebben", 15, "pledges", fills="commitments")
CLOSING = item("Afsluiting en napraten", 15, "closing")
PLEDGES = item("Wie wil en kan wat toezeggen?", 20, "pledges")

TEMPLATES = [
    {
        "slug": "kennismakingsavond",
        "name": "Kennismakingsavond",
        "kind": "acquaintance",
        "capacity": 80,
        "agenda": [
            item("Welkom en inleiding", 10, "explanation"),
            item("Wie zijn er aanwezig?", 20, "acquaintance"),
            item("Brainstorm: wat kunnen we voor elkaar en voor de stad doen?", 40, "brainstorm"),
            PLEDGES,
            item("Samenvatting en concrete acties na vanavond", 10, "decision"),
            CLOSING,
        ],
    },
    {
        "slug": "ledenbijeenkomst",
        "name": "Ledenbijeenkomst",
        "kind": "members",
        "capacity": 60,
        "agenda": [
            item("Welkom, en een kijkje in de keuken van de gastheer", 20, "acquaintance"),
            ACTIONS,
            COMMITMENTS,
            item("Het thema van vanavond", 40, "brainstorm"),
            PLEDGES,
            CLOSING,
        ],
    },
    {
        "slug": "ledenvergadering",
        "name": "Algemene ledenvergadering",
        "kind": "general",
        "capacity": 80,
        "agenda": [
            item("Opening en verslag van de vorige vergadering", 10, "decision"),
            ACTIONS,
            item("Jaarverslag en jaarrekening", 20, "decision"),
            item("Jaarplan en begroting", 20, "decision"),
            COMMITMENTS,
            item("Rondvraag", 10, "acquaintance"),
            CLOSING,
        ],
    },
    {
        "slug": "beursvloer",
        "name": "Beursvloer",
        "kind": "exchange",
        "capacity": 130,
        "agenda": [
            item("Inloop, badges en koffie", 30, "acquaintance"),
            item("De gong: handelen zonder geld", 90, "pledges"),
            item("De stand: wat is er afgesproken?", 15, "decision"),
            CLOSING,
        ],
    },
]


def add_templates(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("meetings", "Template")
    for each in TEMPLATES:
        template.objects.get_or_create(slug=each["slug"], defaults=each)


def nothing(apps: Any, schema_editor: Any) -> None:
    """What the board made of them may stay."""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial"), ("foundation", "0001_initial")]

    operations = [
        migrations.RunSQL(PLACES, NO_PLACES),
        migrations.RunSQL(CHANGES, NO_CHANGES),
        append_only("meetings_meetingtransition"),
        migrations.RunPython(add_templates, nothing),
    ]
