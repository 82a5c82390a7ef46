"""What is known of the rows of a list, as somebody reads it: on the page and in the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.accounts.models import User
from kring.board.importing import notes
from kring.board.importing.cleaning import LONGEST, MAX_REMARK
from kring.board.models import Import, ImportKind, ImportRow, ImportState, Outcome, Result
from kring.foundation import records, values, wording
from members.models import Organisation, RoleKind, Sector

LIKENESSES: dict[str, str | Promise] = {
    "kvk_ander_adres": gettext_lazy("Hetzelfde KvK-nummer op een ander adres: verhuisd, of een vestiging?"),
    "naam_ander_adres": gettext_lazy("Dezelfde naam op een ander adres: verhuisd, of een ander?"),
    "naam_bijna": gettext_lazy("Bijna dezelfde naam bij dezelfde postcode: dezelfde, of een buur?"),
    "andere_soort": gettext_lazy("Staat hier al, als een ander soort organisatie. Klopt dat?"),
    "andere_rij": gettext_lazy("Een eerdere rij gaat al over deze organisatie. Is dit een andere?"),
}
WHYS: dict[str, str | Promise] = {
    "intussen_hier": gettext_lazy("Kwam er intussen op een andere manier bij."),
    "intussen_veranderd": gettext_lazy("Is intussen door iemand anders veranderd, en blijft zoals het is."),
    "intussen_weg": gettext_lazy("Is er intussen niet meer."),
    "beheerder_nodig": gettext_lazy("Er is geen e-mailadres van iemand die het beheert."),
    "account_gesloten": gettext_lazy("Het account van deze persoon is gesloten."),
    "niet_te_bewaren": gettext_lazy("Deze rij kon niet bewaard worden. Voer hem met de hand in."),
    "in_gebruik": gettext_lazy("Er hangt intussen iets aan, zoals aanbod of een toezegging."),
    "laatste_beheerder": gettext_lazy("Is intussen de enige beheerder, en een lid heeft er altijd een."),
}
SKIPPED: dict[str, str | Promise] = {
    "lege_regel": gettext_lazy("lege regel"),
    "herhaalde_kop": gettext_lazy("de kopjes nog eens"),
    "totaalregel": gettext_lazy("een optelling"),
}
TONES = {Outcome.NEW: "good", Outcome.CHANGED: "busy", Outcome.DUPLICATE: "wait", Outcome.ERROR: "alert"}
DONE_TONES = {Result.MADE: "good", Result.UPDATED: "good", Result.PASSED: "wait", Result.KEPT: "wait"}
LABELS: dict[str, str | Promise] = {"role": gettext_lazy("Rol")}


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One row in words."""

    row: ImportRow
    label: str
    tone: str
    sentences: list[str]
    differences: list[Difference]

    @property
    def name(self) -> str:
        return self.row.name or _("zonder naam")


class Teller:
    """Tells of the rows of one list; what sectors are called is read once."""

    def __init__(self, found: Import) -> None:
        self._people = found.kind == ImportKind.PEOPLE
        of_members = found.kind == ImportKind.ORGANISATIONS
        self._sectors = dict(Sector.objects.values_list("pk", "name")) if of_members else {}

    def tell(self, rows: Iterable[ImportRow]) -> list[Told]:
        return [self._tell(row) for row in rows]

    def _tell(self, row: ImportRow) -> Told:
        return Told(row, label(row), tone(row), list(self._sentences(row)), self._differences(row))

    def _sentences(self, row: ImportRow) -> Iterable[str]:
        if row.why:
            yield str(WHYS[row.why])
        if row.likeness:
            yield str(LIKENESSES[row.likeness])
        for twin in row.twins.values():
            yield _("Kijk naast rij %(row)d.") % {"row": twin["record"]}
        choices = ", ".join(self._sectors.values())
        for note in row.notes:
            most = LONGEST.get(note["field"] or "", MAX_REMARK)
            yield notes.in_words(note, choices=choices, most=most)

    def _differences(self, row: ImportRow) -> list[Difference]:
        if row.outcome not in {Outcome.CHANGED, Outcome.DUPLICATE} and row.result != Result.UPDATED:
            return []
        return [self._difference(each) for each in row.differences]

    def _difference(self, each: dict[str, Any]) -> Difference:
        name = each["field"]
        before, after = (self._in_words(name, each[side]) for side in ("before", "after"))
        return Difference(self._label(name), before, after)

    def _label(self, name: str) -> str:
        if name in LABELS:
            return str(LABELS[name])
        found = records.field_at(User if self._people else Organisation, name.removesuffix("_id"))
        words = str(found.verbose_name) if found is not None else name
        return words[:1].upper() + words[1:]

    def _in_words(self, name: str, value: Any) -> str:
        if name == "role":
            return str(RoleKind(value).label) if value else ""
        if name == "main_sector_id":
            return str(self._sectors.get(value, ""))
        if name == "listed_on":
            return _("ja") if value else _("nee")
        return values.in_words(records.field_at(Organisation, name), value)


def label(row: ImportRow) -> str:
    """What became of it, or what is to."""
    if row.result:
        return str(Result(row.result).label)
    return row.get_choice_display() or row.get_outcome_display()


def tone(row: ImportRow) -> str:
    if row.result:
        return DONE_TONES.get(Result(row.result), "")
    return "good" if row.choice else TONES.get(Outcome(row.outcome), "")


def skipped(found: Import) -> list[str]:
    """The lines that hold no row."""
    words = _("regel %(line)d: %(what)s")
    return [words % {"line": each["line"], "what": SKIPPED[each["kind"]]} for each in found.skipped]


def progress(found: Import) -> str:
    """How far the task is. How many rows a workbook has is known once all are read."""
    known = {"done": wording.number(found.progress), "all": wording.number(max(found.progress, found.to_do))}
    if found.state == ImportState.READING or not found.to_do:
        return _("%(done)s rijen gelezen") % known
    return _("%(done)s van %(all)s rijen") % known
