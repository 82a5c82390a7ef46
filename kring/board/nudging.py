"""The board asks somebody to move: one mail a day about a thing, with the button that does it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import BooleanField, CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments import notices, parties
from commitments.models import Commitment, CommitmentState, Enquiry
from kring.mail.models import Kind, Message
from kring.mail.posting import post, site
from kring.mail.recipients import Recipient
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
    """Whose turn it is: of a proposal to answer, of a report to confirm, else to say how it goes. NobodyToAsk."""
    match commitment.state:
        case S.PROPOSED:
            told: dict[str, Any] = {
                "button": ("?keuze=yes", _("Ja, dat spreken we af")),
                "choices": [("?keuze=no", _("Nee, dit past niet"))],
                "purpose": notices.ANSWER,
            }
            to = parties.answerers(commitment)
        case S.REPORTED:
            told = {
                "button": ("?keuze=yes", _("Ja, dit klopt")),
                "choices": [("?keuze=not_yet", _("Nog niet helemaal"))],
                "purpose": notices.CONFIRM,
            }
            to = parties.beneficiaries(commitment)
        case _running:
            told = {"button": ("", _("Meld hoe het gaat")), "purpose": notices.REPORT, "single_use": False}
            to = parties.promisors(commitment)
    context = {"commitment": commitment, "is_late": commitment.is_late(today)}
    _ask("nudge", to, context, notices.about(commitment), today, subject=commitment.uuid, **told)


def remind_enquiry(enquiry: Enquiry, today: dt.date) -> None:
    """Who has not answered yet. NobodyToAsk."""
    _ask(
        "nudge_enquiry",
        parties.receivers(enquiry),
        {"enquiry": enquiry},
        f"enquiry:{enquiry.uuid}",
        today,
        button=("", _("Geef antwoord")),
        purpose=notices.ANSWER_ENQUIRY,
        subject=enquiry.uuid,
        single_use=False,
    )


def ask_if_true(offering: Offering, today: dt.date) -> None:
    """Whose it is: whether an old offering is still true. NobodyToAsk."""
    page = reverse("offerings:edit", args=[offering.organisation.slug, offering.slug])
    _ask(
        "nudge_offering",
        parties.contacts(offering.organisation, offering.contact),
        {"offering": offering},
        f"offering:{offering.uuid}",
        today,
        button=(site(page), _("Kijk het na")),
    )


def _ask(template: str, to: list[Recipient], context: dict[str, Any], about: str, today: dt.date, **told: Any) -> None:
    if not to:
        raise NobodyToAsk
    key = f"board-nudge:{about}:{today}"
    post(f"board/mail/{template}", to, context, key=key, about=about, kind=Kind.REMINDER, **told)
