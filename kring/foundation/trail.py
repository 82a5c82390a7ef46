"""Traces that cannot be changed: an abstract model, and the trigger that guards its table."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.migrations.operations import RunSQL
from django.utils.translation import gettext_lazy as _

from kring.foundation.actors import Actor, ActorKind


class Trace(models.Model):
    """One step in the life of a thing: who, when, and in which words."""

    actor_kind = models.CharField(_("soort"), max_length=10, choices=ActorKind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("wie")
    )
    actor_name = models.CharField(_("naam"), max_length=200, blank=True)
    at = models.DateTimeField(_("wanneer"))
    note = models.TextField(_("toelichting"), blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    @staticmethod
    def signature(actor: Actor) -> dict[str, object]:
        """The columns that say who did it."""
        return {"actor_kind": actor.kind, "actor": actor.user, "actor_name": actor.name[:200]}


CREATE_GUARD = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> RunSQL:
    """A migration operation after which rows of `table` can be added, but not changed or removed."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
        """,
        f"DROP TRIGGER {table}_append_only ON {table};",
    )
