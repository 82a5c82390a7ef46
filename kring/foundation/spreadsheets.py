"""Lists as people open them in Excel: CSV and XLSX, in which no cell is ever a formula.

A name may begin with '=' or '+'. A spreadsheet would calculate with it, and so run what a stranger typed; an
apostrophe in front makes it text (OWASP, CSV injection). Reading takes that apostrophe away again.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
BLANK = " \t\r\n\v\f\u00a0\u200b\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = Sequence[Any]
Download = TypeVar("Download", HttpResponse, StreamingHttpResponse)


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula, also behind white space or a byte order mark."""
    return text.startswith(DANGEROUS) or text.lstrip(BLANK).startswith(DANGEROUS)


def safe(value: Any) -> Any:
    """What may stand in a cell: numbers, dates and truths as they are, and text that is only text."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if isinstance(value, (bool, int, float, Decimal, dt.date)):
        return value
    text = str(value)
    return f"'{text}" if is_dangerous(text) else text


def plain(text: str) -> str:
    """The text of a cell as it was before `safe`."""
    return text[1:] if text.startswith("'") and is_dangerous(text[1:]) else text


class _Echo:
    """A file that gives back each line at once."""

    def write(self, line: str) -> str:
        return line


def _lines(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow([safe(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def _in_language(language: str | None, lines: Iterator[str]) -> Iterator[str]:
    """A download is written when its request is over, and the language of that one with it."""
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line


def as_csv(name: str, header: Row, rows: Iterable[Row]) -> StreamingHttpResponse:
    """A download, row by row: semicolons and UTF-8 with its mark, as Dutch Excel opens without asking."""
    lines = _in_language(get_language(), _lines(header, rows))
    return _named(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), f"{name}.csv")


def as_xlsx(name: str, header: Row, rows: Iterable[Row]) -> HttpResponse:
    """A download with one sheet, its header in place while one scrolls."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    sheet.append(_written(header))
    for row in rows:
        sheet.append(_written(row))
    file = io.BytesIO()
    book.save(file)
    return _named(HttpResponse(file.getvalue(), content_type=XLSX), f"{name}.xlsx")


def _written(row: Row) -> list[Any]:
    """Without the control characters that XML cannot hold."""
    cells = (safe(cell) for cell in row)
    return [ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in cells]


def _named(response: Download, name: str) -> Download:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
