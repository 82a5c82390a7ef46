"""What is between some, and stays so: drafts, and what the board said to itself."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from commitments import promising, record_parts
from commitments.models import Commitment, CommitmentState, Review, Verdict, VerdictKind
from commitments.seeing import as_contact
from kring.board import reviewing
from kring.foundation.actors import Actor
from kring.mail.models import Message
from tests.commitments.test_life import between
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

S = CommitmentState
PRIVATE = "De voorzitter ligt met iedereen overhoop."


def who_sees(cast: Cast, commitment: Commitment) -> set[str]:
    page = commitment.get_absolute_url()
    return {who for who in ("visitor", "business", "owner", "board") if cast.client(who).get(page).status_code == 200}


@pytest.mark.parametrize("state", [S.PROPOSED, S.AGREED])
def test_what_the_board_notes_in_a_review_is_read_by_nobody_else(cast: Cast, state: str) -> None:
    made = between(cast, state=state, proposed_at=timezone.now())
    review = Review.objects.create(held_on=timezone.localdate())
    Verdict.objects.create(
        review=review,
        commitment=made,
        kind=VerdictKind.CLOSE,
        close_reason="no_contact",
        note=PRIVATE,
        told="We kregen jullie niet te pakken.",
    )

    reviewing.close(review, cast.board, timezone.now())

    made.refresh_from_db()
    assert made.state in {S.WITHDRAWN, S.GIVEN_BACK}
    for who in ("visitor", "business", "owner"):
        assert PRIVATE not in cast.client(who).get(made.get_absolute_url()).content.decode()
    mails = Message.objects.filter(template="board/mail/ended")
    assert {mail.email for mail in mails} == {cast.business.email, cast.editor.email, cast.owner.email}
    assert all("niet te pakken" in mail.text and PRIVATE not in mail.text for mail in mails)
    assert PRIVATE in cast.client("board").get(reverse("board:review", args=[review.uuid])).content.decode()


def test_draft_that_is_withdrawn_stays_its_writers_own(cast: Cast) -> None:
    made = between(cast, state=S.DRAFT, agreed_at=None, beneficiary_contact=cast.business, promisor_contact=cast.owner)
    assert who_sees(cast, made) == {"owner", "board"}

    promising.withdraw(made, Actor.of(cast.owner), timezone.now())

    assert who_sees(cast, made) == {"owner", "board"}
    assert not Message.objects.exists()
    told = {each.pk: set(record_parts.commitments(each)) for each in (cast.firm, cast.member)}
    assert told == {cast.firm.pk: set(), cast.member.pk: {made}}
    assert not record_parts.steps(cast.firm).exists()
    people = {key for sight in as_contact(cast.business, timezone.localdate()) for key in sight.people}
    assert people == {cast.editor.pk, cast.owner.pk}


def test_proposal_that_is_withdrawn_stays_to_be_read_by_who_was_asked(cast: Cast) -> None:
    made = between(cast, state=S.PROPOSED, proposed_at=timezone.now())

    promising.withdraw(made, Actor.of(cast.owner), timezone.now())

    assert who_sees(cast, made) == {"owner", "business", "board"}
