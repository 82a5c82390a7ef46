from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

from kring.foundation.forms import Form


class Asked(Form):
    people = forms.IntegerField(required=False, max_value=100)
    hours = forms.DecimalField(required=False, max_digits=6, decimal_places=2)
    on = forms.DateField(required=False)
    at = forms.DateTimeField(required=False)


@pytest.fixture(autouse=True)
def dutch() -> object:
    with translation.override("nl"):
        yield


@pytest.mark.parametrize(
    ("typed", "meant"), [("2,5", "2.5"), ("2.5", "2.5"), ("1.250", "1250"), ("1.250,50", "1250.5"), ("12", "12")]
)
def test_a_number_is_read_as_people_write_it(typed: str, meant: str) -> None:
    form = Asked({"hours": typed})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["hours"] == Decimal(meant)


def test_what_was_typed_in_a_number_field_is_kept() -> None:
    form = Asked({"people": "twaalf"})

    assert not form.is_valid()
    assert 'type="text" name="people" value="twaalf"' in str(form["people"])
    assert 'inputmode="numeric"' in str(form["people"])


def test_a_number_too_large_is_refused_and_kept() -> None:
    form = Asked({"people": "1000"})

    assert list(form.errors) == ["people"]
    assert 'value="1000"' in str(form["people"])


def test_a_number_is_shown_as_people_write_it() -> None:
    assert 'value="2,50"' in str(Asked(initial={"hours": Decimal("2.50")})["hours"])


def test_days_and_moments_are_exchanged_as_browsers_do() -> None:
    form = Asked(initial={"on": dt.date(2015, 11, 23), "at": dt.datetime(2015, 11, 23, 19, 30)})

    assert 'type="date" name="on" value="2015-11-23"' in str(form["on"])
    assert 'type="datetime-local" name="at" value="2015-11-23T19:30"' in str(form["at"])
    assert Asked({"on": "2015-11-23", "at": "2015-11-23T19:30"}).is_valid()
