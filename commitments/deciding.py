"""What the board gives itself to do: a commitment of the board to the circle, with a board member as contact.

It lives as any other: reminded, reported, confirmed or given back. The figures leave it out.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from commitments.models import Commitment, CommitmentState, GivenBackReason, Origin, Visibility
from commitments.outcomes import of_the_board
from kring.accounts.models import User
from kring.foundation import trail
from kring.foundation.actors import Actor
from kring.foundation.models import Circle
from members.models import Organisation, OrganisationKind
from offerings.models import Means

SLUG = "bestuur"


def the_board(by: Actor, at: dt.datetime) -> Organisation:
    """The board as a party; made the first time that it decides something."""
    found = Organisation.objects.filter(kind=OrganisationKind.BOARD).first()
    return found or _founded(by, at)


@transaction.atomic
def _founded(by: Actor, at: dt.datetime) -> Organisation:
    trail.sign(by, at)
    taken = Organisation.objects.filter(slug=SLUG).exists()
    board, _made = Organisation.objects.get_or_create(
        kind=OrganisationKind.BOARD,
        defaults={
            "slug": f"{SLUG}-{uuid4().hex[:8]}" if taken else SLUG,
            "name": _("Bestuur %(circle)s") % {"circle": Circle.current().full_name},
        },
    )
    return board


@transaction.atomic
def decide(
    title: str, owner: User, due_on: dt.date, by: Actor, at: dt.datetime, *, about: Commitment | None = None
) -> Commitment:
    """The board says what it will do; by deciding it has agreed."""
    board = the_board(by, at)
    decision = Commitment.objects.create(
        promisor=board,
        proposed_by_organisation=board,
        promisor_contact=owner,
        title=title,
        description=_("Over ‘%(title)s’.") % {"title": about.title} if about else "",
        means=Means.PEOPLE,
        quantity=Decimal(1),
        unit="keer",
        due_on=due_on,
        first_due_on=due_on,
        visibility=Visibility.PARTIES,
        origin=Origin.REVIEW,
        no_counter_favour=True,
        created_at=at,
    )
    decision.propose(by, at)
    decision.accept(by, at)
    return decision


@transaction.atomic
def done(decision: Commitment, by: Actor, at: dt.datetime, note: str = "") -> None:
    """The board says at its own table that it was done: reported and confirmed at once.

    Raises StepNotAllowed when it had ended already.
    """
    now = Commitment.objects.select_for_update().get(pk=decision.pk)
    if now.state != CommitmentState.REPORTED:
        decision.report(by, at, quantity=decision.quantity, note=note, once=uuid4())
    decision.confirm(by, at, note=note)


@transaction.atomic
def drop(decision: Commitment, by: Actor, at: dt.datetime) -> None:
    """The board says that it is not needed any more. Raises StepNotAllowed when it had ended already."""
    decision.give_back(by, at, reason=GivenBackReason.NO_NEED, note="")


def decisions() -> QuerySet[Commitment]:
    return of_the_board(Commitment.objects.all())
