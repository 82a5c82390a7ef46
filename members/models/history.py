"""What changed of an organisation: every row of it, whoever or whatever wrote it, kept by the database itself."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kring.foundation.trail import Trace
from members.models.organisations import Organisation


class Thing(models.TextChoices):
    PROFILE = "profile", _("profiel")
    SECTORS = "sectors", _("ook actief in")
    DISTRICTS = "districts", _("wijken")
    TARGET_GROUPS = "target_groups", _("doelgroepen")
    LINKS = "links", _("pagina's elders")
    ROLE = "role", _("rol")
    INVITATION = "invitation", _("uitnodiging")
    MEMBERSHIP = "membership", _("lidmaatschap")


class Deed(models.TextChoices):
    MADE = "made", _("gemaakt")
    CHANGED = "changed", _("veranderd")
    REMOVED = "removed", _("weggehaald")


class ChangeQuerySet(models.QuerySet["Change"]):
    def of(self, organisation: Organisation) -> ChangeQuerySet:
        return self.filter(organisation=organisation)


class Change(Trace):
    """One row that became another one. `before` and `after` hold the columns that differ, as JSON has them.

    Written by the trigger of the table, never from here. It outlives the organisation.
    """

    organisation = models.ForeignKey(
        Organisation,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="changes",
        verbose_name=_("organisatie"),
    )
    thing = models.CharField(_("wat"), max_length=15, choices=Thing.choices)
    # The key of the row: what tells one role from another.
    row = models.BigIntegerField(editable=False)
    deed = models.CharField(_("wat gebeurde er"), max_length=10, choices=Deed.choices)
    before = models.JSONField(_("was"), default=dict)
    after = models.JSONField(_("werd"), default=dict)
    # Of the database: what was changed together has the same.
    transaction = models.BigIntegerField(editable=False)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("verandering")
        verbose_name_plural = _("veranderingen")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["organisation", "-id"], name="change_by_organisation")]

    def __str__(self) -> str:
        return f"{self.get_thing_display()} {self.get_deed_display()}"


NOTE_CHANGE = """
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- Columns that tell nobody anything.
    untold CONSTANT text[] := '{id,uuid,version,created_at,updated_at,organisation_id}';
    signer jsonb := coalesce(nullif(current_setting('kring.signer', true), ''), '{}');
    row_before jsonb := coalesce(to_jsonb(OLD), '{}');
    row_after jsonb := coalesce(to_jsonb(NEW), '{}');
    was jsonb;
    becomes jsonb;
BEGIN
    SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO was FROM jsonb_each(row_before)
    WHERE key <> ALL (untold) AND row_after -> key IS DISTINCT FROM value AND value NOT IN ('null', '""');
    SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO becomes FROM jsonb_each(row_after)
    WHERE key <> ALL (untold) AND row_before -> key IS DISTINCT FROM value AND value NOT IN ('null', '""');
    IF TG_OP = 'UPDATE' AND was = '{}' AND becomes = '{}' THEN
        RETURN NULL;
    END IF;
    INSERT INTO members_change
        (organisation_id, thing, row, deed, before, after, transaction, actor_kind, actor_id, actor_name, at, note)
    VALUES (
        (CASE WHEN TG_OP = 'DELETE' THEN row_before ELSE row_after END ->> TG_ARGV[1])::bigint,
        TG_ARGV[0],
        (CASE WHEN TG_OP = 'DELETE' THEN row_before ELSE row_after END ->> 'id')::bigint,
        CASE TG_OP WHEN 'INSERT' THEN 'made' WHEN 'UPDATE' THEN 'changed' ELSE 'removed' END,
        was,
        becomes,
        pg_current_xact_id()::text::bigint,
        coalesce(signer ->> 'kind', 'system'),
        (signer ->> 'user')::bigint,
        coalesce(signer ->> 'name', ''),
        coalesce((signer ->> 'at')::timestamptz, now()),
        coalesce(signer ->> 'note', '')
    );
    RETURN NULL;
END $$;
"""

# Which table holds what, and its column with the organisation.
NOTED = {
    "members_organisation": (Thing.PROFILE, "id"),
    "members_organisation_sectors": (Thing.SECTORS, "organisation_id"),
    "members_organisation_districts": (Thing.DISTRICTS, "organisation_id"),
    "members_organisation_target_groups": (Thing.TARGET_GROUPS, "organisation_id"),
    "members_sociallink": (Thing.LINKS, "organisation_id"),
    "members_role": (Thing.ROLE, "organisation_id"),
    "members_invitation": (Thing.INVITATION, "organisation_id"),
    "members_membership": (Thing.MEMBERSHIP, "organisation_id"),
}


def watch(table: str) -> str:
    """The SQL by which `table` keeps its own history."""
    thing, column = NOTED[table]
    return f"""
    CREATE TRIGGER {table}_noted AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION note_change('{thing.value}', '{column}');
    """
