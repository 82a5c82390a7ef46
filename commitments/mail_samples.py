"""Each of this room's mails with data that nobody has."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryMessage
from commitments.models.enquiries import Answer
from kring.mail.models import Kind
from kring.mail.samples import Sample, register
from members.models import Organisation, OrganisationKind
from offerings.models import Offering

DAY = dt.date(2026, 12, 18)
LOOK, REPORT = _("Bekijk de afspraak"), _("Meld hoe het gaat")
NOTE = "Twee dozen zijn nog niet gebracht.\nKomt dat nog?"


def member() -> Organisation:
    return Organisation(kind=OrganisationKind.MEMBER, name="Taalhuis De Schrijfplank", slug="taalhuis")


def firm() -> Organisation:
    return Organisation(kind=OrganisationKind.BUSINESS, name="Werf Noord B.V.", slug="werf-noord")


def enquiry() -> Enquiry:
    return Enquiry(
        offering=Offering(pk=1, title="Rondleiding langs de haven", slug="rondleiding", organisation=member()),
        receiver=member(),
        asker=firm(),
        name="Fatima de Vries",
        organisation_name="Werf Noord B.V.",
        email="fatima@voorbeeld.example",
        message="Kan dit in maart, op een vrijdagmiddag?\nWe komen met de hele ploeg.",
        people=24,
        wanted_by=DAY,
        counter_favour="We knappen de tuin op.",
        decline_reason="no_time",
    )


def commitment() -> Commitment:
    return Commitment(
        promisor=firm(),
        beneficiary=member(),
        proposed_by_organisation=firm(),
        title="Twintig tafels schilderen",
        quantity=Decimal(20),
        unit="uren",
        delivered=Decimal(20),
        confirmed=Decimal(20),
        result="Alle tafels staan weer in de zaal.",
        due_on=DAY,
        first_due_on=DAY,
        counter_favour="Een rondleiding voor het personeel",
        state=CommitmentState.AGREED,
        given_back_reason="no_time",
    )


def of_enquiry() -> dict[str, Any]:
    message = EnquiryMessage(author_name="Fatima de Vries", text="Dat past. Hoe laat beginnen we?")
    return {"enquiry": enquiry(), "message": message, "note": "We zijn dan met vakantie."}


def of_commitment() -> dict[str, Any]:
    return {"commitment": commitment(), "note": NOTE, "why": str(_("De datum is twee weken voorbij."))}


def of(name: str, when: Any, told: Any, button: Any, **more: Any) -> Sample:
    return Sample(f"commitments/mail/{name}", when, told, button, **more)


register(
    of("enquiry_confirm", _("Iemand zonder account vraagt iets aan"), of_enquiry, _("Ja, verstuur mijn aanvraag")),
    of(
        "enquiry_new",
        _("Er is een aanvraag"),
        of_enquiry,
        Answer.YES.label,
        choices=[Answer.TALK.label, Answer.NO.label],
    ),
    of("enquiry_message", _("De ander schrijft over een aanvraag"), of_enquiry, _("Lees en antwoord")),
    of("enquiry_declined", _("Een aanvraag lukt niet"), of_enquiry, _("Bekijk de menukaart")),
    of(
        "proposed",
        _("Iemand stelt iets voor"),
        of_commitment,
        _("Ja, dat spreken we af"),
        choices=[_("Nee, dit past niet")],
    ),
    of("agreed_promisor", _("Afgesproken: aan wie het doet"), of_commitment, REPORT),
    of("agreed_beneficiary", _("Afgesproken: aan wie het krijgt"), of_commitment, LOOK),
    of("declined", _("Een voorstel is niet aangenomen"), of_commitment, LOOK),
    of("due", _("De datum komt eraan, of is voorbij"), of_commitment, REPORT, kind=Kind.REMINDER),
    of("board", _("Aan het bestuur: een toezegging vraagt aandacht"), of_commitment, LOOK, kind=Kind.REMINDER),
    of(
        "confirm",
        _("Het is klaar gemeld: klopt het?"),
        of_commitment,
        _("Ja, dit klopt"),
        choices=[_("Nog niet helemaal")],
    ),
    of("not_yet", _("De ontvanger mist nog iets"), of_commitment, REPORT),
    of("kept", _("Een toezegging is nagekomen"), of_commitment, LOOK),
    of("given_back", _("Een toezegging is teruggegeven"), of_commitment, LOOK),
)
