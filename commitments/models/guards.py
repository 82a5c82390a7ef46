"""What the database refuses of a commitment, by whatever way somebody comes in; its triggers are in the migrations."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from commitments.models.choices import CommitmentState
from offerings.models import Means

S = CommitmentState

GUARDS: list[models.BaseConstraint] = [
    models.CheckConstraint(condition=Q(state__in=S.values), name="commitment_state_known"),
    models.CheckConstraint(condition=Q(means__in=Means.values), name="commitment_means_known"),
    models.CheckConstraint(condition=Q(quantity__gt=0), name="commitment_quantity_positive"),
    models.CheckConstraint(condition=Q(delivered__gte=0), name="commitment_delivered_not_negative"),
    models.CheckConstraint(
        condition=Q(beneficiary=None) | ~Q(beneficiary=F("promisor")), name="commitment_two_parties"
    ),
    models.CheckConstraint(
        condition=Q(estimated_value=None) | (Q(estimated_value__gte=0) & ~Q(value_basis="")),
        name="commitment_value_has_basis",
    ),
    models.CheckConstraint(
        condition=~Q(state=S.KEPT) | Q(confirmed__isnull=False), name="commitment_kept_has_quantity"
    ),
    models.CheckConstraint(
        condition=Q(kept_by_board=False) | Q(state=S.KEPT, kept_by_silence=False),
        name="commitment_kept_in_one_way",
    ),
    models.CheckConstraint(
        condition=~Q(state=S.GIVEN_BACK) | ~Q(given_back_reason=""), name="commitment_given_back_has_reason"
    ),
    models.CheckConstraint(condition=~Q(counter_favour_of=F("pk")), name="commitment_not_its_own_counter_favour"),
    models.CheckConstraint(
        condition=Q(start_on=None) | Q(start_on__lte=F("due_on")), name="commitment_starts_before_due"
    ),
]
