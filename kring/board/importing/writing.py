"""What the board said yes to is written, some rows at a time, each part whole or not at all.

Between the preview and the yes others go on working: what is no longer as it was shown is passed over, and the report
says so.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kring.accounts.models import User
from kring.board.importing import alone, letters, organisations, people
from kring.board.importing.known import Organisations
from kring.board.importing.organisations import Wishes
from kring.board.models import Choice, Import, ImportKind, ImportRow, ImportState, Outcome, Result
from kring.foundation import trail
from kring.foundation.actors import Actor
from members import enrolling
from members import people as serving
from members.applying import BelongsAlready
from members.models import Change, Organisation
from members.people import Guest

logger = logging.getLogger(__name__)

AT_ONCE = 100


class Passed(Exception):
    """A row that cannot be written as it was shown; the code says why (importing/words.py)."""


def write(number: int, now: Callable[[], dt.datetime]) -> None:
    """Writes what is left of an import. Safe twice and at once, and after a kill: what was written stays written."""
    with alone.at_work(number) as is_ours:
        while is_ours and _write_some(number, now()):
            pass


@transaction.atomic
def _write_some(number: int, now: dt.datetime) -> bool:
    """Whether there may be more to do."""
    own = alone.wait_for_turn()
    found = Import.objects.select_for_update(of=("self",)).select_related("confirmed_by").get(pk=number)
    if found.state != ImportState.WRITING or found.confirmed_by is None:
        return False
    rows = list(ImportRow.objects.of(found).to_write().order_by("number")[:AT_ONCE])
    if not rows:
        found.finish(now)
        return False
    sign(found, found.confirmed_by, now)
    writer = Writer(found, found.confirmed_by, now)
    writer.write(rows)
    last = Change.objects.aggregate(last=Max("pk"))["last"] or 0
    for row in rows:
        row.last_change = last
    ImportRow.objects.bulk_update(rows, DONE)
    found.note_progress(len(rows), own)
    return True


# What is known of a row once it was written.
DONE = ["result", "why", "organisation", "user", "role", "former_role", "made_account", "differences", "last_change"]


def sign(found: Import, by: User, now: dt.datetime, *, undone: bool = False) -> None:
    """In the history, in the language of who did it."""
    with override(by.language):
        words = _("Import van ‘%(file)s’ teruggedraaid") % {"file": found.file_name} if undone else source(found)
        trail.sign(Actor.of(by), now, words)


def source(found: Import) -> str:
    return _("Uit de lijst ‘%(file)s’") % {"file": found.file_name}


class Writer:
    """Writes some rows of one import, in the transaction of its caller."""

    def __init__(self, found: Import, by: User, now: dt.datetime) -> None:
        self._list, self._by, self._now = found, by, now
        self._kind, self._wishes = ImportKind(found.kind), Wishes.of(found.wishes)
        self._today = timezone.localdate(now)
        with override(by.language):
            self._source = source(found)

    def write(self, rows: Iterable[ImportRow]) -> None:
        write_one = self._write_person if self._kind == ImportKind.PEOPLE else self._write_organisation
        made = ImportRow.objects.of(self._list).filter(result=Result.MADE).values_list("organisation", flat=True)
        self._newcomers = Organisations.since(self._list.read_at or self._now, but=made)
        for row in rows:
            about = row.organisation_id
            try:
                with transaction.atomic():
                    write_one(row)
            except Passed as reason:
                _pass_over(row, str(reason), about)
            except (IntegrityError, DataError):
                logger.exception("a row of import %s cannot be stored", self._list.pk)
                _pass_over(row, "niet_te_bewaren", about)

    # --- organisations ---

    def _write_organisation(self, row: ImportRow) -> None:
        if row.outcome == Outcome.NEW or row.choice == Choice.NEW:
            self._add(row)
        else:
            self._amend(row)

    def _add(self, row: ImportRow) -> None:
        values = row.values
        here = self._newcomers.about(values["naam"], kvk=values.get("kvk"), postcode=values.get("postcode"))
        if here is not None and not here.likeness:
            raise Passed("intussen_hier")
        made = organisations.made(values, self._kind, self._wishes, self._today)
        row.organisation, row.differences = enrolling.add(made, self._now), []
        if self._kind == ImportKind.ORGANISATIONS:
            self._enrol(row, row.organisation)
        row.result = Result.MADE

    def _enrol(self, row: ImportRow, organisation: Organisation) -> None:
        owner = organisations.owner(row.values)
        if owner is None:
            raise Passed("beheerder_nodig")
        self._may_serve(row, owner)
        try:
            row.role = enrolling.enrol(
                organisation,
                owner,
                Actor.of(self._by),
                self._now,
                since=organisations.since(row.values, self._today),
                contribution=organisations.contribution(row.values),
                note=self._source,
            )
        except BelongsAlready as error:
            raise Passed("intussen_veranderd") from error
        row.user = row.role.user
        self._welcome(row)

    def _amend(self, row: ImportRow) -> None:
        stored = _locked(row)
        if stored is None or organisations.differences(stored, row.values, self._wishes) != row.differences:
            raise Passed("intussen_veranderd")
        changes = {each["field"]: each["after"] for each in row.differences}
        if changes.get("listed_on"):
            changes["listed_on"] = self._today
        if changes:
            enrolling.amend(stored, changes)
        row.result = Result.UPDATED

    # --- people ---

    def _write_person(self, row: ImportRow) -> None:
        organisation = _locked(row)
        if organisation is None:
            raise Passed("intussen_weg")
        guest = Guest(row.values["email"], (row.values.get("persoon") or "")[:120])
        self._may_serve(row, guest)
        user = serving.account_of(guest)
        held = serving.role_of(user, organisation, self._today)
        role = serving.grant(user, organisation, people.role_of(row.values), Actor.of(self._by), self._now)
        if held is None or held.pk != role.pk:
            row.role, row.former_role = role, held
        row.user = user
        _fill(user, row)
        row.result = Result.MADE if row.outcome == Outcome.NEW else Result.UPDATED
        self._welcome(row)

    @staticmethod
    def _may_serve(row: ImportRow, guest: Guest) -> None:
        user = guest.user
        if user is not None and not user.is_active:
            raise Passed("account_gesloten")
        row.made_account = user is None

    def _welcome(self, row: ImportRow) -> None:
        if self._wishes.invite and row.role is not None:
            letters.welcome(self._list, row.role, self._by)


def _locked(row: ImportRow) -> Organisation | None:
    return Organisation.objects.select_for_update(of=("self",)).filter(pk=row.organisation_id or 0).first()


def _fill(user: User, row: ImportRow) -> None:
    """What is empty in an account. What is noted is what was written, for whoever undoes it."""
    filled = {field: row.values.get(name) for field, name in people.OWN.items() if not getattr(user, field)}
    filled = {field: value for field, value in filled.items() if value}
    for field, value in filled.items():
        setattr(user, field, value)
    if filled:
        user.save(update_fields=list(filled))
    kept: list[dict[str, Any]] = [each for each in row.differences if each["field"] not in people.OWN]
    row.differences = kept + [{"field": field, "before": "", "after": value} for field, value in filled.items()]


def _pass_over(row: ImportRow, why: str, about: int | None) -> None:
    """Nothing of it was written, also not what was written before it could not go on."""
    row.result, row.why, row.organisation_id = Result.PASSED, why, about
    row.role = row.former_role = None
    row.made_account = False
