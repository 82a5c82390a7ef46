"""A file as somebody's spreadsheet saved it, as records. What is no such file is refused with what to do about it.

Nothing here trusts the file: not its name, nor what it says of its own size.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from kring.board.importing import packages
from kring.board.importing.packages import NotReadable
from kring.foundation.spreadsheets import BLANK, plain

# As a multipart form this just passes a proxy that lets 10 MB through (docs/deploying.md).
MAX_BYTES = 9 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELL = 5_000
# A row that is wider than this is not even looked at.
WIDEST = 2_000
# Excel writes CSV in blocks of so many rows; where the last columns of a whole block are empty, it leaves them out.
EXCEL_BLOCK = 16

USUAL = frozenset("éëèêïîíöôóòüúûùáàâäçñßåæø€’‘")
DELIMITERS = (";", ",", "\t", "|")
# What the first bytes give away.
NO_LISTS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
)
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
TOTALS = ("totaal", "total", "subtotaal", "som")


@dataclass(frozen=True)
class Record:
    """One row with something in it; `number` counts these from 1, `line` is where it begins in the file."""

    number: int
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Skipped:
    """A row that is no record."""

    line: int
    kind: str


@dataclass
class Table:
    """A file that was opened: its header, and its rows as they are read."""

    encoding: str
    delimiter: str
    header_line: int
    header: tuple[str, ...]
    rows: Iterator[Record | Skipped]
    # How many cells each row has to have; none where a row ends with its last filled cell.
    width: int | None


Line = tuple[int, tuple[str, ...]]


def read(content: bytes) -> Table:
    """The table in the file. Raises NotReadable, now or while its rows are read."""
    refuse_at_sight(content)
    if content.startswith(ZIP):
        return _table(_sheet_lines(content), encoding="xlsx", delimiter="")
    encoding, text = _decoded(content)
    delimiter, text, skipped = _delimiter(text)
    return _table(_csv_lines(text, delimiter, skipped), encoding=encoding, delimiter=delimiter)


def refuse_at_sight(content: bytes) -> None:
    """What can be told without reading the rows, so that it is said at once. Raises NotReadable."""
    if not content.strip():
        raise NotReadable(_("Dit bestand is leeg. Kies het bestand met de lijst."))
    if len(content) > MAX_BYTES:
        raise NotReadable(_("Dit bestand is groter dan 9 MB. Knip de lijst in stukken en doe die een voor een."))
    _refuse_others(content)
    if content.startswith(ZIP):
        packages.check(content)


def _refuse_others(content: bytes) -> None:
    ask = _("Sla de lijst op als CSV of XLSX en probeer het nog eens.")
    for magic, name in NO_LISTS:
        if content.startswith(magic):
            raise NotReadable(_("Dit is een %(kind)s-bestand, geen lijst.") % {"kind": name} + " " + ask)
    if content.startswith(OLD_EXCEL):
        message = _("Dit is een oud Excel-bestand (.xls), of er zit een wachtwoord op. Sla het op als .xlsx, zonder.")
        raise NotReadable(message)
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise NotReadable(_("Dit is een webpagina of XML, geen lijst.") + " " + ask)


# --- CSV -------------------------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, with the encoding that it turned out to be in."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", _strict(content, "utf-16")
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8", _strict(content, "utf-8-sig")
    if b"\x00" in content[:4000]:
        zeros = content[1:4000:2].count(0), content[0:4000:2].count(0)
        if max(zeros) * 3 > len(content[:4000]):
            encoding = "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
            return encoding, _strict(content, encoding)
    try:
        return "utf-8", _without_nul(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _one_byte(content)


def _strict(content: bytes, encoding: str) -> str:
    try:
        return _without_nul(content.decode(encoding))
    except UnicodeDecodeError as error:
        raise _no_text() from error


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise _no_text()
    return text


def _no_text() -> NotReadable:
    return NotReadable(_("In dit bestand staan tekens die geen tekst zijn. Sla de lijst op als CSV of XLSX."))


def _one_byte(content: bytes) -> tuple[str, str]:
    """Windows-1252, as Excel writes it, or the Mac's own where that gives letters and the other does not."""
    high = bytes(byte for byte in content if byte >= 0x80)
    readings = {name: high.decode(name, "replace") for name in ("windows-1252", "mac_roman")}
    sense = {name: sum(map(_likelihood, text)) for name, text in readings.items()}
    control = sum(byte < 32 and byte not in b"\t\r\n\f\x1a" for byte in content)
    if control > len(content) / 100:
        raise _no_text()
    name = "mac_roman" if sense["mac_roman"] > sense["windows-1252"] else "windows-1252"
    return name, _without_nul(content.decode(name, "replace"))


def _likelihood(character: str) -> int:
    """How usual it is in a Dutch list; a capital is less so, and in the other encoding many a small letter is one."""
    return 2 if character in USUAL else int(character.lower() in USUAL)


def _delimiter(text: str) -> tuple[str, str, int]:
    """The separator, the text without Excel's own line that names it, and how many lines that took off.

    The first lines decide: the separator that gives them most columns, alike on most of them.
    """
    if text[:4].lower() == "sep=" and text[4:5] in DELIMITERS:
        return text[4], text.split("\n", 1)[1] if "\n" in text else "", 1
    sample = text[:20_000]
    if len(text) > len(sample):
        sample = sample[: sample.rfind("\n") + 1] or sample
    return max(DELIMITERS, key=lambda each: _columns(sample, each)), text, 0


