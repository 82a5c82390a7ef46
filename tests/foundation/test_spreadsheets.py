from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kring.foundation import spreadsheets

AS_TYPED = ["Bakkerij Vink", "'t Winkeltje", "a=b", "3133 AL", ""]
FORMULAS = ["=1+1", "+31 10 000 62 55", "-", "@naam", "\tx", "\rx", " =1", "\ufeff=1", "\u00a0@x", "\n=cmd"]


@pytest.mark.parametrize("text", AS_TYPED)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert spreadsheets.safe(text) == text
    assert spreadsheets.plain(text) == text


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_becomes_text(text: str) -> None:
    assert spreadsheets.safe(text) == f"'{text}"


@given(st.text())
def test_what_goes_out_comes_back(text: str) -> None:
    if not text.startswith("'"):
        assert spreadsheets.plain(str(spreadsheets.safe(text))) == text


@pytest.mark.parametrize("value", [3, Decimal("-2.50"), dt.date(2026, 11, 23), True])
def test_numbers_and_dates_stay_numbers_and_dates(value: object) -> None:
    assert spreadsheets.safe(value) == value


def test_csv_opens_in_dutch_excel() -> None:
    answer = spreadsheets.as_csv("leden", ["Naam", "Stad"], [['=Café; "De Kade"', "Vlaardingen"]])

    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    assert list(csv.reader(io.StringIO(text), delimiter=";"))[1] == ['\'=Café; "De Kade"', "Vlaardingen"]
    assert answer["Content-Disposition"] == 'attachment; filename="leden.csv"'


def test_xlsx_has_no_formulas() -> None:
    answer = spreadsheets.as_xlsx("leden", ["Naam", "Aantal"], [["=1\x00+1", 2]])

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == ["'=1+1", 2]
    assert sheet["A2"].data_type == "s"
