"""The steps of a commitment as people take them: the verb, and the mail that goes with it, in one transaction.

`side` says for which side somebody speaks; none is the board, as go-between.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments import notices
from commitments.models import Commitment, CommitmentState, DateProposal, Side, StepNotAllowed
from kring.foundation.actors import Actor

if TYPE_CHECKING:
    from django.core.files.base import ContentFile

S = CommitmentState


def together(commitment: Commitment) -> list[Commitment]:
    """The commitment and, as long as they are at the same step, what comes back for it: they are agreed together."""
    main = commitment.counter_favour_of or commitment
    counter = Commitment.objects.filter(counter_favour_of=main).first()
    pair = [commitment if each.pk == commitment.pk else each for each in (main, counter) if each is not None]
    return pair if {each.state for each in pair} == {commitment.state} else [commitment]


@transaction.atomic
def proposed(commitment: Commitment, *, agreed: bool, by: Actor, at: dt.datetime) -> None:
    """From draft to proposed and, when the other side has said yes already, to agreed."""
    for each in together(commitment):
        each.propose(by, at)
        if agreed:
            each.accept(by, at)
            notices.tell_of_agreement(each)
    if not agreed:
        notices.ask_to_answer(commitment)


DATE_OF_DRAFT = gettext_lazy("De datum is al voorbij. Kies eerst een nieuwe datum, en stel het dan voor.")
DATE_OF_PROPOSAL = gettext_lazy(
    "De datum van dit voorstel is al voorbij. Zeg nee, en schrijf erbij wanneer het wel kan. Of bel de ander even."
)
NEW_DATE = gettext_lazy("Die nieuwe datum is al voorbij. Zeg nee, en stel zelf een datum voor die nog komt.")


def check_dates(commitment: Commitment, at: dt.datetime, told: Promise | str) -> None:
    """Nobody can promise a day that has gone. Raises StepNotAllowed with what to do."""
    today = timezone.localdate(at)
    if any(each.due_on < today for each in together(commitment)):
        raise StepNotAllowed("its date has passed", told=told)


@transaction.atomic
def accept(commitment: Commitment, by: Actor, at: dt.datetime, note: str = "", *, side: str = "") -> None:
    if commitment.state == S.PROPOSED:
        check_dates(commitment, at, DATE_OF_PROPOSAL)
    for each in together(commitment):
        # Who gets the one, does the other.
        own = side if each.pk == commitment.pk else Side.opposite(side)
        each.accept(by, at, note, side=own)
        if each.state == S.AGREED:
            notices.tell_of_agreement(each)


@transaction.atomic
def decline(commitment: Commitment, by: Actor, at: dt.datetime, note: str = "", *, side: str = "") -> None:
    for each in together(commitment):
        each.decline(by, at, note)
    notices.tell_of_decline(commitment, note, side)


@transaction.atomic
def withdraw(commitment: Commitment, by: Actor, at: dt.datetime, note: str = "") -> None:
    was_asked = commitment.state == S.PROPOSED
    for each in together(commitment):
        each.withdraw(by, at, note)
    if was_asked:
        notices.tell_of_withdrawal(commitment)


@transaction.atomic
def lapse(commitment: Commitment, at: dt.datetime) -> None:
    """Who wrote a pair is told of the main one, from which both can be proposed again."""
    pair = together(commitment)
    for each in pair:
        each.lapse(at)
    notices.tell_of_lapse(pair[0])


@transaction.atomic
def add_update(
    commitment: Commitment,
    by: Actor,
    at: dt.datetime,
    *,
    quantity: Decimal,
    note: str,
    once: uuid.UUID,
    photo: ContentFile[bytes] | None = None,
) -> None:
    commitment.add_update(by, at, quantity=quantity, note=note, once=once, photo=photo)


@transaction.atomic
def report(
    commitment: Commitment,
    by: Actor,
    at: dt.datetime,
    *,
    quantity: Decimal,
    note: str,
    once: uuid.UUID,
    photo: ContentFile[bytes] | None = None,
) -> None:
    commitment.report(by, at, quantity=quantity, note=note, once=once, photo=photo)
    if commitment.state == S.REPORTED and commitment.reported_at == at:
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
        notices.tell_board(commitment, f"dispute:{commitment.uuid}:{commitment.not_yet_count}", why, note)


@transaction.atomic
def give_back(
    commitment: Commitment, by: Actor, at: dt.datetime, *, reason: str, note: str, side: str = Side.PROMISOR
) -> None:
    """Who does it says that it will not work out, or who gets it that it is not needed any more."""
    commitment.give_back(by, at, reason=reason, note=note)
    notices.tell_of_giving_back(commitment, note, side)


@transaction.atomic
def keep_by_silence(commitment: Commitment, at: dt.datetime) -> None:
    commitment.keep_by_silence(at)
    notices.tell_of_keeping(commitment)


# --- another date ---


@transaction.atomic
def propose_date(
    commitment: Commitment, by: Actor, at: dt.datetime, *, side: str, new_date: dt.date, reason: str
) -> None:
    notices.ask_about_date(commitment, commitment.propose_date(by, at, side=side, new_date=new_date, reason=reason))


@transaction.atomic
def answer_date(
    commitment: Commitment, proposal: DateProposal, by: Actor, at: dt.datetime, *, yes: bool, note: str = ""
) -> None:
    if yes and proposal.new_date < timezone.localdate(at):
        raise StepNotAllowed("the new date has passed", told=NEW_DATE)
    commitment.answer_date(by, at, proposal, yes=yes, note=note)
    notices.tell_of_date(commitment, proposal, note)


# --- the board in between ---


@transaction.atomic
def ask_board(commitment: Commitment, by: Actor, at: dt.datetime, *, note: str, side: str) -> None:
    """The board hears it, and the other side that it was asked."""
    commitment.ask_board(by, at, note=note, side=side)
    why = _("Een van de twee kanten vraagt het bestuur om te helpen.")
    notices.tell_board(commitment, f"asked:{commitment.uuid}:{at:%Y%m%d%H%M%S}", why, note)
    notices.tell_that_board_was_asked(commitment, note, side)


@transaction.atomic
def settle(commitment: Commitment, by: Actor, at: dt.datetime, *, note: str, new_date: dt.date | None = None) -> None:
    """The board has spoken with both sides, who go on; by another date when they agreed on one."""
    if new_date is not None and commitment.state == S.REPORTED:
        commitment.not_yet(by, at, note=note)  # it goes on
    commitment.mediate(by, at, note=note)
    if new_date is not None:
        proposal = commitment.propose_date(by, at, side="", new_date=new_date)
        commitment.answer_date(by, at, proposal, yes=True)
    notices.tell_of_mediation(commitment, note, at)


@transaction.atomic
def settle_as_kept(
    commitment: Commitment, by: Actor, at: dt.datetime, *, quantity: Decimal, note: str, once: uuid.UUID
) -> None:
    """The board finds that it was done, whatever the two sides made of it. What was said stays between the three."""
    commitment.mediate(by, at, note=note)
    if commitment.state != S.REPORTED:
        commitment.report(by, at, quantity=quantity, note=commitment.result, once=once)
    commitment.keep_by_board(by, at, quantity=quantity)
    notices.tell_of_mediation(commitment, note, at)


@transaction.atomic
def settle_as_given_back(commitment: Commitment, by: Actor, at: dt.datetime, *, reason: str, note: str) -> None:
    commitment.mediate(by, at, note=note)
    commitment.give_back(by, at, reason=reason, note="")
    notices.tell_of_mediation(commitment, note, at)
