"""Files that are something else, or that mean harm: a clear word, and no more memory than for a list."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
import zlib

import pytest

from kring.board.importing import reading
from kring.board.importing.packages import NotReadable
from tests.board.test_importing_lists import workbook

MOST_MEMORY = 120 * 1024 * 1024
SPREADSHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def refused(content: bytes) -> str:
    """What is said of a file, read to its end. Whatever it holds, little memory is taken."""
    tracemalloc.start()
    try:
        with pytest.raises(NotReadable) as refusal:
            list(reading.read(content).rows)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_MEMORY
    return str(refusal.value)


def workbook_with(**wanted: bytes) -> bytes:
    """A workbook some of whose parts are others: `sheet` and `texts`."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "texts": "xl/sharedStrings.xml", "types": "[Content_Types].xml"}
    swapped = {names[name]: content for name, content in wanted.items()}
    made = io.BytesIO()
    plain = io.BytesIO(workbook([["Naam"], ["A"]]))
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        parts = {part.filename: source.read(part) for part in source.infolist()}
        for name, content in (parts | swapped).items():
            target.writestr(name, content)
    return made.getvalue()


def sheet(rows: bytes) -> bytes:
    return f"<worksheet {SPREADSHEET}><sheetData>".encode() + rows + b"</sheetData></worksheet>"


ENTITIES = "".join(f'<!ENTITY x{level} "{f"&x{level - 1};" * 10}">' for level in range(1, 9))
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY x0 "ha">{ENTITIES}]>'.encode()
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
EBCDIC = b'<?xml version="1.0" encoding="cp037"?>'

FILES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "leeg"),
    "blanks": (b" \r\n\t ", "leeg"),
    "a PDF named .csv": (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "PDF"),
    "a photo": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "PNG"),
    "a web page": (b"\xef\xbb\xbf <!DOCTYPE html><html>", "webpagina"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, ".xls"),
    "too large": (b"Naam;Plaats\n" + b"a;b\n" * 2_500_000, "9 MB"),
    "only a header": (b"Naam;Plaats\n", "alleen kopjes"),
    "2,000 columns": (";".join(f"kolom {n}" for n in range(2_000)).encode() + b"\n1\n", "2000 kolommen"),
    "a million columns": (b"Naam;Plaats\n" + b";" * 1_000_000 + b"\n", "kolommen"),
    "2,000 columns in a workbook": (workbook([[f"kolom {n}" for n in range(2_000)], ["x"]]), "kolommen"),
    "too many rows": (b"Naam\n" + b"x\n" * 20_001, "20000 rijen"),
    "only white lines": (b"Naam\n" + b"\n" * 5_000_000, "20000 rijen"),
    "a quote that never ends": (b'Naam;Plaats\nA;"open\n' + b"x;y\n" * 100_000, "aanhalingstekens"),
    "bytes": (bytes(range(256)) * 40, "geen tekst"),
    "NULs": (b"Naam;Plaats\nA\x00;B\n", "geen tekst"),
    "half of a UTF-16": (b"\xff\xfe" + "Naam;Plaats".encode("utf-16-le")[:-1], "geen tekst"),
    "a zip of texts": (b"PK\x03\x04" + b"\x00" * 40, "beschadigd"),
    "half a workbook": (workbook([["Naam"], ["A"]])[:3000], "beschadigd"),
    "entities that multiply": (workbook_with(sheet=BOMB + sheet(b"<row><c><v>&x8;</v></c></row>")), "beschadigd"),
    "entities from outside": (workbook_with(sheet=OUTSIDE + sheet(b"<row><c><v>&f;</v></c></row>")), "beschadigd"),
    "another alphabet": (workbook_with(sheet=EBCDIC + sheet(b"")), "beschadigd"),
    "gigabytes": (workbook_with(sheet=sheet(b"<row><c><v>1</v></c></row>" + b" " * 130_000_000)), "te groot"),
    "a row of millions": (workbook_with(sheet=sheet(b"<row>" + b"<c/>" * 5_000_000 + b"</row>")), "te groot"),
    "rows that are none": (workbook_with(sheet=sheet(b"<row/>" * 5_000_000)), "te groot"),
    "millions of texts": (workbook_with(texts=f"<sst {SPREADSHEET}>".encode() + b"<si/>" * 5_000_000), "te groot"),
    "a sheet for texts": (workbook_with(texts=sheet(b"<row>" + b"<c/>" * 300_000 + b"</row>")), "te groot"),
}


@pytest.mark.parametrize(("content", "word"), FILES.values(), ids=FILES.keys())
def test_file_that_is_no_list_is_told_so_in_little_memory(content: bytes, word: str) -> None:
    assert word in refused(content)


def test_texts_that_a_workbook_shares_are_read() -> None:
    """As Excel saves them; openpyxl writes each text in its cell."""
    texts = f"<sst {SPREADSHEET}><si><t>Naam</t></si><si><r><t>Caf</t></r><r><t>é</t></r></si></sst>".encode()
    cells = b'<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    declared = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    with zipfile.ZipFile(io.BytesIO(workbook([["Naam"], ["A"]]))) as plain:
        types = plain.read("[Content_Types].xml").replace(b"</Types>", declared)

    table = reading.read(workbook_with(texts=texts, sheet=sheet(cells), types=types))

    assert (table.header, [each.cells for each in table.rows]) == (("Naam",), [("Café",)])  # type: ignore[union-attr]


def test_zip_that_lies_about_its_size_is_counted_by_unpacking() -> None:
    honest = workbook_with(sheet=sheet(b" " * 130_000_000))
    size = (130_000_000 + len(sheet(b""))).to_bytes(4, "little")
    lying = honest.replace(size, (1000).to_bytes(4, "little"))

    assert lying != honest
    assert refused(lying)


def test_workbook_on_its_last_row_is_no_bomb() -> None:
    """A cell in the very last row and column that Excel has."""
    far = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Naam</t></is></c></row><row r="1048576"><c r="XFD1048576"/></row>'
    )

    assert "20000 rijen" in refused(workbook_with(sheet=sheet(far)))


def test_password_that_zip_knows_is_told() -> None:
    made = bytearray(workbook([["Naam"], ["A"]]))
    made[6] |= 1  # the flag of an encrypted part, in its own header and in the table of contents
    made[made.index(b"PK\x01\x02") + 8] |= 1

    assert "wachtwoord" in refused(bytes(made))
    assert zlib.crc32(bytes(made))
