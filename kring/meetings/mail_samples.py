"""Each of this room's mails with data that nobody has."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment
from kring.accounts.models import User
from kring.mail.models import Kind
from kring.mail.samples import READER, Sample, register
from kring.meetings.figures import Figures
from kring.meetings.models import Meeting, Minutes, Outcome, OutcomeKind, SignUp, SignUpState
from members.mail_samples import organisation

CHANGE, LEAVE = _("Bekijk of verander je aanmelding"), _("Ik kan toch niet komen")
CALENDAR, DRAFT = _("Zet het in je agenda"), _("Bekijk het concept")


def meeting(*, in_days: int = 1) -> Meeting:
    """Near today, since a reminder says how long it still is."""
    starts_at = timezone.localtime().replace(hour=19, minute=30, second=0, microsecond=0) + dt.timedelta(in_days)
    return Meeting(
        title="Taal en werk in de stad",
        slug="taal-en-werk",
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=2),
        venue="Taalhuis De Schrijfplank",
        address="Korte Kade 12",
        intro="Hoe helpen we elkaar aan mensen die goed kunnen lezen en schrijven?\nVijf organisaties vertellen.",
        practical="De deur is open vanaf 19.00 uur.\nEr is soep.",
        cancel_reason="De zaal heeft waterschade.",
    )


def of_sign_up() -> dict[str, Any]:
    email, name = READER
    coming = meeting()
    sign_up = SignUp(
        meeting=coming,
        name=name,
        email=email,
        people=2,
        state=SignUpState.GOING,
        offer_until=timezone.now() + dt.timedelta(hours=20),
    )
    return {"meeting": coming, "sign_up": sign_up, "place": 3, "changed": [str(_("het begin")), str(_("de plek"))]}


def of_minutes() -> dict[str, Any]:
    held = meeting(in_days=-3)
    return {"meeting": held, "minutes": Minutes(meeting=held, written_by=User(name="Omar Haddad"))}


def of_summary() -> dict[str, Any]:
    decision = Outcome(kind=OutcomeKind.DECISION, text="In het voorjaar komen we weer bij elkaar.")
    pledge = Outcome(
        kind=OutcomeKind.PLEDGE,
        text="zes gastlessen over lezen op het werk",
        organisation=organisation(),
        due_on=dt.date(2027, 3, 26),
    )
    action = Outcome(kind=OutcomeKind.ACTION, text="de lijst met adressen rondsturen", who="Omar Haddad")
    counted = Figures(signed_up=48, waiting=0, came=43, first_timers=9, organisations=21, pledges=10, agreed=4, kept=0)
    return {
        "meeting": meeting(in_days=-10),
        "figures": counted,
        "decisions": [decision],
        "promises": [pledge, action],
        "more_promises": 8,
    }


def of_promise() -> dict[str, Any]:
    promise = Commitment(promisor=organisation(), title="Zes gastlessen over lezen op het werk")
    return of_sign_up() | {"meeting": meeting(in_days=-3), "commitment": promise}


def of_idea() -> dict[str, Any]:
    return {"meeting": meeting(in_days=-3), "title": "Een leesclub in de kantine"}


def of(name: str, when: Any, told: Any, button: Any, choices: Any = (), **more: Any) -> Sample:
    return Sample(f"meetings/mail/{name}", when, told, button, choices, **more)


register(
    of(
        "invitation",
        _("Iemand wordt voor een bijeenkomst uitgenodigd"),
        of_sign_up,
        _("Ik wil komen"),
        [_("Lees eerst meer")],
        kind=Kind.NEWSLETTER,
    ),
    of("confirm", _("Iemand meldt zich aan voor een bijeenkomst"), of_sign_up, _("Ja, ik kom")),
    of("going", _("Een aanmelding is rond"), of_sign_up, CALENDAR, [CHANGE, LEAVE]),
    of("already", _("Iemand meldt zich nog een keer aan"), of_sign_up, CHANGE, [LEAVE]),
    of("waiting", _("Iemand staat op de wachtlijst"), of_sign_up, CHANGE, [LEAVE]),
    of("offer", _("Er komt een plek vrij"), of_sign_up, _("Ja, ik neem de plek"), [LEAVE]),
    of("left", _("Iemand heeft zich afgemeld"), of_sign_up, _("Bekijk de bijeenkomst")),
    of("reminder", _("De bijeenkomst is bijna"), of_sign_up, CHANGE, [CALENDAR, LEAVE], kind=Kind.REMINDER),
    of("changed", _("Er is iets veranderd aan een bijeenkomst"), of_sign_up, CALENDAR, [CHANGE, LEAVE]),
    of("cancelled", _("Een bijeenkomst gaat niet door"), of_sign_up, _("Haal het uit je agenda")),
    of("approve", _("Aan het bestuur: een verslag is geschreven"), of_minutes, _("Lees het verslag en keur het goed")),
    of("summary", _("Het verslag is gepubliceerd: aan wie er was"), of_summary, _("Lees het verslag")),
    of("promised", _("Iemand zei iets toe namens een organisatie"), of_promise, _("Bekijk de bijeenkomst")),
    of("idea_offering", _("Een idee van de avond werd aanbod in concept"), of_idea, DRAFT),
    of("idea_need", _("Een idee van de avond werd een vraag in concept"), of_idea, DRAFT),
)
