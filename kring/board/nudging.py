"""The board asks somebody to move: one mail a day about a thing, with the button that does it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import BooleanField, CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments import conversations, enquiry_notices, notices, parties
from commitments.models import Commitment, CommitmentState, Enquiry, Side
from kring.mail.models import Kind, Message
from kring.mail.posting import post
from kring.mail.recipients import Recipient
from offerings import notices as offering_notices
from offerings.models import Offering

S = CommitmentState


class NobodyToAsk(Exception):
    """There is no address to write to."""


def asked_today(now: dt.datetime, kind: str) -> Exists:
    """Whether a reminder of a thing was written today, by the board or by the clock; `kind` as in Message.about."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    about = Concat(Value(f"{kind}:"), Cast(OuterRef("uuid"), CharField()), output_field=CharField())
    sent = Message.objects.filter(about=about, kind=Kind.REMINDER, created_at__gte=start)
    return Exists(sent, output_field=BooleanField())


def remind(commitment: Commitment, today: dt.date) -> None:
    """Whose turn it is: of a proposal each side that has not said yes, of a report who confirms it, else who does it.

    NobodyToAsk when none of them has an address.
    """
    asked = [(side, parties.on_side(commitment, side)) for side in _whose_turn(commitment)]
    if not any(to for _side, to in asked):
        raise NobodyToAsk
    context = {"commitment": commitment, "is_late": commitment.is_late(today)}
    about = notices.about(commitment)
    for side, to in asked:
        _write("nudge", to, context, about, f"board-nudge:{about}:{today}:{side}", **_button(commitment, side))


def _whose_turn(commitment: Commitment) -> tuple[str, ...]:
    match commitment.state:
        case S.PROPOSED:
            return commitment.waits_for
        case S.REPORTED:
            return (Side.BENEFICIARY,)
    return (Side.PROMISOR,)


def _button(commitment: Commitment, side: str) -> dict[str, Any]:
    match commitment.state:
        case S.PROPOSED:
            return notices.answering(commitment, side)
        case S.REPORTED:
            return notices.confirming(commitment)
    return notices.reporting(commitment)


def remind_enquiry(enquiry: Enquiry, today: dt.date) -> str:
    """Who did not write last; gives its name. NobodyToAsk."""
    said = conversations.last_said(enquiry)
    to_asker = said is not None and said.by_receiver
    _ask(
        "nudge_enquiry",
        parties.askers(enquiry) if to_asker else parties.receivers(enquiry),
        {"enquiry": enquiry, "to_asker": to_asker, "words": said.text if said else enquiry.message},
        f"enquiry:{enquiry.uuid}",
        today,
        button=("", _("Geef antwoord")),
        purpose=enquiry_notices.TALK if to_asker else enquiry_notices.ANSWER,
        subject=enquiry.uuid,
        single_use=False,
    )
    return enquiry.organisation_name if to_asker else enquiry.receiver.name


def ask_if_true(offering: Offering, today: dt.date) -> None:
    """Whose it is: whether an old offering is still true. NobodyToAsk."""
    _ask(
        "nudge_offering",
        parties.contacts(offering.organisation, offering.contact),
        {"offering": offering},
        f"offering:{offering.uuid}",
        today,
        **offering_notices.answering(offering),
    )


def _ask(template: str, to: list[Recipient], context: dict[str, Any], about: str, today: dt.date, **told: Any) -> None:
    if not to:
        raise NobodyToAsk
    _write(template, to, context, about, f"board-nudge:{about}:{today}", **told)


def _write(template: str, to: list[Recipient], context: dict[str, Any], about: str, key: str, **told: Any) -> None:
    post(f"board/mail/{template}", to, context, key=key, about=about, kind=Kind.REMINDER, **told)
