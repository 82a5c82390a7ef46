"""The board's review: a list that prepares itself, a verdict on each, minutes, and what came of it the next time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, CharField, DateField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from commitments import deciding, promising
from commitments.models import (
    Commitment,
    CommitmentState,
    Origin,
    Review,
    ReviewReason,
    StepNotAllowed,
    Transition,
    Verdict,
    VerdictKind,
)
from commitments.models.choices import RUNNING_STATES
from commitments.models.finding import WAITING_LONG
from kring.accounts.models import User
from kring.board import review_mail
from kring.foundation.actors import Actor

S, R = CommitmentState, ReviewReason

SILENT_AFTER = dt.timedelta(days=30)
DUE_AFTER = dt.timedelta(days=90)
# More than an evening can hold; what presses least comes the next time.
MOST_ON_LIST = 200
COME_BACK = (VerdictKind.WORRY, VerdictKind.ACT)


class ReviewClosed(Exception):
    """The review has become minutes: nothing is added to it any more."""


def candidates(now: dt.datetime) -> QuerySet[Any]:
    """The commitments that the board should look at, each with its `reason`, the most pressing first."""
    today = timezone.localdate(now)
    zone = timezone.get_default_timezone()
    last = Verdict.objects.filter(commitment=OuterRef("pk"), review__closed_at__isnull=False).order_by(
        "-review__closed_at", "-review"
    )
    judged = last.exclude(kind="")
    latest = Review.objects.closed().order_by("-closed_at", "-pk").values("pk")[:1]
    seen_on = Coalesce(
        Subquery(judged.values("review__held_on")[:1]), TruncDate("agreed_at", tzinfo=zone), output_field=DateField()
    )
    running = Q(state__in=RUNNING_STATES)
    come_back = Q(last_kind__in=COME_BACK, last_review=Subquery(latest))
    reason = Case(
        When(needs_board=True, then=Value(R.DISPUTE.value)),
        When(come_back, then=Value(R.AGAIN.value)),
        When(running & Q(due_on__lt=today), then=Value(R.LATE.value)),
        When(state__in=[S.PROPOSED, S.REPORTED], moved_at__lte=now - WAITING_LONG, then=Value(R.WAITING.value)),
        When(running & Q(moved_at__lte=now - SILENT_AFTER), then=Value(R.SILENT.value)),
        When(running & Q(seen_on__lte=today - DUE_AFTER), then=Value(R.DUE.value)),
        default=Value(""),
        output_field=CharField(),
    )
    found = (
        Commitment.objects.open()
        .exclude(origin=Origin.REVIEW)
        .annotate(
            last_kind=Subquery(last.values("kind")[:1]),
            last_review=Subquery(last.values("review")[:1]),
            seen_on=seen_on,
        )
        .annotate(reason=reason)
        .exclude(reason="")
    )
    pressing = Case(*(When(reason=value, then=Value(rank)) for rank, value in enumerate(R.values)))
    return found.order_by(pressing, "due_on", "pk")


def start(by: User, now: dt.datetime) -> Review:
    """The review that is open, or a new one with its list. Two board members at once get the same."""
    try:
        with transaction.atomic():
            review = Review.objects.create(held_on=timezone.localdate(now), chair=by)
    except IntegrityError:
        return Review.objects.open().get()
    prepare(review, now)
    return review


@transaction.atomic
def prepare(review: Review, now: dt.datetime) -> int:
    """Puts on the list what presses and is not on it yet; returns how many that were."""
    locked = _locked(review)
    room = max(MOST_ON_LIST - locked.verdicts.count(), 0)
    fresh = candidates(now).exclude(verdicts__review=locked).values_list("pk", "reason")[:room]
    last = locked.verdicts.order_by("-place").values_list("place", flat=True).first() or 0
    added = Verdict.objects.bulk_create(
        [
            Verdict(review=locked, commitment_id=pk, reason=reason, place=place)
            for place, (pk, reason) in enumerate(fresh, start=last + 1)
        ]
    )
    Review.objects.filter(pk=locked.pk).update(held_on=timezone.localdate(now))
    return len(added)


def _locked(review: Review) -> Review:
    """Raises ReviewClosed. Whoever writes in a review holds its row, so that none is closed under their hands."""
    locked = Review.objects.select_for_update().get(pk=review.pk)
    if locked.closed_at is not None:
        raise ReviewClosed
    return locked


def locked_verdict(verdict: Verdict) -> Verdict:
    """As it is now, to be written in this transaction. Raises ReviewClosed."""
    _locked(verdict.review)
    related = Verdict.objects.select_related("commitment__promisor", "commitment__beneficiary", "review")
    return related.select_for_update(of=("self",)).get(pk=verdict.pk)


def judge(verdict: Verdict, by: User, now: dt.datetime) -> None:
    """Writes what the form put in a verdict that was locked."""
    verdict.version += 1
    verdict.judged_by, verdict.judged_at = by, now
    verdict.save()


def keep_notes(review: Review, present: list[User], by: User) -> None:
    """What goes in the minutes besides the verdicts; the review was locked."""
    review.version += 1
    review.save(update_fields=["minutes", "version"])
    review.present.set(present)


def locked_review(review: Review) -> Review:
    return _locked(review)


@transaction.atomic
def close(review: Review, by: User, now: dt.datetime) -> None:
    """Into minutes: what was decided is agreed, what was ended ends, and the board gets mail. Raises ReviewClosed."""
    locked = _locked(review)
    actor = Actor.of(by)
    given = locked.verdicts.select_related("commitment__promisor", "commitment__beneficiary", "action_owner")
    _write_down(list(given))
    for verdict in given.filter(kind__in=[VerdictKind.ACT, VerdictKind.CLOSE]):
        if verdict.kind == VerdictKind.ACT:
            _decide(verdict, actor, now)
        else:
            _end(verdict, actor, now)
    locked.closed_at = now
    locked.save(update_fields=["closed_at"])
    review_mail.send_minutes(locked)


def _write_down(verdicts: list[Verdict]) -> None:
    """How each commitment on the list stands, for the minutes. To be called before any of them ends."""
    for verdict in verdicts:
        verdict.facts = facts_of(verdict.commitment)
    Verdict.objects.bulk_update(verdicts, ["facts"])


def facts_of(commitment: Commitment) -> dict[str, str]:
    return {
        "title": commitment.title,
        "promisor": commitment.promisor.name,
        "beneficiary": commitment.beneficiary.name if commitment.beneficiary else "",
        "quantity": str(commitment.quantity),
        "unit": commitment.unit,
        "due_on": commitment.due_on.isoformat(),
    }


def _decide(verdict: Verdict, actor: Actor, now: dt.datetime) -> None:
    owner, due_on = verdict.action_owner, verdict.action_due_on
    if owner is None or due_on is None:  # the account is gone since: the constraint let it be forgotten
        return
    verdict.decision = deciding.decide(verdict.action, owner, due_on, actor, now, about=verdict.commitment)
    verdict.save(update_fields=["decision"])


def _end(verdict: Verdict, actor: Actor, now: dt.datetime) -> None:
    """A proposal is withdrawn with what is agreed together with it, the rest given back; what has ended stays so.

    The history is for everybody: what the board wrote for itself does not go in.
    """
    commitment = verdict.commitment
    try:
        if commitment.state == S.PROPOSED:
            for each in promising.together(commitment):
                each.withdraw(actor, now)
        else:
            commitment.give_back(actor, now, reason=verdict.close_reason, note="")
    except StepNotAllowed:
        return
    review_mail.tell_of_end(commitment, verdict)


# --- what came of the actions ---


@dataclass(frozen=True)
class Action:
    """What a board member took on in an earlier review, and how it stood."""

    decision: Commitment
    state: str

    @property
    def state_label(self) -> str:
        return str(S(self.state).label)

    @property
    def is_open(self) -> bool:
        return self.state not in {S.KEPT, S.GIVEN_BACK, S.WITHDRAWN, S.DECLINED, S.LAPSED}


def actions_before(review: Review) -> list[Action]:
    """Those that were open when the review before this one closed, as they stood at the end of this one."""
    previous = Review.objects.before(review).first()
    if previous is None or previous.closed_at is None:
        return []
    since, until = previous.closed_at, review.closed_at
    earlier = deciding.decisions().filter(decided_in__review__in=Review.objects.before(review))
    still = earlier.filter(Q(closed_at=None) | Q(closed_at__gte=since))
    rows = list(still.select_related("promisor_contact").order_by("due_on", "pk")[:MOST_ON_LIST])
    states = states_at(rows, until) if until else {}
    return [Action(row, states.get(row.pk, row.state)) for row in rows]


def states_at(commitments: list[Commitment], moment: dt.datetime) -> dict[int, str]:
    """How each stood at a moment, by the steps that were taken up to then."""
    steps = Transition.objects.filter(commitment__in=commitments, at__lte=moment)
    last = steps.order_by("commitment", "-at", "-pk").distinct("commitment")
    return dict(last.values_list("commitment", "after"))
