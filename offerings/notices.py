"""Which mail an organisation gets about what it offers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.mail.models import Kind
from kring.mail.posting import post
from kring.mail.recipients import Recipient
from members.models import Organisation, Role, RoleKind
from offerings.models import PAUSE_MONTHS, Offering, months_before

CONFIRM_OFFERING = "offering.confirm"
ANSWER_WITHIN = dt.timedelta(days=120)
NAMED = 8  # of many that are due; the page behind the button has them all


def answerable(organisation: Organisation, contact: User | None) -> list[Recipient]:
    """Who answers for an offering: its contact, else the owners, else all who have a role, else the organisation."""
    roles = Role.objects.held(timezone.localdate()).of(organisation).filter(user__is_active=True)
    held = list(roles.select_related("user").order_by("pk"))
    if contact is not None and any(role.user == contact for role in held):
        return [Recipient.of(contact)]
    owners = [role for role in held if role.role == RoleKind.OWNER]
    if held:
        return [Recipient.of(role.user) for role in owners or held]
    return [Recipient(email=organisation.email, name=organisation.name)] if organisation.email else []


def ask_whether_true(due: list[Offering]) -> None:
    """'Klopt dit nog?' about what one answers for, the oldest first."""
    first = due[0]
    _about(due, "offering_check", f"offering-check:{first.uuid}:{first.confirmed_on}:{first.times_asked}")


def tell_of_leaving(due: list[Offering]) -> None:
    first = due[0]
    _about(due, "offering_paused", f"offering-paused:{first.uuid}:{first.confirmed_on}")


def _about(due: list[Offering], name: str, key: str) -> None:
    first = due[0]
    context: dict[str, Any] = {
        "offering": first,
        "others": due[1:NAMED],
        "more": len(due[NAMED:]),
        "number": len(due),
        "leaves_on": leaves_on(first.confirmed_on),
    }
    post(
        f"offerings/mail/{name}",
        answerable(first.organisation, first.contact),
        context,
        key=key,
        about=f"offering:{first.uuid}",
        kind=Kind.REMINDER,
        **answering(first),
    )


def answering(offering: Offering) -> dict[str, Any]:
    """The buttons of who is asked whether it is true: one click each, without signing in."""
    return {
        "button": ("?keuze=ja", _("Ja, dit klopt nog")),
        "choices": [
            ("?keuze=veranderen", _("Ik wil iets veranderen")),
            ("?keuze=eraf", _("Haal het van de kaart")),
        ],
        "purpose": CONFIRM_OFFERING,
        "subject": offering.uuid,
        "lasts": ANSWER_WITHIN,
        "single_use": False,
    }


def leaves_on(confirmed_on: dt.date) -> dt.date:
    """The first day on which an offering that was confirmed then is too old for the card."""
    day = confirmed_on + dt.timedelta(days=28 * PAUSE_MONTHS)
    while months_before(day, PAUSE_MONTHS) < confirmed_on:
        day += dt.timedelta(days=1)
    return day
