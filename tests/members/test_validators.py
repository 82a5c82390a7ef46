from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from members.validators import tidy_postcode, validate_dutch_phone, validate_postcode, validate_rsin


@pytest.mark.parametrize("good", ["3131 AB", "3131ab", "1000 AA"])
def test_postcode_accepts_how_people_write_it(good: str) -> None:
    validate_postcode(good)


@pytest.mark.parametrize("bad", ["0131 AB", "3131 SS", "3131 SA", "3131", "31311 AB", "ABCD 12"])
def test_postcode_says_what_is_expected(bad: str) -> None:
    with pytest.raises(ValidationError, match="3131 AB"):
        validate_postcode(bad)


def test_postcode_is_stored_one_way() -> None:
    assert [tidy_postcode(raw) for raw in ("3131ab", " 3131 AB ", "onbekend")] == ["3131 AB", "3131 AB", "ONBEKEND"]


def test_rsin_passes_the_eleven_test() -> None:
    validate_rsin("123456782")
    with pytest.raises(ValidationError, match="123456782"):
        validate_rsin("123456789")


@pytest.mark.parametrize("good", ["010 000 78 91", "+31 10 123 45 67", "06-12345678"])
def test_phone_accepts_how_people_write_it(good: str) -> None:
    validate_dutch_phone(good)


def complaint(validate: Callable[[str], None], text: str) -> str | None:
    try:
        validate(text)
    except ValidationError as error:
        return str(error.messages[0])
    return None


@given(st.text(max_size=30))
def test_validators_answer_anything_typed(text: str) -> None:
    for validate in (validate_postcode, validate_rsin, validate_dutch_phone):
        told = complaint(validate, text)
        assert told is None or "bijvoorbeeld" in told
