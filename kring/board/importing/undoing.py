"""Taking an import back. What somebody changed since stays as it is, and is named; all the rest goes.

An import is undone for the rows that were wrong. If one organisation that went on living would keep all of them here,
undoing would be of no use after a day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q, QuerySet, Subquery

from kring.accounts.models import User
from kring.board.importing import alone, letters, people
from kring.board.importing.writing import AT_ONCE, sign
from kring.board.models import Import, ImportKind, ImportRow, ImportState, Result
from kring.mail import outbox
from members import enrolling
from members.models import Change, NoOwner, Organisation, Thing
from members.models.history import NOTED

SHOWN = 50


class Stays(Exception):
    """A row that cannot be taken back; the code says why (importing/words.py)."""


# --- What changed since ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Since:
    """A row that stays, with the last change by somebody else; none where something was hung on it."""

    row: ImportRow
    change: Change | None


def changed_since(found: Import) -> QuerySet[Any]:
    """The written rows that somebody touched after the import did, each with its `latest` change."""
    later = Change.objects.filter(organisation=OuterRef("organisation"), pk__gt=OuterRef("last_change"))
    later = later.exclude(transaction__in=found.transactions)
    if found.kind == ImportKind.PEOPLE:
        later = later.filter(thing=Thing.ROLE, row=OuterRef("role"))
    rows = ImportRow.objects.of(found).written().annotate(latest=Subquery(later.order_by("-pk").values("pk")[:1]))
    touched = Q(latest__isnull=False)
    if found.kind != ImportKind.PEOPLE:
        in_use = Q()
        for used in _uses():
            in_use |= Q(Exists(used))
        touched |= Q(result=Result.MADE) & in_use
    return rows.filter(touched).order_by("number")


def _uses() -> Iterator[QuerySet[Any]]:
    """What of any room may hang on an organisation, and leaves no trace in its history."""
    for relation in Organisation._meta.get_fields(include_hidden=True):  # noqa: SLF001 - public in Django
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        model = relation.related_model
        if model in {Change, ImportRow} or model._meta.db_table in NOTED:  # noqa: SLF001
            continue
        yield model._base_manager.filter(**{relation.field.name: OuterRef("organisation")})  # noqa: SLF001


def since(found: Import) -> tuple[list[Since], int]:
    """The first of those that stay, and how many there are."""
    rows = list(changed_since(found).select_related("organisation", "user")[: SHOWN + 1])
    number = len(rows) if len(rows) <= SHOWN else changed_since(found).count()
    changes = Change.objects.select_related("actor").in_bulk([row.latest for row in rows if row.latest])
    return [Since(row, changes.get(row.latest)) for row in rows[:SHOWN]], number


# --- Taking it back --------------------------------------------------------------------------------------------------


def undo(number: int, now: Callable[[], dt.datetime]) -> None:
    """Takes back what is left of an import. Safe twice and at once, and after a kill."""
    with alone.at_work(number) as is_ours:
        while is_ours and _undo_some(number, now()):
            pass


@transaction.atomic
def _undo_some(number: int, now: dt.datetime) -> bool:
    """Whether there may be more to do."""
    own = alone.wait_for_turn()
    found = Import.objects.select_for_update(of=("self",)).select_related("undone_by").get(pk=number)
    if found.state != ImportState.UNDOING or found.undone_by is None:
        return False
    related = ("organisation", "user", "role__organisation", "former_role")
    rows = list(ImportRow.objects.of(found).written().select_related(*related).order_by("-number")[:AT_ONCE])
    if not rows:
        outbox.cancel(letters.about(found))
        found.finish(now)
        return False
    sign(found, found.undone_by, now, undone=True)
    _lock(rows)
    touched = set(changed_since(found).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    for row in rows:
        _take_back(row, found, now, is_touched=row.pk in touched)
    found.note_progress(len(rows), own)
    return True


def _lock(rows: list[ImportRow]) -> None:
    """Before it is looked at who changed what: nobody does in between."""
    about = {row.organisation_id for row in rows if row.organisation_id}
    list(Organisation.objects.select_for_update(of=("self",)).filter(pk__in=about).order_by("pk").values("pk"))


def _take_back(row: ImportRow, found: Import, now: dt.datetime, *, is_touched: bool) -> None:
    if is_touched:
        _close(row, Result.KEPT, "intussen_veranderd")
        return
    try:
        with transaction.atomic():
            if found.kind == ImportKind.PEOPLE:
                _take_back_person(row, now)
            elif row.result == Result.MADE:
                _take_back_organisation(row)
            else:
                _change_back(row)
    except Stays as reason:
        _close(row, Result.KEPT, str(reason))
    except ProtectedError:
        _close(row, Result.KEPT, "in_gebruik")
    except NoOwner:
        _close(row, Result.KEPT, "laatste_beheerder")
    else:
        _close(row, Result.UNDONE, "")


def _close(row: ImportRow, result: Result, why: str) -> None:
    ImportRow.objects.filter(pk=row.pk).update(result=result, why=why)


def _take_back_organisation(row: ImportRow) -> None:
    if row.organisation is None:
        raise Stays("intussen_weg")
    enrolling.take_back(row.organisation)
    if row.made_account and row.user is not None:
        enrolling.take_back_account(row.user)


def _change_back(row: ImportRow) -> None:
    if row.organisation is None:
        raise Stays("intussen_weg")
    if row.differences:
        enrolling.amend(row.organisation, {each["field"]: each["before"] for each in row.differences})


def _take_back_person(row: ImportRow, now: dt.datetime) -> None:
    if row.role is not None:
        enrolling.take_back_role(row.role, row.former_role, now)
    user: User | None = row.user
    if user is None or (row.made_account and enrolling.take_back_account(user)):
        return
    filled = {each["field"]: each["after"] for each in row.differences if each["field"] in people.OWN}
    own = [field for field, value in filled.items() if getattr(user, field) == value]
    if own and not row.made_account:
        for field in own:
            setattr(user, field, "")
        user.save(update_fields=own)
