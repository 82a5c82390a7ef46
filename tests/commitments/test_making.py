"""The ways to write a commitment down, and in which words its quantity is kept."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from commitments import board, promising, totals
from commitments.enquiry_forms import EnquiryAnswerForm
from commitments.making_forms import MakeForm
from commitments.models import Commitment, CommitmentState
from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.foundation.units import UNITS, folded
from tests.commitments.test_life import terms
from tests.conftest import Cast
from tests.factories import CommitmentFactory, EnquiryFactory, MeetingFactory

pytestmark = pytest.mark.django_db

NEW, QUICK = 'href="/toezeggingen/nieuw/"', 'href="/toezeggingen/snel/"'


def links(cast: Cast, who: str, path: str) -> tuple[bool, bool]:
    page = cast.client(who).get(path).content.decode()
    return NEW in page, QUICK in page


def test_whoever_may_make_one_finds_the_way(cast: Cast) -> None:
    """Also a board member without an organisation, who writes for two others."""
    MeetingFactory(slug="avond")

    assert {who: links(cast, who, "/toezeggingen/")[0] for who in ("visitor", "owner", "board", "administrator")} == {
        "visitor": False,
        "owner": True,
        "board": True,
        "administrator": False,
    }
    assert links(cast, "board", "/bestuur/toezeggingen/") == (True, True)
    assert [links(cast, who, "/mijn/") for who in ("owner", "board")] == [(True, True)] * 2
    assert links(cast, "administrator", "/mijn/") == (False, False)
    assert links(cast, "board", "/bestuur/bijeenkomsten/avond/avond/")[1]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        *((unit, unit) for unit in UNITS),
        *(("Uur", "uren"), (" UREN. ", "uren"), ("Dagdeel", "dagdelen"), ("€", "euro"), ("personen", "mensen")),
        *(("plaatsen", "plekken"), ("Laptops", "laptops"), ("", "")),
    ],
)
def test_unit_is_kept_in_the_word_by_which_it_is_added_up(typed: str, kept: str) -> None:
    assert folded(typed) == kept


@pytest.mark.parametrize("unit", [".", "...", "\u200b"])
def test_unit_that_says_nothing_is_not_filled_in(cast: Cast, unit: str) -> None:
    board_member = User.objects.with_board_seat(timezone.localdate()).get(pk=cast.board.pk)

    form = MakeForm(terms(unit=unit), user=board_member)

    assert "unit" in form.errors


@pytest.mark.parametrize("unit", ["Uren", "uur", "UUR"])
def test_hours_count_as_hours_however_they_are_written(cast: Cast, unit: str) -> None:
    board_member = User.objects.with_board_seat(timezone.localdate()).get(pk=cast.board.pk)
    counter: dict[str, Any] = {"counter_quantity": "1", "counter_unit": unit}
    due = (timezone.localdate() + dt.timedelta(days=20)).isoformat()
    form = MakeForm(terms(unit=unit, **counter, counter_due_on=due), user=board_member)
    assert form.is_valid(), form.errors
    made = form.write(timezone.now())
    by, now = Actor.of(cast.board), timezone.now()
    promising.accept(made, by, now)
    promising.report(made, by, now, quantity=made.quantity, note="Klaar.", once=uuid.uuid4())
    promising.confirm(made, by, now)

    assert set(Commitment.objects.values_list("unit", flat=True)) == {"uren"}
    assert [total.unit for total in totals.per_unit(Commitment.objects.all())] == ["uren"]
    answer = EnquiryAnswerForm({"unit": unit}, subject=EnquiryFactory())
    answer.is_valid()
    assert answer.cleaned_data["unit"] == "uren"


def test_board_says_how_many_there_are_beyond_what_it_lists(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "MAX_LISTED", 2)
    for _number in range(3):
        CommitmentFactory(state=CommitmentState.AGREED)

    page = " ".join(cast.client("owner").get("/toezeggingen/").content.decode().split())

    assert "3 toezeggingen Hier staan de nieuwste 2." in page
