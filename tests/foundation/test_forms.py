"""What all forms share: clean text, a ceiling, and two guards. Their work at once is in tests/test_twice.py."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django import forms
from django.http import QueryDict

from kring.foundation.forms import MAX_TEXT, Form, MomentField, Once, Versioned, clean_data, clean_text


class Story(Form):
    title = forms.CharField(max_length=20)
    text = forms.CharField(required=False, widget=forms.Textarea)
    number = forms.IntegerField(required=False)


class Careful(Versioned, Form):
    title = forms.CharField()

    def __init__(self, *args: object, instance: object, **kwargs: object) -> None:
        self.instance = instance
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class Single(Once, Form):
    title = forms.CharField()


# --- Text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b\udfffc", "abc"),
        ("\x1b[31mrood\x07", "[31mrood"),
        ("regel\r\nregel\tkolom", "regel\nregel\tkolom"),
        ("cafe\u0301", "café"),
        ("👩‍👩‍👧 \u200f", "👩‍👩‍👧 \u200f"),
        ("", ""),
    ],
)
def test_text_is_what_a_keyboard_types(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept
    assert clean_text(clean_text(typed)) == kept


def test_every_value_and_every_name_is_cleaned() -> None:
    posted = QueryDict(mutable=True)
    posted.setlist("a\x00", ["x\x00", "y"])

    assert clean_data(posted).getlist("a") == ["x", "y"]
    assert clean_data({"a": "x\x00", "n": 3}).getlist("n") == [3]


def test_empty_form_stays_unbound() -> None:
    assert not Story(None).is_bound
    assert Story({}).is_bound


def test_text_without_a_length_of_its_own_has_a_ceiling() -> None:
    just, over = (Story({"title": "x", "text": "a" * length}) for length in (MAX_TEXT, MAX_TEXT + 1))

    assert just.is_valid()
    assert set(over.errors) == {"text"}


@pytest.mark.parametrize("number", ["9" * 5000, "1e400", "NaN", "Infinity", "٣", "0x10", "1_000", "--1", "é"])
def test_odd_numbers_are_mistakes_or_numbers(number: str) -> None:
    form = Story({"title": "x", "number": number})

    assert form.is_valid() in {True, False}
    assert form["number"].value() == number


def test_mistake_keeps_what_was_typed() -> None:
    form = Story({"title": "a" * 21, "text": "Een <b>verhaal</b>"})

    assert not form.is_valid()
    assert form["text"].value() == "Een <b>verhaal</b>"
    assert "Een &lt;b&gt;verhaal&lt;/b&gt;" in str(form["text"])


# --- Guards ----------------------------------------------------------------------------------------------------------


def test_key_is_another_for_each_form_that_is_shown() -> None:
    keys = {Single()["once"].value() for _form in range(3)}

    assert len(keys) == 3
    assert all(uuid.UUID(str(key)).version == 4 for key in keys)


@pytest.mark.parametrize("key", [None, "", "1", "geen sleutel", "x" * 1000, "{}"])
def test_form_without_its_key_does_nothing(key: str | None) -> None:
    form = Single({"title": "x"} | ({} if key is None else {"once": key}))

    assert not form.is_valid()
    assert "once" in form.errors


def test_form_on_what_is_still_the_same_is_right() -> None:
    form = Careful({"title": "x", "version": "3"}, instance=SimpleNamespace(pk=1, version=3))

    assert form.is_valid()
    assert not form.is_stale


@pytest.mark.parametrize("seen", ["2", "4", "0"])
def test_form_on_another_version_is_told_and_keeps_its_text(seen: str) -> None:
    form = Careful({"title": "mijn tekst", "version": seen}, instance=SimpleNamespace(pk=1, version=3))

    assert not form.is_valid()
    assert form.is_stale
    assert form["title"].value() == "mijn tekst"

    form.take_version_of(SimpleNamespace(pk=1, version=5))
    assert (form["version"].value(), form["title"].value()) == ("5", "mijn tekst")


@pytest.mark.parametrize("seen", ["", "-1", "drie", "3.5", "9" * 40, "2147483648"])
def test_version_that_is_none_is_a_mistake(seen: str) -> None:
    form = Careful({"title": "x", "version": seen}, instance=SimpleNamespace(pk=1, version=3))

    assert not form.is_valid()
    assert not form.is_stale


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2027-03-28T02:30", "Dat moment bestaat niet, of twee keer"),
        ("2027-10-31T02:30", "Dat moment bestaat niet, of twee keer"),
        ("morgen", "geldige datum/tijd"),
    ],
)
def test_moment_that_the_clock_lacks_or_has_twice_is_refused_in_plain_words(typed: str, said: str) -> None:
    with pytest.raises(forms.ValidationError, match=said):
        MomentField().clean(typed)


def test_moment_is_by_the_clock_of_the_circle() -> None:
    assert MomentField().clean("2027-03-28T03:30") == dt.datetime(2027, 3, 28, 1, 30, tzinfo=dt.UTC)
