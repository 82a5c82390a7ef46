"""What the board found to be done after a dispute: shown and counted apart from what the receiver confirmed."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from commitments import figures, promising, totals
from commitments.models import Commitment, CommitmentState
from commitments.outcomes import Outcome
from kring.foundation.actors import Actor
from kring.mail.models import Message
from tests.commitments.test_life import between
from tests.conftest import Cast
from tests.factories import CommitmentFactory

pytestmark = pytest.mark.django_db

S = CommitmentState


def settled(cast: Cast, commitment: Commitment) -> Commitment:
    told = {"quantity": Decimal(6), "note": "Samen gebeld.", "once": uuid.uuid4()}
    promising.settle_as_kept(commitment, Actor.of(cast.board), timezone.now(), **told)
    commitment.refresh_from_db()
    return commitment


def test_what_the_board_found_counts_in_no_total(cast: Cast) -> None:
    made = settled(cast, between(cast, state=S.STARTED, needs_board=True))

    assert (made.state, made.confirmed, made.kept_by_board, made.kept_by_silence) == (S.KEPT, 6, True, False)
    assert totals.per_unit(Commitment.objects.all()) == []
    whole = figures.count(Commitment.objects.all(), timezone.localdate()).whole
    assert (whole.outcomes[Outcome.BOARD], whole.confirmed, whole.totals) == (1, 0, {})
    page = Client().get(made.get_absolute_url()).content.decode()
    assert "Nagekomen, stelde het bestuur vast" in page
    assert "zegt de ontvanger" not in page
    assert Client().get(f"/api/v1/commitments/{made.uuid}/").json()["kept_by_board"] is True
    assert made.title in Client().get("/toezeggingen/?uitkomst=bestuur").content.decode()
    assert made.title not in Client().get("/toezeggingen/?bevestigd=ja").content.decode()
    mails = Message.objects.filter(template="commitments/mail/mediated")
    assert {"niet zelf heeft bevestigd" in mail.text for mail in mails} == {True}


def test_what_was_promised_to_all_is_confirmed_by_the_board_as_its_receiver(cast: Cast) -> None:
    made = CommitmentFactory(promisor=cast.member, beneficiary=None, state=S.STARTED, needs_board=True)

    assert not settled(cast, made).kept_by_board
    assert [total.quantity for total in totals.per_unit(Commitment.objects.all())] == [6]


@pytest.mark.parametrize("wrong", [{"state": S.AGREED}, {"state": S.KEPT, "confirmed": 1, "kept_by_silence": True}])
def test_database_knows_one_way_in_which_it_was_kept(cast: Cast, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="kept_in_one_way"), transaction.atomic():
        CommitmentFactory(kept_by_board=True, **wrong)
