"""The IKV's untidy list, as its own expectation has it; and lists as all kinds of programs save them."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from kring.board.importing import columns, dates, reading
from kring.board.importing.cleaning import Context, clean
from kring.board.importing.reading import Record, Skipped
from kring.board.importing.verdicts import Judge, Judged, twin
from kring.board.models import ImportKind
from kring.foundation import spreadsheets

DATA = Path(__file__).parent / "data"
TODAY = dt.date(2026, 11, 26)
EXPECTED: dict[str, Any] = json.loads((DATA / "ikv_bedrijven_rommelig.expected.json").read_text())
UNTIDY = (DATA / "ikv_bedrijven_rommelig.csv").read_bytes()


def judged(content: bytes, kind: ImportKind = ImportKind.BUSINESSES) -> tuple[list[Judged], list[Skipped]]:
    table = reading.read(content)
    context = Context(TODAY, (3130, 3138), {"welzijn": 1})
    judge = Judge(columns.matched(table.header, kind), kind, context, header=table.header, width=table.width)
    rows = list(table.rows)
    records = [judge.judge(each) for each in rows if isinstance(each, Record)]
    return records, [each for each in rows if isinstance(each, Skipped)]


def as_expected(judged: Judged, numbers: dict[int, str]) -> dict[str, Any]:
    """A record as the expectation writes it down."""
    told = {
        "record": judged.record.number,
        "line": judged.record.line,
        "lidnr": judged.values.get("lidnr"),
        "verdict": str(judged.verdict),
        "notes": [note.as_json() for note in judged.notes],
        **twin(judged, numbers),
    }
    if judged.verdict in {"goed", "goed-met-opmerking"}:
        values = {name: value for name, value in judged.values.items() if name != "lidnr"}
        since, fee = values.pop("lid_sinds") or (None, None), values.pop("contributie")
        dangerous = [name for name in values if spreadsheets.is_dangerous(str(values[name])) and name != "telefoon"]
        told["normalised"] = {
            **values,
            "lid_sinds": since[0],
            "lid_sinds_precisie": since[1],
            "contributie_cent": fee,
        }
        told |= {"escape_on_export": dangerous} if dangerous else {}
    return told


def test_untidy_list_is_reported_exactly_so() -> None:
    table = reading.read(UNTIDY)
    records, skipped = judged(UNTIDY)
    numbers = {each.record.number: each.values["lidnr"] for each in records if "lidnr" in each.values}

    matched = columns.matched(table.header, ImportKind.BUSINESSES)
    assert (table.encoding, table.delimiter, table.header_line) == ("windows-1252", ";", 1)
    assert [name for name, _place in sorted(matched.items(), key=lambda pair: pair[1])] == [
        column["field"] for column in EXPECTED["columns"]
    ]
    assert [as_expected(each, numbers) for each in records] == EXPECTED["rows"]
    assert [{"line": each.line, "kind": each.kind} for each in skipped] == EXPECTED["skipped"]


def test_every_code_is_as_bad_as_it_was_agreed() -> None:
    from kring.board.importing.notes import WORDS

    assert {code: str(WORDS[code][0]) for code in EXPECTED["severities"]} == EXPECTED["severities"]


# --- As programs save them -------------------------------------------------------------------------------------------

HEADER = ["Bedrijfsnaam", "Postcode", "E-mail", "Opmerkingen"]
ROWS = [HEADER, ["Café Één", "3131 AB", "a@b.example", 'zegt "ja"; soms']]


def as_csv(delimiter: str) -> str:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in ROWS]
    return "".join(delimiter.join(row) + "\r\n" for row in quoted)


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


SAVED = {
    "semicolon, utf-8": as_csv(";").encode(),
    "comma, with its mark": as_csv(",").encode("utf-8-sig"),
    "tab, Excel's Unicode text": as_csv("\t").encode("utf-16"),
    "pipe, utf-16 without its mark": as_csv("|").encode("utf-16-le"),
    "big-endian": b"\xfe\xff" + as_csv(";").encode("utf-16-be"),
    "Windows": as_csv(";").encode("windows-1252"),
    "an old Mac": as_csv(";").replace("\r\n", "\r").encode("mac_roman"),
    "Excel's own sep=": ("sep=,\r\n" + as_csv(",")).encode("windows-1252"),
    "white lines above": ("\r\n;;;\r\n" + as_csv(";")).encode(),
    "XLSX": workbook(ROWS),
}


@pytest.mark.parametrize("content", SAVED.values(), ids=SAVED.keys())
def test_list_is_read_whatever_saved_it(content: bytes) -> None:
    table = reading.read(content)

    assert list(table.header) == HEADER
    assert [list(each.cells) for each in table.rows if isinstance(each, Record)] == [ROWS[1]]


def test_lines_are_those_of_the_file() -> None:
    records, _skipped = judged(b'sep=;\nNaam;Opmerking\nA;"een\ntwee"\nB;drie\n')

    assert [each.record.line for each in records] == [3, 5]


def test_cells_that_excel_left_out_of_a_block_are_empty_and_half_a_row_is_not() -> None:
    """Excel looks at sixteen rows at a time: where all of them have nothing in the last columns, it writes none."""
    full = ["Naam;Plaats;Opmerking"] + [f"Een {number};Vlaardingen;x" for number in range(15)]
    short = [f"Twee {number};Vlaardingen" for number in range(15)] + ["Half"]

    records, _skipped = judged("\n".join(full + short).encode())

    broken = [each.values.get("naam") or each.record.cells for each in records if each.verdict == "afgekeurd"]
    assert broken == [("Half",)]
    assert len(records) == 31


def test_numbers_and_days_of_a_workbook_are_as_somebody_would_type_them() -> None:
    header = ["Naam", "KvK", "Lid sinds", "Contributie", "Nieuwsbrief"]

    records, _skipped = judged(workbook([header, ["A", 12345678, dt.datetime(2014, 12, 1), 95.5, True]]))

    values = records[0].values
    assert (values["kvk"], values["lid_sinds"], values["contributie"], values["nieuwsbrief"]) == (
        "12345678",
        ["2014-12-01", "dag"],
        9550,
        True,
    )


def test_what_we_export_comes_in_as_it_was() -> None:
    """An apostrophe made a cell harmless on its way out; on its way in it goes."""
    dangerous = ["=SOM(A1)", "+Punt", "-40 Graden", "@Home", "\t=x"]
    response = spreadsheets.as_csv("lijst", ["Naam"], [[name] for name in dangerous])
    content = b"".join(response.streaming_content)  # type: ignore[arg-type]

    read = [each.cells[0] for each in reading.read(content).rows if isinstance(each, Record)]

    assert b"\n=" not in content
    assert read == dangerous


# --- By themselves ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "day", "precision"),
    [
        ("1-2-2003", "2003-02-01", "dag"),
        ("31/12/29", "2029-12-31", "dag"),
        ("31/12/30", "1930-12-31", "dag"),
        ("2003-02-01", "2003-02-01", "dag"),
        ("1 mrt 2003", "2003-03-01", "dag"),
        ("1-mei-07", "2007-05-01", "dag"),
        ("60", None, None),
        ("36526", "2000-01-01", "dag"),
        ("mei 2003", "2003-05-01", "maand"),
        ("2003", "2003-01-01", "jaar"),
        ("2/30/2003", None, None),
        ("31-2-2003", None, None),
        ("12/13/2003", None, None),
        ("gisteren", None, None),
        ("٣-٣-٢٠٠٣", "2003-03-03", "dag"),
    ],
)
def test_dates_have_the_day_first(typed: str, day: str | None, precision: str | None) -> None:
    found = dates.parsed(typed)

    assert (found and found.day.isoformat(), found and found.precision) == (day, precision)


@pytest.mark.parametrize(
    ("field", "typed", "value", "codes"),
    [
        ("kvk", "KvK 12.34.56 78", "12345678", []),
        ("kvk", "1234567", None, ["kvk_voorloopnul"]),
        ("kvk", "123456782", None, ["kvk_ongeldig"]),
        ("kvk", "n.v.t.", None, ["kvk_ontbreekt"]),
        ("postcode", "3131\u00a0ab", "3131 AB", []),
        ("postcode", "3131 SS", None, ["postcode_ongeldig"]),
        ("postcode", "3011 AB", "3011 AB", ["postcode_buiten_stad"]),
        ("telefoon", "+31 (0)10 123 45 67", "0101234567", []),
        ("telefoon", "010 123 45 67 (Kees)", None, ["telefoon_ongeldig"]),
        ("email", "mailto: Kees@Voorbeeld.NL", "kees@voorbeeld.nl", []),
        ("email", "kees@voorbeeld.nl of jan@voorbeeld.nl", "kees@voorbeeld.nl", ["email_meerdere"]),
        ("email", "kees@@voorbeeld.nl", None, ["email_ongeldig"]),
        ("email", "kees@voorbeeld", None, ["email_ongeldig"]),
        ("website", "WWW.Voorbeeld.NL/Pad", "https://www.voorbeeld.nl/Pad", []),
        ("website", "javascript:alert(1)", None, ["website_ongeldig"]),
        ("website", "ftp://voorbeeld.nl", None, ["website_ongeldig"]),
        ("medewerkers", "1.250", 1250, []),
        ("medewerkers", "10-20", None, ["medewerkers_ongeldig"]),
        ("opgericht", "1650", 1650, []),
        ("opgericht", "3000", None, ["opgericht_ongeldig"]),
        ("contributie", "€ 1.175,5", 117550, []),
        ("contributie", "175,-", 17500, []),
        ("contributie", "gratis", None, ["contributie_ongeldig"]),
        ("nieuwsbrief", "WAAR", True, []),
        ("nieuwsbrief", "soms", False, ["nieuwsbrief_onduidelijk"]),
        ("plaats", "'S-GRAVENHAGE", "'s-Gravenhage", []),
        ("naam", "=1+1", None, ["formule"]),
        ("naam", "-40 Graden", "-40 Graden", []),
        ("naam", "x" * 130, "x" * 120, ["te_lang"]),
        ("sector", "Welzijn", 1, []),
        ("sector", "Ruimtevaart", None, ["sector_onbekend"]),
        ("rol", "Beheerder", "owner", []),
        ("rol", "baas", None, ["rol_onbekend"]),
    ],
)
def test_cells_are_cleaned_by_their_field(field: str, typed: str, value: object, codes: list[str]) -> None:
    found, notes = clean(field, typed, Context(TODAY, (3130, 3138), {"welzijn": 1}))

    assert (found, [note.code for note in notes]) == (value, codes)
