from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import translation

from kring.foundation import wording

EVENING = dt.datetime(2014, 11, 18, 19, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
TODAY = dt.date(2015, 11, 23)
SPACE = "\N{NO-BREAK SPACE}"


def test_long_datetime_is_said_in_full() -> None:
    assert wording.long_datetime(EVENING) == "dinsdag 18 november 2014, 19.30 uur"


def test_a_moment_is_told_in_the_zone_of_the_circle() -> None:
    late = dt.datetime(2015, 11, 23, 23, 30, tzinfo=dt.UTC)

    assert wording.long_datetime(late) == "dinsdag 24 november 2015, 00.30 uur"


def test_long_date_is_english_on_an_english_page() -> None:
    with translation.override("en"):
        assert wording.long_date(EVENING) == "Tuesday 18 November 2014"


@time_machine.travel(dt.datetime(2015, 11, 23, 12, tzinfo=dt.UTC), tick=False)
def test_short_date_names_the_year_only_when_it_is_another() -> None:
    assert wording.short_date(dt.date(2015, 11, 18)) == "wo 18 nov"
    assert wording.short_date(EVENING) == "18 nov 2014"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "gisteren"),
        (0, "vandaag"),
        (1, "morgen"),
        (3, "over 3 dagen"),
        (-3, "3 dagen geleden"),
        (28, "over 4 weken"),
        (-90, "3 maanden geleden"),
        (-800, "2 jaar geleden"),
    ],
)
def test_days_away_are_said_as_one_says_them(days: int, said: str) -> None:
    assert wording.days_away(TODAY + dt.timedelta(days=days), TODAY) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (1250, "1.250"),
        (Decimal("12.50"), "12,50"),
        (Decimal("12.00"), "12"),
        (0, "0"),
        (Decimal("1234567.8"), "1.234.567,80"),
    ],
)
def test_euro_shows_cents_only_where_there_are(amount: wording.Number, said: str) -> None:
    assert wording.euro(amount) == f"€{SPACE}{said}"


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        (6, "dagdelen", "6 dagdelen"),
        (1, "dagdelen", "1 dagdeel"),
        (Decimal("1.00"), "plekken", "1 plek"),
        (Decimal("2.50"), "uren", "2,5 uur"),
        (1200, "mensen", "1.200 mensen"),
        (250, "euro", "€ 250"),
        (3, "kuub zand", "3 kuub zand"),
    ],
)
def test_quantity_has_its_unit_in_the_right_number(amount: wording.Number, unit: str, said: str) -> None:
    assert wording.quantity(amount, unit).replace(SPACE, " ") == said


def test_number_is_never_in_exponents() -> None:
    assert wording.number(Decimal("1E+3")) == "1.000"
