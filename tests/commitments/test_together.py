"""A commitment and what comes back for it, and two who are both asked: what befalls one is told and done to both."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from commitments import making, promising, waiting
from commitments.models import Commitment, CommitmentState, Review, Side, Verdict, VerdictKind
from kring.board import reviewing
from kring.foundation.actors import Actor
from kring.mail.models import Message
from tests.commitments.test_life import between, do
from tests.conftest import Cast
from tests.factories import CommitmentFactory

pytestmark = pytest.mark.django_db

S = CommitmentState
DAY = dt.timedelta(days=1)


def pair(cast: Cast, **given: Any) -> tuple[Commitment, Commitment]:
    """The member promises something to the firm, and gets something back."""
    main = between(cast, **given)
    back = CommitmentFactory(
        promisor=cast.firm,
        beneficiary=cast.member,
        proposed_by_organisation=cast.member,
        counter_favour_of=main,
        **given,
    )
    return main, back


def of_the_board(cast: Cast, **given: Any) -> Commitment:
    """Written for two, of whom one has said yes."""
    given = {"proposed_at": timezone.now()} | given
    made: Commitment = CommitmentFactory(
        promisor=cast.member, beneficiary=cast.firm, state=S.PROPOSED, agreed_at=None, **given
    )
    made.accept(Actor.of(cast.owner), timezone.now(), side=Side.PROMISOR)
    return made


@pytest.mark.parametrize("with_terms", [True, False])
def test_who_may_see_it_also_goes_for_what_comes_back(cast: Cast, with_terms: bool) -> None:
    main, back = pair(cast, state=S.DRAFT)
    counter = making.Counter("Een rondleiding", Decimal(2), "uren", back.due_on) if with_terms else None

    making.edit(main, cast.owner, timezone.now(), terms={"visibility": "parties"}, counter=counter)

    back.refresh_from_db()
    assert (back.visibility, back.title) == ("parties", "Een rondleiding" if with_terms else back.title)
    assert set(Commitment.objects.values_list("visibility", flat=True)) == {"parties"}


def test_what_comes_back_is_changed_with_what_it_comes_back_for(cast: Cast) -> None:
    main, back = pair(cast, state=S.DRAFT)

    answer = cast.client("owner").get(f"{back.get_absolute_url()}wijzigen/")

    assert (answer.status_code, answer["Location"]) == (302, f"{main.get_absolute_url()}wijzigen/")


def test_mail_about_a_pair_that_lapsed_leads_to_the_main_one(cast: Cast) -> None:
    main, back = pair(cast, state=S.PROPOSED, proposed_at=timezone.now() - 31 * DAY)

    promising.lapse(back, timezone.now())

    mail = Message.objects.filter(template="commitments/mail/lapsed").first()
    assert mail is not None
    assert f"{main.get_absolute_url()}wijzigen/" in mail.text
    assert str(back.uuid) not in mail.text


@pytest.mark.parametrize("which", [0, 1])
def test_closing_either_of_a_pair_in_a_review_closes_both(cast: Cast, which: int) -> None:
    both = pair(cast, state=S.PROPOSED, proposed_at=timezone.now())
    review = Review.objects.create(held_on=timezone.localdate())
    Verdict.objects.create(review=review, commitment=both[which], kind=VerdictKind.CLOSE, close_reason="no_contact")

    reviewing.close(review, cast.board, timezone.now())

    assert set(Commitment.objects.values_list("state", flat=True)) == {S.WITHDRAWN}


def test_yes_of_the_first_of_two_is_no_agreement_yet(cast: Cast) -> None:
    made = CommitmentFactory(promisor=cast.member, beneficiary=cast.firm, state=S.PROPOSED, proposed_at=timezone.now())
    path = f"{made.get_absolute_url()}doe/"
    typed = {"deed": "answer", "choice": "yes", "once": "b8f1bb7c-93b2-4d6f-a4c9-6a1c3f3f2f10"}

    pages = [cast.client(who).post(path, typed, follow=True).content.decode() for who in ("owner", "business")]

    assert "zodra de andere kant ook ja zegt" in pages[0]
    assert "De ander krijgt er mail over" not in pages[0]
    assert "De ander krijgt er mail over" in pages[1]


def test_who_said_yes_hears_that_it_is_withdrawn(cast: Cast) -> None:
    made = of_the_board(cast)

    promising.withdraw(made, Actor.of(cast.board), timezone.now())

    told = {mail.email: mail.text for mail in Message.objects.filter(template="commitments/mail/withdrawn")}
    assert set(told) == {cast.owner.email, cast.business.email}
    assert "waarop jullie al ja zeiden" in told[cast.owner.email]
    assert "niet meer op te antwoorden" in told[cast.business.email]


def test_who_said_yes_hears_that_nobody_answered(cast: Cast) -> None:
    of_the_board(cast, proposed_at=timezone.now() - 31 * DAY)

    assert waiting.lapse_proposals(timezone.now()) == 1

    told = {(mail.template, mail.email) for mail in Message.objects.all()}
    assert told == {
        ("commitments/mail/lapsed_yes", cast.owner.email),
        ("commitments/mail/lapsed", cast.board.email),
    }


def test_own_no_is_not_told_to_who_said_it(cast: Cast) -> None:
    made = of_the_board(cast)

    do(cast, "business", made, "answer", choice="no")

    assert made.state == S.DECLINED
    assert cast.business.email not in Message.objects.values_list("email", flat=True)
