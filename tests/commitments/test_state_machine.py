"""Any verb, by any side, at any time: either the step is in the diagram and all follows from it, or nothing changes.

Beside the database runs a plain model of a few lines; at the end the totals are counted once more by hand.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)

from commitments import promising, totals, waiting
from commitments.models import Commitment, CommitmentState, DateProposal, Side, StepNotAllowed
from kring.foundation.actors import Actor
from tests.factories import CommitmentFactory, OrganisationFactory

S = CommitmentState
SIDES = st.sampled_from([Side.PROMISOR.value, Side.BENEFICIARY.value])
AMOUNTS = st.integers(1, 12).map(Decimal)
SYSTEM = Actor.system()
START = timezone.make_aware(dt.datetime(2026, 3, 20, 12))  # summer time begins on the way
ANSWERABLE, MOVABLE, ALIVE = {S.PROPOSED}, {S.AGREED, S.STARTED}, {S.AGREED, S.STARTED, S.REPORTED}


@dataclass
class Model:
    """What a commitment should be."""

    pk: int
    asked: set[str]
    due: dt.date
    state: str = S.PROPOSED
    delivered: Decimal = Decimal(0)
    confirmed: Decimal | None = None
    silence: bool = False
    by_board: bool = False
    not_yet: int = 0
    board: bool = False
    date: tuple[str, dt.date] | None = None
    since: dt.datetime = START
    date_since: dt.datetime = START
    first_due: dt.date = field(init=False)

    def __post_init__(self) -> None:
        self.first_due = self.due

    def go(self, state: str, now: dt.datetime) -> None:
        self.state, self.since = state, now
        if state not in MOVABLE:
            self.date = None


class Lives(RuleBasedStateMachine):
    commitments = Bundle("commitments")

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.models: list[Model] = []

    @initialize(target=commitments)
    def begin(self) -> object:
        self.maker, self.receiver = OrganisationFactory(), OrganisationFactory()
        return multiple(*(self.make(by) for by in ("promisor", "beneficiary", "board")))

    @rule(target=commitments, by=st.sampled_from(["promisor", "beneficiary", "board"]))
    def make(self, by: str) -> Model:
        writer = {"promisor": self.maker, "beneficiary": self.receiver}.get(by)
        due = self.now.date() + dt.timedelta(days=20)
        made = CommitmentFactory(
            promisor=self.maker,
            beneficiary=self.receiver,
            proposed_by_organisation=writer,
            state=S.DRAFT,
            due_on=due,
            quantity=Decimal(10),
        )
        promising.proposed(made, agreed=False, by=SYSTEM, at=self.now)
        model = Model(made.pk, set(Side.values) - {by}, due, since=self.now)
        self.models.append(model)
        return model

    def attempt(self, model: Model, allowed: bool, deed: object) -> bool:
        """Does it, and says whether it should have changed anything."""
        found = Commitment.objects.select_related("promisor", "beneficiary").get(pk=model.pk)
        if allowed:
            deed(found)  # type: ignore[operator]
        else:
            with pytest.raises(StepNotAllowed):
                deed(found)  # type: ignore[operator]
        return allowed

    def is_to_come(self, day: dt.date) -> bool:
        return day >= timezone.localdate(self.now)

    @rule(model=commitments, side=SIDES)
    def accept(self, model: Model, side: str) -> None:
        allowed = model.state in ANSWERABLE and side in model.asked and self.is_to_come(model.due)
        if self.attempt(model, allowed, lambda it: promising.accept(it, SYSTEM, self.now, side=side)):
            model.asked.discard(side)
            if not model.asked:
                model.go(S.AGREED, self.now)
        self.same(model)

    @rule(model=commitments, verb=st.sampled_from(["decline", "withdraw"]))
    def refuse(self, model: Model, verb: str) -> None:
        deed = getattr(promising, verb)
        if self.attempt(model, model.state in ANSWERABLE, lambda it: deed(it, SYSTEM, self.now)):
            model.go({"decline": S.DECLINED, "withdraw": S.WITHDRAWN}[verb], self.now)
        self.same(model)

    @rule(model=commitments, amount=AMOUNTS, times=st.integers(1, 2))
    def progress(self, model: Model, amount: Decimal, times: int) -> None:
        once = uuid.uuid4()
        told = {"quantity": amount, "note": "", "once": once}
        allowed = model.state in MOVABLE
        for _ in range(times):  # the button twice
            self.attempt(model, allowed, lambda it: promising.add_update(it, SYSTEM, self.now, **told))
        if allowed:
            model.delivered += amount
            model.go(S.STARTED, self.now)
        self.same(model)

    @rule(model=commitments, amount=AMOUNTS)
    def report(self, model: Model, amount: Decimal) -> None:
        told = {"quantity": amount, "note": "klaar", "once": uuid.uuid4()}
        if self.attempt(model, model.state in MOVABLE, lambda it: promising.report(it, SYSTEM, self.now, **told)):
            model.delivered = amount
            model.go(S.REPORTED, self.now)
        self.same(model)

    @rule(model=commitments, amount=AMOUNTS)
    def confirm(self, model: Model, amount: Decimal) -> None:
        deed = lambda it: promising.confirm(it, SYSTEM, self.now, quantity=amount)  # noqa: E731
        if self.attempt(model, model.state == S.REPORTED, deed):
            model.confirmed, model.board = amount, False
            model.go(S.KEPT, self.now)
        self.same(model)

    @rule(model=commitments)
    def not_yet(self, model: Model) -> None:
        deed = lambda it: promising.not_yet(it, SYSTEM, self.now, note="nog niet")  # noqa: E731
        if self.attempt(model, model.state == S.REPORTED, deed):
            model.not_yet += 1
            model.board = model.board or model.not_yet > 1
            model.go(S.STARTED, self.now)
        self.same(model)

    @rule(model=commitments, side=SIDES)
    def give_back(self, model: Model, side: str) -> None:
        told = {"reason": "no_time", "note": "", "side": side}
        if self.attempt(model, model.state in ALIVE, lambda it: promising.give_back(it, SYSTEM, self.now, **told)):
            model.board = False
            model.go(S.GIVEN_BACK, self.now)
        self.same(model)

    @rule(model=commitments, side=SIDES, days=st.integers(0, 30))
    def ask_date(self, model: Model, side: str, days: int) -> None:
        day = model.due + dt.timedelta(days=days)
        allowed = model.state in MOVABLE and days > 0
        told = {"side": side, "new_date": day, "reason": ""}
        if self.attempt(model, allowed, lambda it: promising.propose_date(it, SYSTEM, self.now, **told)):
            model.date, model.date_since = (side, day), self.now
        self.same(model)

    @rule(model=commitments, yes=st.booleans())
    def answer_date(self, model: Model, yes: bool) -> None:
        asked = DateProposal.objects.filter(commitment=model.pk).last()
        if asked is None:
            return
        deed = lambda it: promising.answer_date(it, asked, SYSTEM, self.now, yes=yes)  # noqa: E731
        allowed = model.date is not None and (not yes or self.is_to_come(model.date[1]))
        if self.attempt(model, allowed, deed):
            model.due = model.date[1] if yes and model.date else model.due
            model.date = None
        self.same(model)

    @rule(model=commitments, side=SIDES)
    def ask_board(self, model: Model, side: str) -> None:
        allowed = model.state in ALIVE and not model.board
        told = {"note": "help", "side": side}
        if self.attempt(model, allowed, lambda it: promising.ask_board(it, SYSTEM, self.now, **told)):
            model.board = True
        self.same(model)

    @rule(model=commitments, amount=AMOUNTS, kept=st.booleans())
    def settle(self, model: Model, amount: Decimal, kept: bool) -> None:
        told = {"quantity": amount, "note": "gebeld", "once": uuid.uuid4()}
        deed = lambda it: (  # noqa: E731
            promising.settle_as_kept(it, SYSTEM, self.now, **told)
            if kept
            else promising.settle(it, SYSTEM, self.now, note="gebeld")
        )
        if self.attempt(model, model.board, deed):
            model.board = False
            if model.state == S.REPORTED:
                model.since = self.now  # who gets it has its days again
            if kept:
                model.delivered = model.delivered if model.state == S.REPORTED else amount
                model.confirmed, model.by_board = amount, True
                model.go(S.KEPT, self.now)
        self.same(model)

    @rule(model=consumes(commitments))
    def leave_alone(self, model: Model) -> None:
        """Nobody looks at it any more but the clock."""

    @rule(days=st.integers(1, 40))
    def time_goes_by(self, days: int) -> None:
        self.now += dt.timedelta(days=days)
        month_ago = self.now - dt.timedelta(days=30)
        waiting.lapse_proposals(self.now)
        waiting.drop_date_proposals(self.now)
        waiting.keep_by_silence(self.now)
        for model in self.models:
            if model.date is not None and model.date_since <= month_ago:
                model.date = None
            if model.state == S.PROPOSED and model.since <= month_ago:
                model.go(S.LAPSED, self.now)
            if model.state == S.REPORTED and not model.board and model.since <= month_ago:
                model.silence, model.confirmed = True, model.delivered
                model.go(S.KEPT, self.now)
            self.same(model)

    def same(self, model: Model) -> None:
        found = Commitment.objects.get(pk=model.pk)
        is_so = (found.state, found.delivered, found.confirmed, found.kept_by_silence, found.due_on)
        assert is_so == (model.state, model.delivered, model.confirmed, model.silence, model.due)
        so_far = (found.first_due_on, found.needs_board, found.kept_by_board)
        assert so_far == (model.first_due, model.board, model.by_board)
        assert set(found.waits_for) == (model.asked if model.state == S.PROPOSED else set())
        assert found.date_proposals.open().count() == (model.date is not None)

    def teardown(self) -> None:
        ours = Commitment.objects.filter(pk__in=[model.pk for model in self.models])
        counted: dict[bool, Decimal] = defaultdict(Decimal)
        for model in self.models:
            if model.confirmed is not None:
                counted[model.silence or model.by_board] += model.confirmed
            steps = list(Commitment.objects.get(pk=model.pk).transitions.values_list("before", "after"))
            assert [after for _before, after in steps][:-1] == [before for before, _after in steps][1:]
            assert steps[-1][1] == model.state
            added = Commitment.objects.get(pk=model.pk).updates.aggregate(all=Sum("quantity"))["all"]
            assert (added or Decimal(0)) == model.delivered
        assert sum(total.quantity for total in totals.per_unit(ours)) == counted[False]
        apart = ours.kept().exclude(pk__in=ours.confirmed()).aggregate(all=Sum("confirmed"))["all"]
        assert (apart or Decimal(0)) == counted[True]


@pytest.mark.django_db
def test_any_life_is_one_of_the_diagram() -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
