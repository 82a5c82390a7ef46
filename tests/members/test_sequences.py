"""No sequence of steps leaves an organisation with periods that overlap, or one that belongs without an owner."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from members import applying, belonging, people
from members.models import (
    Application,
    InvitationOver,
    LastOwner,
    Membership,
    MembershipStatus,
    NoOwner,
    Organisation,
    Role,
    RoleKind,
    RoleOver,
    TransitionNotAllowed,
)
from members.models.memberships import BELONGING, NEEDS_OWNER
from members.people import Guest
from tests.factories import BoardMemberFactory, OrganisationFactory, RoleFactory, UserFactory

# What may be answered to a step that does not fit; anything else is a fault.
REFUSALS = (
    TransitionNotAllowed,
    NoOwner,
    LastOwner,
    RoleOver,
    InvitationOver,
    applying.ApplicationOver,
    applying.BelongsAlready,
    people.ServesAlready,
    people.AccountClosed,
)
days = st.integers(0, 400)


class Life(RuleBasedStateMachine):
    """Everybody tries everything, on later and later days."""

    @initialize()
    def begin(self) -> None:
        self.now = timezone.now() - dt.timedelta(days=3000)
        self.board = BoardMemberFactory()
        self.organisation: Organisation = OrganisationFactory(membership=False)
        self.people = [UserFactory() for _each in range(3)]
        RoleFactory(user=self.people[0], organisation=self.organisation, role=RoleKind.OWNER)
        self.attempt(applying.rejoin, self.organisation, self.people[0], self.now, motivation="Graag.")

    def attempt(self, verb: Any, *args: Any, **kwargs: Any) -> None:
        try:
            verb(*args, **kwargs)
        except REFUSALS:
            pass

    def application(self) -> Application | None:
        return Application.objects.filter(organisation=self.organisation).order_by("pk").last()

    def membership(self) -> Membership | None:
        return Membership.objects.of(self.organisation).order_by("pk").last()

    def roles(self) -> list[Role]:
        return list(Role.objects.of(self.organisation).open().order_by("pk"))

    @rule(days=days)
    def time_passes(self, days: int) -> None:
        self.now += dt.timedelta(days=days)
        belonging.close_run_out(self.now)

    @rule()
    def rejoin(self) -> None:
        self.attempt(applying.rejoin, self.organisation, self.people[0], self.now, motivation="Graag.")

    @rule(deed=st.sampled_from(["accept", "trial", "reject", "ask", "withdraw"]))
    def decide(self, deed: str) -> None:
        found = self.application()
        if found is None:
            return
        match deed:
            case "accept" | "trial":
                self.attempt(applying.accept, found, self.board, self.now, trial=deed == "trial")
            case "reject":
                self.attempt(applying.reject, found, self.board, self.now, reason="Nu niet.")
            case "ask":
                self.attempt(applying.ask, found, self.board, self.now, question="Hoeveel?")
            case "withdraw":
                self.attempt(applying.withdraw, found, belonging.Actor.of(self.people[0]), self.now)

    @rule(step=st.sampled_from(belonging.STEPS), days=days)
    def take(self, step: belonging.Step, days: int) -> None:
        found = self.membership()
        if found is not None:
            last_day = timezone.localdate(self.now) + dt.timedelta(days=days)
            self.attempt(belonging.take, found, step, self.board, self.now, reason="Daarom.", last_day=last_day)

    @rule(stays=st.booleans(), days=days)
    def resign_or_stay(self, stays: bool, days: int) -> None:
        found = self.membership()
        if found is None:
            return
        if stays:
            self.attempt(belonging.stay, found, self.people[0], self.now)
        else:
            last_day = timezone.localdate(self.now) + dt.timedelta(days=days)
            self.attempt(belonging.resign, found, self.people[0], self.now, last_day=last_day, reason="")

    @rule(who=st.integers(0, 2), role=st.sampled_from(RoleKind.values))
    def invite_and_accept(self, who: int, role: str) -> None:
        guest = Guest(self.people[who].email)
        try:
            invitation = people.invite(self.organisation, guest, role, self.people[0], self.now)
        except REFUSALS:
            return
        self.attempt(people.accept, invitation, belonging.Actor.of(self.people[who]), self.now)

    @rule(which=st.integers(0, 3), role=st.sampled_from(RoleKind.values))
    def change(self, which: int, role: str) -> None:
        for held in self.roles()[which : which + 1]:
            self.attempt(people.change_role, held, role, self.board, self.now)

    @rule(which=st.integers(0, 3))
    def leave(self, which: int) -> None:
        for held in self.roles()[which : which + 1]:
            self.attempt(people.remove, held, held.user, self.now)

    @rule(which=st.integers(0, 3), to=st.integers(0, 3), leaves=st.booleans())
    def hand_over(self, which: int, to: int, leaves: bool) -> None:
        held = self.roles()
        if which < len(held) and to < len(held):
            self.attempt(people.hand_over, held[which], held[to], held[which].user, self.now, leaves=leaves)

    @rule(who=st.integers(0, 2))
    def appoint(self, who: int) -> None:
        guest = Guest(self.people[who].email)
        self.attempt(people.appoint, self.organisation, guest, self.board, self.now, reason="Niemand antwoordt.")

    @rule(who=st.integers(0, 2), opens=st.booleans())
    def close_or_open_account(self, who: int, opens: bool) -> None:
        user = self.people[who]
        if opens or not people.sole_of(user, timezone.localdate(self.now)):
            user.is_active = opens
            user.save(update_fields=["is_active"])

    @invariant()
    def periods_are_apart(self) -> None:
        held = Membership.objects.of(self.organisation).filter(period__isnull=False).order_by("period")
        for earlier, later in pairwise(held.values_list("period", flat=True)):
            assert earlier.upper is not None
            assert earlier.upper <= later.lower

    @invariant()
    def one_goes_on(self) -> None:
        assert Membership.objects.of(self.organisation).going_on().count() <= 1

    @invariant()
    def who_belongs_has_an_owner(self) -> None:
        held = Membership.objects.of(self.organisation)
        if held.filter(status__in=NEEDS_OWNER).exists():
            today = timezone.localdate(self.now)
            assert Role.objects.of(self.organisation).owners().held(today).able().open().exists()

    @invariant()
    def every_step_is_traced(self) -> None:
        for membership in Membership.objects.of(self.organisation):
            last = membership.transitions.order_by("pk").last()
            assert membership.status == (last.after if last else MembershipStatus.APPLIED)

    @invariant()
    def board_alone_makes_a_trial_a_member(self) -> None:
        for membership in Membership.objects.of(self.organisation):
            belonged = ""
            for step in membership.transitions.order_by("pk"):
                if (belonged, step.after) == (MembershipStatus.TRIAL, MembershipStatus.ACTIVE):
                    assert step.actor == self.board
                belonged = step.after if step.after in NEEDS_OWNER else belonged

    @invariant()
    def board_alone_takes_back_what_it_ended(self) -> None:
        for membership in Membership.objects.of(self.organisation):
            for earlier, later in pairwise(membership.transitions.order_by("pk")):
                if earlier.after == MembershipStatus.RESIGNED and later.after in NEEDS_OWNER:
                    assert later.actor == self.board or earlier.actor != self.board

    @invariant()
    def who_is_listed_belongs_today(self) -> None:
        today = timezone.localdate(self.now)
        listed = Organisation.objects.listed(today).filter(pk=self.organisation.pk).exists()
        assert (
            listed
            == Membership.objects.of(self.organisation).filter(status__in=BELONGING, period__contains=today).exists()
        )


class TestLife(TestCase, Life.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(
        max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
