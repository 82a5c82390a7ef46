"""Traces that cannot be changed: an abstract model, and the trigger that guards its table.

Some tables keep their own trace: a trigger notes what changed in a row, whatever changed it, and `sign` says who is
doing so. See members/models/history.py.
"""

from __future__ import annotations

import datetime as dt
import json

from django.conf import settings
from django.db import connection, models
from django.db.migrations.operations import RunSQL
from django.db.transaction import TransactionManagementError
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


def sign(actor: Actor, at: dt.datetime, note: str = "") -> None:
    """From here on, all that this transaction changes bears this name, time and note.

    Raises TransactionManagementError outside a transaction, where it would sign nothing.
    """
    connection.validate_no_broken_transaction()
    if not connection.in_atomic_block:
        raise TransactionManagementError("nothing is signed outside a transaction")
    signer = {
        "kind": actor.kind,
        "user": actor.user.pk if actor.user else None,
        "name": actor.name[:200],
        "at": at.isoformat(),
        "note": note,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kring.signer', %s, true)", [json.dumps(signer)])


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