def _columns(sample: str, delimiter: str) -> tuple[int, int]:
    """How many of the first lines have as many columns as the first, and how many columns that are."""
    counts = [len(row) for row in _parsed(sample.splitlines(keepends=True), delimiter) if any(row)][:30]
    if not counts or counts[0] < 2:
        return (0, counts[0] if counts else 0)
    return (sum(count == counts[0] for count in counts), counts[0])


def _parsed(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken_quotes(reader.line_num) from error


def _broken_quotes(line: int) -> NotReadable:
    message = _("Rond regel %(line)d klopt iets niet met de aanhalingstekens. Kijk daar, of sla de lijst op als XLSX.")
    return NotReadable(message % {"line": line})


def _csv_lines(text: str, delimiter: str, skipped: int) -> Iterator[Line]:
    """Each row with the line that it begins on, which is not the row's number once a cell has several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken_quotes(line) from error
        if len(cells) > WIDEST:
            raise _too_wide(len(cells))
        if any(len(cell) > MAX_CELL for cell in cells):
            raise _broken_quotes(line)
        yield line, tuple(cells)


# --- XLSX ------------------------------------------------------------------------------------------------------------


def _sheet_lines(content: bytes) -> Iterator[Line]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is not believed
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if len(row) > MAX_COLUMNS and any(cell is not None for cell in row[MAX_COLUMNS:]):
                raise _too_wide(len(row))
            yield number, tuple(_as_text(cell) for cell in row[:MAX_COLUMNS])
    except NotReadable:
        raise
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        DefusedXmlException,
        ParseError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        OSError,
    ) as error:
        message = _("Dit XLSX-bestand is beschadigd of geen lijst. Open het in Excel en sla het opnieuw op.")
        raise NotReadable(message) from error


def _as_text(value: Any) -> str:
    """A cell as one would type it in CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "WAAR" if value else "ONWAAR"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return str(value)[: MAX_CELL + 1]


# --- Both ------------------------------------------------------------------------------------------------------------


def _too_wide(columns: int) -> NotReadable:
    message = _("Deze lijst heeft %(columns)d kolommen; meer dan %(most)d kan niet. Haal weg wat niet nodig is.")
    return NotReadable(message % {"columns": columns, "most": MAX_COLUMNS})


def _table(lines: Iterator[Line], *, encoding: str, delimiter: str) -> Table:
    """The first row with something in it is the header."""
    for number, cells in lines:
        if number > MAX_ROWS:
            break
        header = _trimmed(tuple(tidy(cell) for cell in cells))
        if not any(header):
            continue
        if len(header) > MAX_COLUMNS:
            raise _too_wide(len(header))
        width = len(cells) if delimiter else None
        rows = _records(_without_excels_gaps(lines, width) if width else lines, header)
        first = next(rows, None)
        if first is None:
            raise NotReadable(_("Er staan alleen kopjes in dit bestand. Zet eronder de lijst zelf."))
        return Table(encoding, delimiter, number, header, _with(first, rows), width)
    raise NotReadable(_("In dit bestand staat niets. Kies het bestand met de lijst."))


def _without_excels_gaps(lines: Iterator[Line], width: int) -> Iterator[Line]:
    """With the empty last cells that Excel left out of a whole block of rows. A row that breaks off stands out."""
    # The header, or what came before it, is in the first block.
    ahead = EXCEL_BLOCK - 1
    while block := list(itertools.islice(lines, ahead)):
        widest = max(len(cells) for _line, cells in block)
        is_cut = 1 < widest < width and len(block) > 1
        for line, cells in block:
            yield line, cells + ("",) * (width - widest) if is_cut and len(cells) == widest else cells
        ahead = EXCEL_BLOCK


def _with(first: Record | Skipped, rest: Iterator[Record | Skipped]) -> Iterator[Record | Skipped]:
    yield first
    yield from rest


def _records(lines: Iterator[Line], header: tuple[str, ...]) -> Iterator[Record | Skipped]:
    repeated = tuple(cell.casefold() for cell in header)
    number = 0
    for read, (line, cells) in enumerate(lines):
        if read > 2 * MAX_ROWS:
            raise _too_long()
        if kind := _is_no_record(cells, repeated):
            yield Skipped(line, kind)
            continue
        number += 1
        if number > MAX_ROWS:
            raise _too_long()
        yield Record(number, line, tuple(map(plain, cells)))


def _is_no_record(cells: tuple[str, ...], header: tuple[str, ...]) -> str:
    """Why a row holds nothing; empty when it does."""
    filled = [cell for cell in cells if cell.strip(BLANK)]
    if not filled:
        return "lege_regel"
    if tidy(cells[0]).casefold() == header[0] and _trimmed(tuple(tidy(cell).casefold() for cell in cells)) == header:
        return "herhaalde_kop"
    return "totaalregel" if _is_total(filled) else ""


def _too_long() -> NotReadable:
    message = _("Deze lijst heeft meer dan %(most)d rijen. Knip hem in stukken en doe die een voor een.")
    return NotReadable(message % {"most": MAX_ROWS})


def _is_total(filled: list[str]) -> bool:
    """'Totaal aantal leden; 320': a word for a sum first, and hardly anything besides."""
    return len(filled) <= 3 and tidy(filled[0]).casefold().split(" ")[0].rstrip(":") in TOTALS


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Without the empty cells at the end."""
    last = max((place for place, cell in enumerate(cells, start=1) if cell), default=0)
    return cells[:last]


def tidy(cell: str) -> str:
    """Without white space at the ends, and never two blanks in a row."""
    return " ".join(cell.strip(BLANK).split())
