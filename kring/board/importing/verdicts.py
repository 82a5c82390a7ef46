"""What becomes of each record of a list, by itself and beside those before it. The first of two counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kring.board.importing import columns
from kring.board.importing.cleaning import Context, clean
from kring.board.importing.notes import Note, Severity, Verdict
from kring.board.importing.reading import Record, tidy
from kring.board.models import ImportKind as Kind
from members.search import bare

LEGAL_FORMS = re.compile(r"\b(b\s?v|v\s?o\s?f|n\s?v|c\s?v)\b")


@dataclass
class Judged:
    """A record with what was made of it. `same_as` are other records, by what they have in common."""

    record: Record
    verdict: Verdict
    notes: list[Note]
    values: dict[str, Any]
    same_as: dict[str, int] = field(default_factory=dict)


def name_key(name: str) -> str:
    """A name without capitals, accents, punctuation and legal form."""
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"\.", "", bare(name))).strip()
    return " ".join(LEGAL_FORMS.sub(" ", words).split()) or words


class Marks(NamedTuple):
    """What tells a record from another."""

    whole: str
    name: str
    kvk: str
    postcode: str
    email: str
    # Of a person: whom they are to serve.
    serves: str

    @classmethod
    def of(cls, record: Record, values: Mapping[str, Any]) -> Marks:
        return cls(
            whole="\x1f".join(map(tidy, record.cells)),
            name=name_key(values.get("naam") or ""),
            kvk=values.get("kvk") or "",
            postcode=values.get("postcode") or "",
            email=values.get("email") or "",
            serves=name_key(values.get("organisatie") or values.get("kvk") or ""),
        )

    @property
    def person(self) -> tuple[str, str]:
        return self.email, self.serves


def twin(judged: Judged, numbers: Mapping[int, str]) -> dict[str, Any]:
    """Beside which other record it is shown; `numbers` has each record's number on its own list."""
    return {how: {"record": record, "lidnr": numbers.get(record)} for how, record in judged.same_as.items()}


class Judge:
    """Looks at the records of one list, in their order."""

    def __init__(
        self, mapping: Mapping[str, int], kind: Kind, context: Context, *, header: tuple[str, ...], width: int | None
    ) -> None:
        self._mapping = {name: mapping[name] for name in sorted(mapping, key=columns.ORDER.__getitem__)}
        self._kind, self._context, self._header, self._width = kind, context, header, width
        self._rows: dict[str, int] = {}
        self._kvk: dict[str, int] = {}
        self._kvk_places: dict[tuple[str, str], int] = {}
        self._names: dict[tuple[str, str], tuple[int, bool]] = {}
        self._emails: dict[str, int] = {}
        self._people: dict[tuple[str, str], int] = {}

    def judge(self, record: Record) -> Judged:
        if broken := self._broken(record):
            return Judged(record, Verdict.REFUSED, [broken], self._bare_values(record))
        values, notes = self._cleaned(record)
        if any(note.severity == Severity.ERROR for note in notes):
            return Judged(record, Verdict.REFUSED, notes, values)
        marks = Marks.of(record, values)
        same = self._duplicate(record, marks)
        if same is not None:
            note, first = same
            return Judged(record, Verdict.DUPLICATE, [note, *notes], values, {"duplicate_of": first})
        judged = Judged(record, Verdict.GOOD, notes, values)
        self._beside_others(judged, marks)
        self._remember(record.number, marks)
        if judged.notes:
            judged.verdict = Verdict.WITH_NOTES
        return judged

    def _broken(self, record: Record) -> Note | None:
        """A row with more or fewer cells than the header: the cells may stand in wrong columns."""
        if self._width is None:
            return Note(None, "te_veel_kolommen") if any(map(tidy, record.cells[len(self._header) :])) else None
        if len(record.cells) == self._width:
            return None
        return Note(None, "te_veel_kolommen" if len(record.cells) > self._width else "te_weinig_kolommen")

    def _bare_values(self, record: Record) -> dict[str, Any]:
        number = self._mapping.get("lidnr")
        return {"lidnr": tidy(record.cells[number])} if number is not None and number < len(record.cells) else {}

    def _cleaned(self, record: Record) -> tuple[dict[str, Any], list[Note]]:
        values: dict[str, Any] = {}
        notes: list[Note] = []
        for name, raw in columns.cells_by_field(record.cells, self._mapping).items():
            values[name], found = clean(name, raw, self._context)
            notes += [self._fit(note) for note in found if self._matters(note)]
        return values, notes + self._formulas(record)

    def _matters(self, note: Note) -> bool:
        """A person needs no KvK number; it only says of which organisation."""
        return self._kind != Kind.PEOPLE or note.code not in {"kvk_ontbreekt"}

    def _fit(self, note: Note) -> Note:
        """Whoever is to sign in needs an address."""
        if self._kind == Kind.PEOPLE and note.code == "email_ontbreekt":
            return Note(note.field, "email_nodig", note.value)
        return note

    def _formulas(self, record: Record) -> list[Note]:
        """Also in columns that nobody uses."""
        used = set(self._mapping.values())
        return [
            Note(self._header[place] if place < len(self._header) else None, "formule", cell)
            for place, cell in enumerate(record.cells)
            if place not in used and tidy(cell).startswith("=")
        ]

    # --- beside the others ---

    def _raw(self, record: Record, name: str) -> str:
        return record.cells[self._mapping[name]]

    def _duplicate(self, record: Record, marks: Marks) -> tuple[Note, int] | None:
        if marks.whole in self._rows:
            return Note(None, "dubbel_exact"), self._rows[marks.whole]
        if self._kind == Kind.PEOPLE:
            first = self._people.get(marks.person)
            return (Note("email", "dubbel_persoon", self._raw(record, "email")), first) if first else None
        if marks.kvk and marks.postcode and (marks.kvk, marks.postcode) in self._kvk_places:
            return Note("kvk", "dubbel_kvk", self._raw(record, "kvk")), self._kvk_places[marks.kvk, marks.postcode]
        known = self._names.get((marks.name, marks.postcode)) if marks.postcode else None
        if known is not None and not (marks.kvk and known[1]):
            return Note("naam", "dubbel_naam_postcode", self._raw(record, "naam")), known[0]
        return None

    def _beside_others(self, judged: Judged, marks: Marks) -> None:
        """What is no duplicate, and still worth a look."""
        if self._kind == Kind.PEOPLE:
            return
        branch = self._kvk.get(marks.kvk) if marks.kvk else None
        if branch is not None:
            judged.notes.append(Note("kvk", "zelfde_kvk_ander_adres", self._raw(judged.record, "kvk")))
            judged.same_as["same_kvk_as"] = branch
        elif marks.email and marks.email in self._emails:
            judged.notes.append(Note("email", "zelfde_email", self._raw(judged.record, "email")))
            judged.same_as["same_email_as"] = self._emails[marks.email]

    def _remember(self, number: int, marks: Marks) -> None:
        self._rows[marks.whole] = number
        if self._kind == Kind.PEOPLE:
            self._people.setdefault(marks.person, number)
            return
        if marks.kvk:
            self._kvk.setdefault(marks.kvk, number)
        if marks.kvk and marks.postcode:
            self._kvk_places.setdefault((marks.kvk, marks.postcode), number)
        if marks.postcode:
            self._names.setdefault((marks.name, marks.postcode), (number, bool(marks.kvk)))
        if marks.email:
            self._emails.setdefault(marks.email, number)
