"""What becomes, or became, of each row, as a file beside the cells as they were: to mend there and bring in again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.board.importing.words import Teller, Told
from kring.board.models import Import, ImportRow

HEADER: Sequence[str | Promise] = (
    _("Rij"),
    _("Regel"),
    _("Wie"),
    _("Uitkomst"),
    _("Wat erover te zeggen is"),
    _("Wat verandert"),
    _("Staat hier als"),
)
AT_ONCE = 500


def header(found: Import) -> list[Any]:
    return [*HEADER, *found.header]


def rows(found: Import) -> Iterator[list[Any]]:
    teller = Teller(found)
    every = ImportRow.objects.of(found).select_related("organisation").order_by("number").iterator(AT_ONCE)
    while part := list(islice(every, AT_ONCE)):
        yield from (_row(told, len(found.header)) for told in teller.tell(part))


def _row(told: Told, columns: int) -> list[Any]:
    row = told.row
    return [
        row.number,
        row.line,
        told.name,
        told.label,
        " ".join(told.sentences),
        "; ".join(f"{each.label}: {each.before or '–'} → {each.after}" for each in told.differences),
        str(row.organisation or ""),
        *row.cells[:columns],
    ]
