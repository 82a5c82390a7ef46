"""The mails say what is so, to who reads them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from commitments import promising, reminder_mails, reminders, waiting
from commitments.models import Commitment, CommitmentState, Side
from kring.board import nudging
from kring.foundation.actors import Actor
from kring.mail.models import Message
from tests.commitments.test_life import between
from tests.conftest import Cast, make_reminder_rules

pytestmark = pytest.mark.django_db

S = CommitmentState
NOW = timezone.now()
SYSTEM = Actor.system()


def told(template: str) -> dict[str, Message]:
    return {mail.email: mail for mail in Message.objects.filter(template=f"commitments/mail/{template}")}


def test_kept_by_silence_is_not_said_to_count(cast: Cast) -> None:
    between(cast, state=S.REPORTED, reported_at=NOW - dt.timedelta(days=31))
    waiting.keep_by_silence(NOW)

    mails = told("kept").values()
    assert mails
    for mail in mails:
        assert "Het telt mee" not in mail.html
        assert mail.subject.startswith("Zonder reactie afgesloten")


@pytest.mark.parametrize(
    ("state", "subject"), [(S.STARTED, "Zo gaan jullie verder"), (S.GIVEN_BACK, "Zo is het afgesloten")]
)
def test_subject_after_mediation_says_whether_it_goes_on(cast: Cast, state: str, subject: str) -> None:
    made = between(cast, state=S.STARTED, needs_board=True)
    if state == S.STARTED:
        promising.settle(made, SYSTEM, NOW, note="Gebeld.")
    else:
        promising.settle_as_given_back(made, SYSTEM, NOW, reason="no_time", note="Gebeld.")

    assert {mail.subject.partition(":")[0] for mail in told("mediated").values()} == {subject}


@pytest.mark.parametrize(("side", "thanked"), [(Side.BENEFICIARY, True), (Side.PROMISOR, False)])
def test_only_who_offered_is_thanked_for_the_offer(cast: Cast, side: str, thanked: bool) -> None:
    writer = cast.member if thanked else cast.firm
    made = between(cast, state=S.PROPOSED, proposed_at=NOW)
    Commitment.objects.update(proposed_by_organisation=writer)
    made.refresh_from_db()

    promising.decline(made, SYSTEM, NOW, side=side)

    assert {"Dank je voor het aanbod" in mail.text for mail in told("declined").values()} == {thanked}


def test_list_of_a_day_says_that_there_is_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    make_reminder_rules()
    monkeypatch.setattr(reminder_mails, "AT_ONCE", 2)
    cast.editor.roles.all().delete()
    for _number in range(3):
        between(cast, state=S.STARTED, due_on=timezone.localdate())

    reminders.remind(timezone.localtime().replace(hour=10))

    assert "Er is meer." in told("digest")[cast.owner.email].text


def test_nudge_quotes_the_result_as_plain_words(cast: Cast) -> None:
    made = between(
        cast, state=S.REPORTED, reported_at=NOW, delivered=Decimal(8), result="Eerste regel.\nTweede regel."
    )
    nudging.remind(made, timezone.localdate())

    text = Message.objects.filter(email=cast.business.email).latest("pk").text
    assert "  Eerste regel.\n  Tweede regel." in text
