from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, Q
from django.utils import timezone

from commitments.models.choices import OPEN_STATES, RUNNING_STATES, CommitmentState, Visibility
from kring.accounts.access import is_board
from members.models import Organisation, Role

if TYPE_CHECKING:
    from commitments.models.commitments import Commitment  # noqa: F401 - named in QuerySet[...]
    from kring.accounts.models import User

NEARLY_DUE = dt.timedelta(days=14)
WAITING_LONG = dt.timedelta(days=14)

S = CommitmentState


def unsent(to: str = "") -> Q:
    """A draft, also one that was withdrawn before anybody was asked: the business of who wrote it, and of the board.

    `to` leads to the commitment, as in "commitment__".
    """
    withdrawn = Q(**{f"{to}state": S.WITHDRAWN, f"{to}proposed_at": None})
    return Q(**{f"{to}state": S.DRAFT}) | withdrawn


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def open(self) -> CommitmentQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def running(self) -> CommitmentQuerySet:
        return self.filter(state__in=RUNNING_STATES)

    def late(self, today: dt.date) -> CommitmentQuerySet:
        """Past the due date and not reported: derived, never stored."""
        return self.running().filter(due_on__lt=today)

    def nearly_due(self, today: dt.date) -> CommitmentQuerySet:
        return self.running().filter(due_on__gte=today, due_on__lte=today + NEARLY_DUE)

    def waiting_long(self, now: dt.datetime) -> CommitmentQuerySet:
        """Proposed or reported, and without an answer for 14 days."""
        return self.filter(state__in=[S.PROPOSED, S.REPORTED], moved_at__lte=now - WAITING_LONG)

    def kept(self) -> CommitmentQuerySet:
        return self.filter(state=S.KEPT)

    def confirmed(self) -> CommitmentQuerySet:
        """Kept, and said so by the receiver: only these count in the totals."""
        return self.kept().filter(kept_by_silence=False, kept_by_board=False)

    def with_party(self, organisation: Organisation) -> CommitmentQuerySet:
        return self.filter(Q(promisor=organisation) | Q(beneficiary=organisation))

    def visible_to(self, user: User | AnonymousUser, today: dt.date | None = None) -> CommitmentQuerySet:
        """By visibility; a draft is seen by who makes it, and what did not come about only by the parties."""
        if is_board(user):
            return self.all()
        told = self.exclude(state__in=[S.DRAFT, S.DECLINED, S.WITHDRAWN, S.LAPSED, S.PROPOSED])
        if not user.is_authenticated:
            return told.filter(visibility=Visibility.PUBLIC)
        mine = Role.objects.held(today or timezone.localdate()).filter(user=user).values("organisation")
        outsiders = Q(visibility=Visibility.PUBLIC) | Q(visibility=Visibility.MEMBERS) & Exists(mine)
        hidden = Q(state__in=[S.DRAFT, S.DECLINED, S.WITHDRAWN, S.LAPSED, S.PROPOSED])
        ours = Q(promisor__in=mine) | Q(beneficiary__in=mine)
        return self.filter(outsiders & ~hidden | ours & ~unsent() | Q(proposed_by_organisation__in=mine))

    def to_answer_by(self, organisations: Collection[int]) -> CommitmentQuerySet:
        """Proposals to which one of these organisations has not said yes or no; see Commitment.waits_for."""
        as_promisor = Q(promisor__in=organisations, promisor_yes_at=None)
        as_beneficiary = Q(beneficiary__in=organisations, beneficiary_yes_at=None)
        wrote = Q(proposed_by_organisation__isnull=False)
        return self.filter(
            as_promisor & ~(wrote & Q(proposed_by_organisation=F("promisor")))
            | as_beneficiary & ~(wrote & Q(proposed_by_organisation=F("beneficiary"))),
            state=S.PROPOSED,
        )
