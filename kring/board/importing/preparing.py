"""Reading a list: each row judged by itself, beside the rows before it, and beside what is here."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kring.board.importing import alone, columns, organisations, people, reading
from kring.board.importing.cleaning import Context
from kring.board.importing.known import Here, Organisations
from kring.board.importing.notes import Note, Verdict
from kring.board.importing.organisations import Wishes
from kring.board.importing.packages import NotReadable
from kring.board.importing.reading import Record, Skipped, Table
from kring.board.importing.verdicts import Judge, Judged, twin
from kring.board.models import MOST_ATTEMPTS, Import, ImportFile, ImportKind, ImportRow, ImportState, Outcome
from members.models import Organisation, Sector
from members.search import bare

AT_ONCE = 500
SAMPLES = 3
# Of empty rows and the like; whoever has more is not helped by the numbers of their lines.
MOST_SKIPPED = 1_000
# What the list itself makes of a row; the others are held against what is here.
BY_ITSELF = {Verdict.REFUSED: Outcome.ERROR, Verdict.DUPLICATE: Outcome.DUPLICATE}


def prepare(number: int, now: dt.datetime) -> None:
    """Reads an import that waits for it. Safe twice and at once; one that was broken off is begun anew."""
    with alone.at_work(number) as is_ours:
        found = Import.objects.filter(pk=number, state=ImportState.READING).select_related("uploaded_by").first()
        if not is_ours or found is None:
            return
        with translation.override(found.uploaded_by.language):
            _prepare(found, now)


def _prepare(found: Import, now: dt.datetime) -> None:
    Import.objects.filter(pk=found.pk).update(attempts=F("attempts") + 1, progress=0, to_do=0)
    ImportRow.objects.of(found).delete()
    if found.attempts >= MOST_ATTEMPTS:
        found.refuse(_("Het lezen van dit bestand is steeds afgebroken. Knip de lijst in stukken en probeer die."))
        return
    try:
        _read(found, now)
    except NotReadable as error:
        found.refuse(str(error))


def _read(found: Import, now: dt.datetime) -> None:
    content = bytes(ImportFile.objects.only("content").get(source=found).content)
    table = reading.read(content)
    found.encoding, found.delimiter, found.header = table.encoding, table.delimiter, list(table.header)
    found.to_do = content.count(b"\n") if table.delimiter else 0
    found.save(update_fields=["encoding", "delimiter", "header", "to_do"])
    if found.mapping is None:
        found.mapping = columns.matched(table.header, ImportKind(found.kind))
        found.samples, table.rows = _samples(table)
        found.save(update_fields=["mapping", "samples"])
    if columns.missing(found.mapping, ImportKind(found.kind)):
        found.ask_for_columns()
        return
    reader = Reader(found, table, timezone.localdate(now))
    found.lay_before(now, skipped=reader.read())


def _samples(table: Table) -> tuple[list[list[str]], Iterator[Record | Skipped]]:
    """What stands in the first rows of each column, and all the rows still."""
    first = list(itertools.islice(table.rows, 10))
    records = [each for each in first if isinstance(each, Record)]
    columns = itertools.zip_longest(*(row.cells[: len(table.header)] for row in records), fillvalue="")
    shown = [[reading.tidy(cell)[:60] for cell in cells if reading.tidy(cell)][:SAMPLES] for cells in columns]
    return shown, itertools.chain(first, table.rows)


def context(found: Import, wishes: Wishes, today: dt.date) -> Context:
    sectors = Sector.objects.values_list("pk", "name", "name_en", "slug")
    names = {bare(name): key for key, *called in sectors for name in called if name}
    return Context(today, wishes.postcodes, names)


class Reader:
    """Takes the rows of one list, and keeps what was made of them, some hundreds at a time."""

    def __init__(self, found: Import, table: Table, today: dt.date) -> None:
        self._list, self._table, self._today = found, table, today
        self._kind, self._wishes = ImportKind(found.kind), Wishes.of(found.wishes)
        about = context(found, self._wishes, today)
        mapping = found.mapping or {}
        self._judge = Judge(mapping, self._kind, about, header=table.header, width=table.width)
        self._here = Organisations.all()
        self._numbers: dict[int, str] = {}
        # Which row is certainly about which organisation.
        self._claimed: dict[int, int] = {}

    def read(self) -> list[dict[str, Any]]:
        """Gives the lines that were passed over."""
        skipped: list[dict[str, Any]] = []
        for part in _parts(self._table.rows):
            judged = [self._judge.judge(each) for each in part if isinstance(each, Record)]
            skipped += [{"line": each.line, "kind": each.kind} for each in part if isinstance(each, Skipped)]
            ImportRow.objects.bulk_create(self._rows(judged))
            Import.objects.filter(pk=self._list.pk).update(progress=F("progress") + len(part))
        self._let_go_of_branches()
        return skipped[:MOST_SKIPPED]

    def _rows(self, judged: Sequence[Judged]) -> list[ImportRow]:
        self._numbers |= {each.record.number: str(each.values.get("lidnr") or "") for each in judged}
        rows = [self._row(each) for each in judged]
        pairs = list(zip(rows, judged, strict=True))
        if self._kind == ImportKind.PEOPLE:
            self._compare_people(pairs)
        else:
            self._compare_organisations(pairs)
        return rows

    def _row(self, judged: Judged) -> ImportRow:
        return ImportRow(
            source=self._list,
            number=judged.record.number,
            line=judged.record.line,
            cells=list(judged.record.cells),
            values=judged.values,
            verdict=judged.verdict,
            notes=[note.as_json() for note in judged.notes],
            twins=twin(judged, self._numbers),
            outcome=BY_ITSELF.get(judged.verdict, Outcome.NEW),
        )

    # --- beside the organisations that are here ---

    def _compare_organisations(self, pairs: Iterable[tuple[ImportRow, Judged]]) -> None:
        good = [(row, judged) for row, judged in pairs if row.outcome == Outcome.NEW]
        for row, judged in good:
            self._find(row, judged)
        stored = Organisation.objects.in_bulk([row.organisation_id for row, _judged in good if row.organisation_id])
        for row, judged in good:
            if row.organisation_id is not None:
                here = stored[row.organisation_id]
                row.differences = organisations.differences(here, judged.values, self._wishes)
                if judged.values.get("rsin") and not organisations.may_have_rsin(here):
                    row.notes.append(Note("rsin", "rsin_eenmanszaak").as_json())
                if row.outcome == Outcome.NEW:
                    row.outcome = Outcome.CHANGED if row.differences else Outcome.SAME
            elif self._kind == ImportKind.ORGANISATIONS and organisations.owner(judged.values) is None:
                _refuse(row, Note("beheerder_email", "beheerder_nodig"))

    def _find(self, row: ImportRow, judged: Judged) -> None:
        values = judged.values
        found = self._here.about(values["naam"], kvk=values.get("kvk"), postcode=values.get("postcode"))
        if found is None:
            return
        here, likeness = found
        row.organisation_id = here.pk
        if not likeness and here.kind != organisations.KINDS[self._kind]:
            likeness = "andere_soort"
        if not likeness and here.pk in self._claimed:
            likeness = "andere_rij"
            first = self._claimed[here.pk]
            row.twins["same_target_as"] = {"record": first, "lidnr": self._numbers.get(first, "")}
        if likeness:
            row.outcome, row.likeness = Outcome.DUPLICATE, likeness
        else:
            self._claimed[here.pk] = row.number

    def _let_go_of_branches(self) -> None:
        """The same KvK number elsewhere, while another row is about the one that is here: a branch, and new."""
        alike = ImportRow.objects.of(self._list).filter(outcome=Outcome.DUPLICATE, likeness="kvk_ander_adres")
        branches = alike.filter(organisation__in=list(self._claimed))
        branches.update(outcome=Outcome.NEW, likeness="", organisation=None, differences=[])

    # --- beside the people that are here ---

    def _compare_people(self, pairs: Iterable[tuple[ImportRow, Judged]]) -> None:
        good = [(row, judged) for row, judged in pairs if row.outcome == Outcome.NEW]
        accounts = people.Accounts((judged.values["email"] for _row, judged in good), self._today)
        for row, judged in good:
            served = self._served(row, judged)
            if served is None:
                continue
            row.organisation_id = served.pk
            account = accounts.of(judged.values["email"])
            if account is None:
                continue
            row.user_id = account.pk
            if not account.is_active:
                _refuse(row, Note("email", "account_gesloten", judged.values["email"]))
                continue
            held = accounts.role(account, served.pk)
            row.differences = people.differences(account, held, judged.values)
            row.outcome = Outcome.CHANGED if row.differences else Outcome.SAME
            if held == "owner" and people.role_of(judged.values) != held:
                row.notes.append(Note("rol", "rol_blijft").as_json())

    def _served(self, row: ImportRow, judged: Judged) -> Here | None:
        """The organisation that the person is to serve."""
        name, kvk = judged.values.get("organisatie") or "", judged.values.get("kvk")
        named = self._here.named(name, kvk)
        if len(named) == 1:
            return named[0]
        if not name and not kvk:
            _refuse(row, Note("organisatie", "organisatie_ontbreekt"))
        else:
            code = "organisatie_meerdere" if named else "organisatie_onbekend"
            _refuse(row, Note("organisatie", code, name or kvk))
        return None


def _refuse(row: ImportRow, note: Note) -> None:
    row.outcome = Outcome.ERROR
    row.notes = [note.as_json(), *row.notes]


def _parts(rows: Iterator[Record | Skipped]) -> Iterator[list[Record | Skipped]]:
    while part := list(itertools.islice(rows, AT_ONCE)):
        yield part
