"""The board's review: what it puts on its list, two who write at once, minutes, and what came of the actions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments import deciding, figures, parties, reminders
from commitments.models import (
    Commitment,
    CommitmentState,
    Reminder,
    Review,
    ReviewReason,
    StepNotAllowed,
    Verdict,
    VerdictKind,
)
from kring.accounts.models import BoardSeat, User
from kring.board import minutes, reviewing
from kring.foundation.actors import Actor
from kring.mail.models import Message
from members.models import Organisation
from tests.conftest import Cast
from tests.factories import BoardSeatFactory, CommitmentFactory, UserFactory

pytestmark = pytest.mark.django_db

S, R = CommitmentState, ReviewReason


def ago(days: int) -> dict[str, Any]:
    """Agreed so long ago, and nothing since."""
    moment = timezone.now() - dt.timedelta(days=days)
    return {"agreed_at": moment, "moved_at": moment}


def due(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def second(cast: Cast) -> User:
    """Another one on the board."""
    user: User = UserFactory(name="Tweede Bestuurslid", email="tweede@voorbeeld.example")
    BoardSeatFactory(user=user, function="treasurer")
    return user


@pytest.fixture
def late(cast: Cast) -> Commitment:
    made: Commitment = CommitmentFactory(
        promisor=cast.firm, beneficiary=cast.member, state=S.STARTED, due_on=due(-10), **ago(20)
    )
    return made


def verdict_url(verdict: Verdict) -> str:
    return reverse("board:verdict", args=[verdict.review.uuid, verdict.commitment.uuid])


def typed(verdict: Verdict, **given: Any) -> dict[str, Any]:
    return {"version": verdict.version, "kind": "", "note": "", **given}


def acted(verdict: Verdict, owner: User, **given: Any) -> dict[str, Any]:
    action = {"action": "Bellen over de bus", "action_owner": owner.pk, "action_due_on": due(14).isoformat()}
    return typed(verdict, kind="act", **action, **given)


# --- the list ---


def test_list_says_why_each_is_on_it_and_leaves_out_what_runs_well(cast: Cast) -> None:
    closed = Review.objects.create(held_on=due(-100), closed_at=timezone.now() - dt.timedelta(days=100))
    wanted = {
        CommitmentFactory(state=S.STARTED, needs_board=True, **ago(5)): R.DISPUTE,
        CommitmentFactory(state=S.STARTED, due_on=due(-1), **ago(5)): R.LATE,
        CommitmentFactory(state=S.PROPOSED, **ago(15)): R.WAITING,
        CommitmentFactory(state=S.REPORTED, **ago(15)): R.WAITING,
        CommitmentFactory(state=S.AGREED, **ago(31)): R.SILENT,
        CommitmentFactory(state=S.STARTED, agreed_at=ago(91)["agreed_at"]): R.DUE,
    }
    seen_before = CommitmentFactory(state=S.STARTED, agreed_at=ago(200)["agreed_at"])
    Verdict.objects.create(review=closed, commitment=seen_before, kind=VerdictKind.ON_TRACK)
    wanted[seen_before] = R.DUE
    latest = Review.objects.create(held_on=due(-20), closed_at=timezone.now() - dt.timedelta(days=20))
    worry, well = CommitmentFactory(**ago(5)), CommitmentFactory(agreed_at=ago(200)["agreed_at"])
    Verdict.objects.create(review=latest, commitment=worry, kind=VerdictKind.WORRY)
    Verdict.objects.create(review=latest, commitment=well, kind=VerdictKind.ON_TRACK)
    wanted[worry] = R.AGAIN
    for state in (S.PROPOSED, S.AGREED, S.REPORTED):
        CommitmentFactory(state=state, **ago(3))
    CommitmentFactory(state=S.KEPT, confirmed=1, due_on=due(-50), **ago(90))
    deciding.decide("Bellen", cast.board, due(-3), Actor.of(cast.board), timezone.now() - dt.timedelta(days=99))

    found = list(reviewing.candidates(timezone.now()))

    assert {each: each.reason for each in found} == wanted
    assert [each.reason for each in found] == [
        *(R.DISPUTE, R.AGAIN, R.LATE, R.WAITING, R.WAITING, R.SILENT, R.DUE, R.DUE)
    ]


def test_starting_twice_is_one_review_and_filling_up_adds_only_what_is_new(cast: Cast, late: Commitment) -> None:
    board, now = cast.client("board"), timezone.now()

    first, second = board.post("/bestuur/beoordeling/"), board.post("/bestuur/beoordeling/")

    review = Review.objects.get()
    assert (first.url, second.url) == (review.get_absolute_url(),) * 2  # type: ignore[attr-defined]
    assert list(review.verdicts.values_list("commitment", "reason", "place")) == [(late.pk, R.LATE, 1)]
    also = CommitmentFactory(state=S.STARTED, needs_board=True)
    board.post(reverse("board:review_refresh", args=[review.uuid]))
    board.post(reverse("board:review_refresh", args=[review.uuid]))
    assert list(review.verdicts.values_list("commitment", "place")) == [(late.pk, 1), (also.pk, 2)]
    reviewing.close(review, cast.board, now)
    with pytest.raises(reviewing.ReviewClosed):
        reviewing.prepare(review, now)
    assert reviewing.start(cast.board, now) != review


def test_list_is_capped_at_what_presses_most(cast: Cast, late: Commitment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing, "MOST_ON_LIST", 2)
    CommitmentFactory(state=S.AGREED, **ago(40))
    dispute = CommitmentFactory(state=S.STARTED, needs_board=True)

    review = reviewing.start(cast.board, timezone.now())

    assert list(review.verdicts.values_list("commitment", flat=True)) == [dispute.pk, late.pk]


# --- one at a time ---


def test_every_way_on_saves_and_bad_input_keeps_what_was_typed(cast: Cast, late: Commitment) -> None:
    other = CommitmentFactory(state=S.AGREED, **ago(40))
    review = reviewing.start(cast.board, timezone.now())
    first, last = review.verdicts.get(commitment=late), review.verdicts.get(commitment=other)
    board = cast.client("board")

    onward = board.post(verdict_url(first), typed(first, kind="worry", note="Even bellen", naar="volgende"))
    back = board.post(verdict_url(last), typed(last, note="Alleen een notitie", naar="vorige"))
    past = board.post(verdict_url(last), typed(last, version=1, kind="on_track", naar="volgende"))

    assert [answer.url for answer in (onward, back, past)] == [  # type: ignore[attr-defined]
        verdict_url(last),
        verdict_url(first),
        review.get_absolute_url(),
    ]
    kept = list(review.verdicts.values_list("kind", "note", "judged_by"))
    assert kept == [("worry", "Even bellen", cast.board.pk), ("on_track", "", cast.board.pk)]
    first.refresh_from_db()
    lacking = board.post(verdict_url(first), typed(first, kind="act", note="Dit moet blijven", action="Bellen"))
    page = lacking.content.decode()
    assert lacking.status_code == 422
    assert all(words in page for words in ("Dit moet blijven", "Kies wie dit oppakt", "Kies voor wanneer"))
    for kind, given in (("act", {"action_due_on": "2001-01-01"}), ("act", {"action_owner": cast.owner.pk}), ("x", {})):
        answer = board.post(verdict_url(first), acted(first, cast.board) | given | {"kind": kind})
        assert answer.status_code == 422, (kind, given)
    assert Verdict.objects.get(pk=first.pk).note == "Even bellen"


def test_two_at_once_lose_nothing(cast: Cast, second: User, late: Commitment) -> None:
    """On different commitments both are saved; on the same one the second sees both texts, and may go on."""
    other = CommitmentFactory(state=S.AGREED, **ago(40))
    review = reviewing.start(cast.board, timezone.now())
    mine, theirs = review.verdicts.get(commitment=late), review.verdicts.get(commitment=other)
    one, two = cast.client("board"), Client()
    two.force_login(second)

    saved = [
        one.post(verdict_url(mine), typed(mine, kind="worry", note="Van de een")).status_code,
        two.post(verdict_url(theirs), typed(theirs, kind="on_track", note="Van de ander")).status_code,
    ]
    conflict = two.post(verdict_url(mine), typed(mine, kind="on_track", note="Ook van de ander"))

    page = conflict.content.decode()
    assert (saved, conflict.status_code) == ([302, 302], 422)
    assert all(words in page for words in ("Van de een", "Ook van de ander", "zetje nodig", "op schema"))
    assert Verdict.objects.get(pk=mine.pk).note == "Van de een"
    again = two.post(verdict_url(mine), typed(mine, version=1, kind="on_track", note="Van beiden"))
    assert (again.status_code, Verdict.objects.get(pk=mine.pk).note) == (302, "Van beiden")


def test_who_saves_after_closing_gets_back_what_was_typed(cast: Cast, late: Commitment) -> None:
    review = reviewing.start(cast.board, timezone.now())
    verdict = review.verdicts.get()
    reviewing.close(review, cast.board, timezone.now())
    board = cast.client("board")

    answers = [
        board.post(verdict_url(verdict), typed(verdict, kind="worry", note="Te laat gezegd")),
        board.post(reverse("board:review_close", args=[review.uuid]), {"version": 0, "minutes": "Te laat gezegd"}),
    ]

    for answer in answers:
        assert answer.status_code == 409
        assert "Te laat gezegd" in answer.content.decode()
    verdict.refresh_from_db()
    assert (verdict.kind, verdict.note, Review.objects.get().minutes) == ("", "", "")
    assert board.get(verdict_url(verdict)).url == review.get_absolute_url()  # type: ignore[attr-defined]


# --- minutes ---


def close_by_form(client: Client, review: Review, **given: Any) -> Any:
    review.refresh_from_db()
    return client.post(
        reverse("board:review_close", args=[review.uuid]), {"version": review.version, "doe": "afsluiten", **given}
    )


@pytest.fixture
def held(cast: Cast, second: User, late: Commitment) -> Review:
    """Late: to act on. Another: ended. A proposal: withdrawn. The last one: not discussed."""
    ended = CommitmentFactory(promisor=cast.firm, beneficiary=cast.member, state=S.AGREED, **ago(40))
    proposal = CommitmentFactory(
        promisor=cast.member, beneficiary=cast.firm, state=S.PROPOSED, proposed_by_organisation=cast.member, **ago(20)
    )
    CommitmentFactory(title="Blijft liggen", state=S.REPORTED, **ago(16))
    review = reviewing.start(cast.board, timezone.now())
    board = cast.client("board")
    of = {each.commitment_id: each for each in review.verdicts.all()}
    board.post(verdict_url(of[late.pk]), acted(of[late.pk], second, note="De bus is stuk"))
    for one in (ended, proposal):
        board.post(verdict_url(of[one.pk]), typed(of[one.pk], kind="close", close_reason="no_need", note="Klaar mee"))
    return review


def test_closing_decides_ends_and_tells_the_board(cast: Cast, second: User, late: Commitment, held: Review) -> None:
    board = cast.client("board")
    Message.objects.all().delete()
    kept = close_by_form(board, held, doe="bewaar", minutes="Koffie was op", present=[cast.board.pk])
    assert Review.objects.get().closed_at is None

    answer = close_by_form(board, held, minutes="Koffie was op.", present=[cast.board.pk, second.pk])
    once_more = close_by_form(board, held)

    assert (kept.status_code, answer.status_code, once_more.status_code) == (302, 302, 409)
    held.refresh_from_db()
    decision = held.verdicts.get(kind="act").decision
    assert decision is not None
    assert (decision.title, decision.promisor_contact, decision.due_on) == ("Bellen over de bus", second, due(14))
    assert (decision.state, decision.beneficiary, decision.visibility) == (S.AGREED, None, "parties")
    assert decision.promisor.name == "Bestuur Sociale Kring Vlaardingen"
    assert list(decision.transitions.values_list("after", "actor")) == [
        (S.PROPOSED, cast.board.pk),
        (S.AGREED, cast.board.pk),
    ]
    ended = {each.commitment.state for each in held.verdicts.filter(kind="close").select_related("commitment")}
    assert ended == {S.GIVEN_BACK, S.WITHDRAWN}
    late.refresh_from_db()
    assert late.state == S.STARTED
    mail = {(message.template, message.email) for message in Message.objects.all()}
    firm, members = cast.business.email, {cast.editor.email, cast.owner.email}
    assert mail == {
        ("board/mail/minutes", cast.board.email),
        ("board/mail/minutes", second.email),
        *(("board/mail/ended", email) for email in (firm, *members)),
    }
    theirs = Message.objects.get(template="board/mail/minutes", email=second.email)
    assert "Bellen over de bus" in theirs.text
    assert "Voor jou kwam er geen actie uit" in Message.objects.get(email=cast.board.email).text
    page = board.get(held.get_absolute_url()).content.decode()
    for words in ("Koffie was op.", "De bus is stuk", "Tweede Bestuurslid", "Blijft liggen", "niet meer nodig"):
        assert words in page, words
    assert Organisation.objects.visible_to(cast.owner).filter(kind="board").count() == 0


def test_what_ended_by_itself_before_closing_stays_as_it_ended(cast: Cast, held: Review) -> None:
    verdict = held.verdicts.filter(kind="close", commitment__state=S.AGREED).get()
    verdict.commitment.report(Actor.of(cast.business), timezone.now(), quantity=Decimal(10), note="x", once=uuid4())
    verdict.commitment.confirm(Actor.of(cast.owner), timezone.now())

    reviewing.close(held, cast.board, timezone.now())

    verdict.commitment.refresh_from_db()
    assert verdict.commitment.state == S.KEPT
    assert not Message.objects.filter(template="board/mail/ended", about=f"commitment:{verdict.commitment.uuid}")


def test_minutes_keep_the_facts_and_say_why(cast: Cast, late: Commitment, held: Review) -> None:
    reviewing.close(held, cast.board, timezone.now())
    held.refresh_from_db()
    was = late.title
    before = minutes.of(held)
    data = minutes._data(before)
    items = {item["title"]: item for group in data["groups"] for item in group["items"]}
    assert items[was]["why"] == "Op de lijst: datum voorbij."
    assert "Afgesloten, omdat: Het is niet meer nodig" in {item["outcome"] for item in items.values()}

    Commitment.objects.filter(pk=late.pk).update(title="Heel iets anders", due_on=due(200), quantity=1)
    Organisation.objects.filter(pk=cast.firm.pk).update(name="Nieuwe Naam B.V.")

    after = minutes.of(Review.objects.get(pk=held.pk))
    assert minutes._data(after) == data
    page = cast.client("board").get(held.get_absolute_url()).content.decode()
    assert (was in page, "Nieuwe Naam" in page) == (True, False)


def test_minutes_stay_what_they_were(cast: Cast, late: Commitment, held: Review) -> None:
    """How a commitment stood follows from its steps up to the closing."""
    late.report(Actor.of(cast.business), timezone.now(), quantity=Decimal(10), note="Gedaan", once=uuid4())
    reviewing.close(held, cast.board, timezone.now())
    held.refresh_from_db()
    before = minutes.of(held)

    late.confirm(Actor.of(cast.owner), timezone.now())
    deciding.done(minutes.of(held).decided[0].decision, Actor.of(cast.board), timezone.now())  # type: ignore[arg-type]

    assert [[item.state for item in items] for _title, items in minutes.of(held).groups] == [
        [item.state for item in items] for _title, items in before.groups
    ]
    assert before.groups[0][1][0].state == S.REPORTED


@pytest.mark.parametrize("words", ["gewoon", '#panic("x") *vet* $1$ <img> \\ "citaat"\n= kop\n#import "x"', "🎺 é ł"])
def test_minutes_as_a_tagged_pdf_with_whatever_was_written(cast: Cast, held: Review, words: str) -> None:
    held.verdicts.update(note=words)
    Review.objects.update(minutes=words)
    reviewing.close(held, cast.board, timezone.now())

    answer = cast.client("board").get(reverse("board:review_pdf", args=[held.uuid]))

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert b"/MarkInfo" in answer.content
    assert cast.client("owner").get(reverse("board:review_pdf", args=[held.uuid])).status_code == 403


# --- what came of it ---


def test_next_review_opens_with_what_came_of_the_actions(cast: Cast, second: User, held: Review) -> None:
    reviewing.close(held, cast.board, timezone.now())
    decision = Commitment.objects.get(origin="review")
    following = reviewing.start(cast.board, timezone.now())
    board = cast.client("board")

    page = board.get(following.get_absolute_url()).content.decode()

    assert "Wat kwam er van de acties" in page
    assert decision.title in page
    assert not following.verdicts.filter(commitment=decision).exists()
    done = reverse("board:review_action", args=[following.uuid, decision.uuid])
    assert [board.post(done, {"doe": "gedaan"}).status_code for _time in range(2)] == [302, 302]
    decision.refresh_from_db()
    assert (decision.state, decision.confirmed, decision.transitions.count()) == (S.KEPT, 1, 4)
    assert [(each.state, each.is_open) for each in reviewing.actions_before(following)] == [(S.KEPT, False)]
    reviewing.close(following, cast.board, timezone.now())
    assert reviewing.actions_before(reviewing.start(cast.board, timezone.now())) == []
    other = reverse("board:review_action", args=[following.uuid, Verdict.objects.earliest("pk").commitment.uuid])
    assert board.post(other).status_code == 404


def test_action_is_a_commitment_of_its_owner_and_reminded_as_any_other(
    cast: Cast, second: User, held: Review, reminder_rules: None
) -> None:
    reviewing.close(held, cast.board, timezone.now())
    decision = Commitment.objects.get(origin="review")
    Message.objects.all().delete()

    reminders.remind(timezone.localtime().replace(hour=10) + dt.timedelta(days=11))

    assert Reminder.objects.filter(commitment=decision, rule__slug="due-3").count() == 1
    told = {message.email for message in Message.objects.all() if decision.title in message.text}
    assert told == {second.email}
    whole = figures.count(Commitment.objects.all(), timezone.localdate()).whole
    assert whole.commitments == Commitment.objects.exclude(state__in=[S.PROPOSED, S.WITHDRAWN]).count() - 1
    BoardSeat.objects.filter(user=second).update(until=timezone.localdate())
    assert [each.user for each in parties.promisors(decision)] == [cast.board]
    assert parties.sides_of(second, decision) == ()


def test_action_that_is_over_cannot_be_done_once_more(cast: Cast) -> None:
    now, by = timezone.now(), Actor.of(cast.board)
    decision = deciding.decide("Bellen", cast.board, due(3), by, now)
    deciding.done(decision, by, now)

    with pytest.raises(StepNotAllowed):
        deciding.done(decision, by, now)
    assert Organisation.objects.filter(kind="board").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(kind="board", slug="nog-een", name="Nog een bestuur")
