"""The steps of a commitment as people take them: the verb, and the mail that goes with it, in one transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from commitments import notices
from commitments.models import Commitment, CommitmentState
from kring.foundation.actors import Actor


def with_counter_favour(commitment: Commitment) -> Iterator[Commitment]:
    """The commitment and, when it is still at the same step, what comes back for it: they are agreed together."""
    yield commitment
    counter = Commitment.objects.filter(counter_favour_of=commitment, state=commitment.state).first()
    if counter is not None:
        yield counter


@transaction.atomic
def proposed(commitment: Commitment, *, agreed: bool, by: Actor, at: dt.datetime) -> None:
    """From draft to proposed and, when the other side has said yes already, to agreed."""
    for each in list(with_counter_favour(commitment)):
        each.propose(by, at)
        if agreed:
            each.accept(by, at)
            notices.tell_of_agreement(each)
    if not agreed:
        notices.ask_to_answer(commitment)


@transaction.atomic
def accept(commitment: Commitment, by: Actor, at: dt.datetime, note: str = "") -> None:
    for each in list(with_counter_favour(commitment)):
        each.accept(by, at, note)
        notices.tell_of_agreement(each)


@transaction.atomic
def decline(commitment: Commitment, by: Actor, at: dt.datetime, note: str = "") -> None:
    for each in list(with_counter_favour(commitment)):
        each.decline(by, at, note)
    notices.tell_of_decline(commitment, note)


@transaction.atomic
def withdraw(commitment: Commitment, by: Actor, at: dt.datetime, note: str = "") -> None:
    for each in list(with_counter_favour(commitment)):
        each.withdraw(by, at, note)


@transaction.atomic
def lapse(commitment: Commitment, at: dt.datetime) -> None:
    for each in list(with_counter_favour(commitment)):
        each.lapse(at)


@transaction.atomic
def add_update(
    commitment: Commitment, by: Actor, at: dt.datetime, *, quantity: Decimal, note: str, once: uuid.UUID
) -> None:
    commitment.add_update(by, at, quantity=quantity, note=note, once=once)


@transaction.atomic
def report(
    commitment: Commitment, by: Actor, at: dt.datetime, *, quantity: Decimal, note: str, once: uuid.UUID
) -> None:
    commitment.report(by, at, quantity=quantity, note=note, once=once)
    if commitment.state == CommitmentState.REPORTED and commitment.reported_at == at:
        notices.ask_to_confirm_result(commitment)


@transaction.atomic
def confirm(
    commitment: Commitment, by: Actor, at: dt.datetime, *, quantity: Decimal | None = None, note: str = ""
) -> None:
    commitment.confirm(by, at, quantity=quantity, note=note)
    notices.tell_of_keeping(commitment)


@transaction.atomic
def not_yet(commitment: Commitment, by: Actor, at: dt.datetime, *, note: str) -> None:
    """The second time the board is asked to help."""
    commitment.not_yet(by, at, note=note)
    notices.tell_of_not_yet(commitment, note)
    if commitment.needs_board:
        why = _("De ontvanger zegt voor de tweede keer dat het nog niet klaar is.")
        notices.tell_board(commitment, f"dispute:{commitment.uuid}:{commitment.not_yet_count}", why)


@transaction.atomic
def give_back(commitment: Commitment, by: Actor, at: dt.datetime, *, reason: str, note: str) -> None:
    commitment.give_back(by, at, reason=reason, note=note)
    notices.tell_of_giving_back(commitment, note)


@transaction.atomic
def keep_by_silence(commitment: Commitment, at: dt.datetime) -> None:
    commitment.keep_by_silence(at)
    notices.tell_of_keeping(commitment)
