"""Making a commitment: free, in a meeting, or again after it lapsed. Nothing counts before the other side says yes.

During a meeting it is typed on the quick page, with `PledgeForm` and `origin=Origin.MEETING`. What the room of the
meetings caught itself it writes down on its own side, which also keeps which commitment came from which meeting.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from commitments import parties, promising
from commitments.models import Commitment, CommitmentState, Origin, Transition
from kring.accounts.access import is_board
from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.foundation.ratelimit import exceeded
from kring.foundation.trail import Trace
from members.models import Organisation
from offerings.models import Means

# What a quantity is most of the time, when nobody says which of the five M's it is.
MEANS_OF_UNIT = {"euro": Means.MONEY, "plekken": Means.GOODS, "stuks": Means.GOODS}


@dataclass(frozen=True)
class Counter:
    """What comes back, as a commitment of its own."""

    title: str
    quantity: Decimal
    unit: str
    due_on: dt.date


class NotAParty(Exception):
    """Somebody writes a commitment for two organisations without being of either, or of the board."""


# Each proposal is a mail to somebody. An evening with the whole circle makes fewer.
PROPOSALS_PER_HOUR = 120


def too_often(user: User) -> bool:
    """Counts one proposal; true once it is more than a person makes."""
    return exceeded("propose", str(user.pk), limit=PROPOSALS_PER_HOUR, seconds=3600)


def may_make(user: User | AnonymousUser) -> bool:
    return is_board(user) or Organisation.objects.served_by(user).exists()


def proposer(user: User, promisor: Organisation, beneficiary: Organisation | None) -> Organisation | None:
    """For whom the user writes it: the own side; none is the board, for two others or for the circle.

    Raises NotAParty.
    """
    for side in (promisor, beneficiary):
        if side is not None and parties.serves(user, side):
            return side
    if is_board(user):
        return None
    raise NotAParty


@transaction.atomic
def draft(
    by: User,
    at: dt.datetime,
    *,
    promisor: Organisation,
    beneficiary: Organisation | None,
    terms: dict[str, Any],
    counter: Counter | None = None,
    origin: str = Origin.NONE,
    once: uuid.UUID | None = None,
) -> Commitment:
    """Writes it down, and what comes back for it. The same `once` again gives what was written the first time.

    Raises NotAParty.
    """
    written_for = proposer(by, promisor, beneficiary)
    main, is_new = _written(by, at, promisor, beneficiary, written_for, {**terms, "origin": origin, "once": once})
    if is_new and counter is not None and beneficiary is not None:
        back = terms_of_counter(counter) | {"counter_favour_of": main, "visibility": main.visibility, "origin": origin}
        _written(by, at, beneficiary, promisor, written_for, back)
    return main


def terms_of_counter(counter: Counter) -> dict[str, Any]:
    return {
        "title": counter.title[:120],
        "quantity": counter.quantity,
        "unit": counter.unit,
        "due_on": counter.due_on,
        "means": MEANS_OF_UNIT.get(counter.unit, Means.PEOPLE),
        "no_counter_favour": True,
    }


def _written(
    by: User,
    at: dt.datetime,
    promisor: Organisation,
    beneficiary: Organisation | None,
    written_for: Organisation | None,
    terms: dict[str, Any],
) -> tuple[Commitment, bool]:
    """The draft with its first trace, and whether it is a new one."""
    made = Commitment(
        promisor=promisor,
        beneficiary=beneficiary,
        proposed_by_organisation=written_for,
        promisor_contact=by if written_for == promisor else None,
        beneficiary_contact=by if written_for is not None and written_for == beneficiary else None,
        state=CommitmentState.DRAFT,
        first_due_on=terms["due_on"],
        created_at=at,
        moved_at=at,
        **{**of_sides(promisor, beneficiary), **{name: value for name, value in terms.items() if value is not None}},
    )
    Commitment.objects.bulk_create([made], ignore_conflicts=True)
    stored = Commitment.objects.filter(once=made.once).first() if made.once else None
    if stored is not None and stored.uuid != made.uuid:
        return stored, False
    stored = Commitment.objects.get(uuid=made.uuid)
    Transition.objects.create(commitment=stored, after=CommitmentState.DRAFT, at=at, **Trace.signature(Actor.of(by)))
    return stored, True


def of_sides(promisor: Organisation, beneficiary: Organisation | None) -> dict[str, Any]:
    """Where it counts, unless somebody says otherwise: with who does it or, for a business, with who gets it."""
    found: dict[str, Any] = {"sector": None, "district": None}
    for side in (promisor, beneficiary):
        if side is not None:
            found["sector"] = found["sector"] or side.main_sector
            found["district"] = found["district"] or side.districts.order_by("order", "pk").first()
    return found


@transaction.atomic
def propose(commitment: Commitment, by: User, at: dt.datetime) -> None:
    """Asks the other side for its yes. Once: who presses twice has proposed it already.

    Raises StepNotAllowed when its date has passed.
    """
    if Commitment.objects.select_for_update().get(pk=commitment.pk).state == CommitmentState.PROPOSED:
        return
    promising.check_dates(commitment, at, promising.DATE_OF_DRAFT)
    promising.proposed(commitment, agreed=False, by=Actor.of(by), at=at)


@transaction.atomic
def edit(commitment: Commitment, by: User, at: dt.datetime, *, terms: dict[str, Any], counter: Counter | None) -> None:
    """Other terms for a draft, or for what lapsed; who may see it also goes for what comes back for it.

    Raises StepNotAllowed once somebody was asked to say yes.
    """
    commitment.edit(Actor.of(by), at, **terms)
    back = Commitment.objects.filter(counter_favour_of=commitment).first()
    if back is not None:
        of_back = terms_of_counter(counter) if counter else {}
        back.edit(Actor.of(by), at, **of_back, visibility=commitment.visibility)
    elif counter is not None and commitment.beneficiary is not None:
        sides = (commitment.beneficiary, commitment.promisor, commitment.proposed_by_organisation)
        shared = {"counter_favour_of": commitment, "visibility": commitment.visibility, "origin": commitment.origin}
        _written(by, at, *sides, terms_of_counter(counter) | shared)
