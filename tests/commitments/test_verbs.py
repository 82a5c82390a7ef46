import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from commitments.models import Commitment, CommitmentState, GivenBackReason, StepNotAllowed, Transition
from commitments.models.choices import TRANSITIONS
from kring.foundation.actors import Actor
from tests.factories import CommitmentFactory

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
S = CommitmentState
SYSTEM = Actor.system()

pytestmark = pytest.mark.django_db


def test_every_state_says_where_it_may_go() -> None:
    assert set(TRANSITIONS) == set(S.values)
    assert set().union(*TRANSITIONS.values()) <= set(S.values)


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize(
    ("verb", "to"),
    [
        (lambda each: each.propose(SYSTEM, NOW), S.PROPOSED),
        (lambda each: each.accept(SYSTEM, NOW), S.AGREED),
        (lambda each: each.decline(SYSTEM, NOW), S.DECLINED),
        (lambda each: each.withdraw(SYSTEM, NOW), S.WITHDRAWN),
        (lambda each: each.lapse(NOW), S.LAPSED),
        (lambda each: each.report(SYSTEM, NOW, quantity=Decimal(10), note="klaar", once=uuid.uuid4()), S.REPORTED),
        (lambda each: each.confirm(SYSTEM, NOW), S.KEPT),
        (lambda each: each.give_back(SYSTEM, NOW, reason=GivenBackReason.NO_TIME, note=""), S.GIVEN_BACK),
    ],
)
def test_verb_goes_where_the_diagram_says_and_nowhere_else(state: str, verb: object, to: str) -> None:
    commitment = CommitmentFactory(
        state=state,
        confirmed=Decimal(1) if state == S.KEPT else None,
        given_back_reason="other" if state == S.GIVEN_BACK else "",
    )

    if to in TRANSITIONS[state]:
        verb(commitment)  # type: ignore[operator]
        assert Commitment.objects.get().state == to
        assert list(Transition.objects.values_list("before", "after")) == [(state, to)]
    else:
        with pytest.raises(StepNotAllowed):
            verb(commitment)  # type: ignore[operator]
        assert Commitment.objects.get().state == state
        assert not Transition.objects.exists()


def test_first_update_starts_and_quantities_add_up() -> None:
    commitment = CommitmentFactory(quantity=Decimal(10))

    for number in (3, 4):
        commitment.add_update(SYSTEM, NOW, quantity=Decimal(number), note="deel", once=uuid.uuid4())

    commitment.refresh_from_db()
    assert (commitment.state, commitment.delivered, commitment.progress) == (S.STARTED, 7, Decimal("0.7"))
    assert Transition.objects.count() == 1


def test_same_update_twice_counts_once() -> None:
    commitment, once = CommitmentFactory(), uuid.uuid4()

    for _ in range(2):
        commitment.add_update(SYSTEM, NOW, quantity=Decimal(3), note="", once=once)

    commitment.refresh_from_db()
    assert commitment.delivered == 3


def test_report_twice_with_the_same_key_is_one_report() -> None:
    commitment, once = CommitmentFactory(), uuid.uuid4()

    for _ in range(2):
        commitment.report(SYSTEM, NOW, quantity=Decimal(8), note="klaar", once=once)

    commitment.refresh_from_db()
    assert (commitment.state, commitment.delivered, commitment.updates.count()) == (S.REPORTED, 8, 1)


def test_second_not_yet_brings_in_the_board() -> None:
    commitment = CommitmentFactory(state=S.REPORTED)

    commitment.not_yet(SYSTEM, NOW, note="er mist iets")
    assert (commitment.state, commitment.needs_board) == (S.STARTED, False)

    commitment.report(SYSTEM, NOW, quantity=Decimal(10), note="nu wel", once=uuid.uuid4())
    commitment.not_yet(SYSTEM, NOW, note="nog steeds")
    assert (commitment.state, commitment.needs_board) == (S.STARTED, True)


def test_only_what_the_receiver_confirmed_counts() -> None:
    said, silent = CommitmentFactory(state=S.REPORTED, delivered=5), CommitmentFactory(state=S.REPORTED, delivered=7)

    said.confirm(SYSTEM, NOW, quantity=Decimal(4))
    silent.keep_by_silence(NOW)

    assert list(Commitment.objects.confirmed().values_list("confirmed", flat=True)) == [4]
    assert Commitment.objects.kept().count() == 2


@pytest.mark.parametrize("state", [S.AGREED, S.STARTED])
def test_late_and_nearly_due_are_derived(state: str) -> None:
    today = timezone.localdate()
    due = {days: CommitmentFactory(state=state, due_on=today + dt.timedelta(days=days)) for days in (-1, 0, 14, 15)}

    assert list(Commitment.objects.late(today)) == [due[-1]]
    assert set(Commitment.objects.nearly_due(today)) == {due[0], due[14]}
    assert due[-1].is_late(today)
    assert not due[0].is_late(today)


def test_history_cannot_be_changed_by_anybody() -> None:
    CommitmentFactory(state=S.DRAFT).propose(SYSTEM, NOW)

    for statement in ("UPDATE commitments_transition SET note = 'x'", "DELETE FROM commitments_transition"):
        with (
            pytest.raises(DatabaseError, match="only ever added"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    assert Transition.objects.get().note == ""
