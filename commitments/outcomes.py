"""What became of a commitment, once it was agreed: the six answers that every figure and every filter share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, CommitmentState, Origin
from commitments.models.choices import RUNNING_STATES

S = CommitmentState


class Outcome(models.TextChoices):
    """The values are those of the address: '?uitkomst=op-tijd'."""

    ON_TIME = "op-tijd", _("Nagekomen")
    LATE = "te-laat", _("Nagekomen, na de datum")
    SILENCE = "stilte", _("Zonder reactie afgesloten")
    BOARD = "bestuur", _("Door het bestuur vastgesteld")
    GIVEN_BACK = "teruggegeven", _("Teruggegeven")
    RUNNING = "loopt", _("Loopt nog")


CONFIRMED = (Outcome.ON_TIME, Outcome.LATE)
STATES: dict[str, tuple[str, ...]] = {
    Outcome.ON_TIME: (S.KEPT,),
    Outcome.LATE: (S.KEPT,),
    Outcome.SILENCE: (S.KEPT,),
    Outcome.BOARD: (S.KEPT,),
    Outcome.GIVEN_BACK: (S.GIVEN_BACK,),
    Outcome.RUNNING: (*RUNNING_STATES, S.REPORTED),
}
AGREED = tuple(dict.fromkeys(state for states in STATES.values() for state in states))


def counted(commitments: QuerySet[Any]) -> QuerySet[Any]:
    """Those that the figures are about: once agreed, and not what the board gave itself to do."""
    return commitments.filter(state__in=AGREED).exclude(origin=Origin.REVIEW)


def with_outcome(commitments: QuerySet[Any]) -> QuerySet[Any]:
    """The counted ones, each with its `outcome`. It was late when it was reported after the date that was agreed."""
    zone = timezone.get_default_timezone()
    reported_on = TruncDate(Coalesce("reported_at", "closed_at"), tzinfo=zone)
    outcome = Case(
        When(state=S.GIVEN_BACK, then=Value(Outcome.GIVEN_BACK.value)),
        When(~Q(state=S.KEPT), then=Value(Outcome.RUNNING.value)),
        When(kept_by_silence=True, then=Value(Outcome.SILENCE.value)),
        When(kept_by_board=True, then=Value(Outcome.BOARD.value)),
        When(reported_on__gt=F("due_on"), then=Value(Outcome.LATE.value)),
        default=Value(Outcome.ON_TIME.value),
        output_field=CharField(),
    )
    found: QuerySet[Any] = counted(commitments).alias(reported_on=reported_on).annotate(outcome=outcome)
    return found


def ended_as(commitments: QuerySet[Any], *wanted: str) -> QuerySet[Any]:
    """The counted ones with one of these outcomes."""
    states = {state for outcome in wanted for state in STATES[outcome]}
    return with_outcome(commitments.filter(state__in=states)).filter(outcome__in=wanted)


def outside_own_field(commitments: QuerySet[Any]) -> QuerySet[Any]:
    """Between two organisations that each have a main sector, and not the same one."""
    return between_fields(commitments).exclude(promisor__main_sector=F("beneficiary__main_sector"))


def between_fields(commitments: QuerySet[Any]) -> QuerySet[Any]:
    return counted(commitments).filter(promisor__main_sector__isnull=False, beneficiary__main_sector__isnull=False)


def of_the_board(commitments: QuerySet[Commitment]) -> QuerySet[Commitment]:
    """What board members took upon themselves in a review."""
    return commitments.filter(origin=Origin.REVIEW)
