"""Each of this room's mails with data that nobody has."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, CommitmentState, DateProposal, Enquiry, EnquiryMessage, ReminderRule
from commitments.models.enquiries import Answer
from commitments.reminder_mails import Item
from commitments.reminder_words import own_words
from kring.mail.models import Kind
from kring.mail.recipients import Recipient
from kring.mail.samples import READER, Sample, register
from members.models import Organisation, OrganisationKind
from offerings.models import Need, Offering

DAY = dt.date(2026, 12, 18)
LATER = DAY + dt.timedelta(days=14)
LOOK, REPORT, CARD = _("Bekijk de afspraak"), _("Meld hoe het gaat"), _("Bekijk de menukaart")
OTHER_NEEDS = _("Bekijk andere vragen")
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


def help_offered() -> Enquiry:
    """The other way round: somebody answers a need."""
    offered = enquiry()
    offered.offering, offered.people, offered.decline_reason = None, None, "met"
    offered.need = Need(pk=1, title="Tien stoelen voor het taalcafé", slug="tien-stoelen", organisation=member())
    offered.message = "We hebben er twaalf over.\nWe brengen ze ook."
    return offered


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
    asked = enquiry()
    return {
        "enquiry": asked,
        "enquiries": [asked],
        "message": message,
        "note": "We zijn dan met vakantie.",
        "again": False,
    }


def of_help() -> dict[str, Any]:
    offered = help_offered()
    return {**of_enquiry(), "enquiry": offered, "enquiries": [offered]}


def of_commitment() -> dict[str, Any]:
    return {"commitment": commitment(), "note": NOTE, "why": str(_("De datum is twee weken voorbij."))}


def of_agreement() -> dict[str, Any]:
    return {"commitment": commitment(), "note": "Wat leuk!\nWe zetten de koffie klaar."}


def of_plain_agreement() -> dict[str, Any]:
    return {"commitment": commitment(), "note": ""}


def of_date() -> dict[str, Any]:
    reason = "De verf is later dan we dachten."
    proposal = DateProposal(commitment=commitment(), by_promisor=True, old_date=DAY, new_date=LATER, reason=reason)
    agreed = commitment()
    agreed.due_on = LATER
    return {"commitment": agreed, "proposal": proposal, "note": "Prima, tot dan.", "agreed": True}


def of_board() -> dict[str, Any]:
    return {"commitment": commitment(), "who": member(), "note": "We krijgen ze al drie weken niet te pakken."}


def of_mediation() -> dict[str, Any]:
    return {"commitment": commitment(), "note": "Werf Noord komt met twee mensen extra, en belt elke maandag even."}


def of_own_words() -> dict[str, Any]:
    rule = ReminderRule(
        subject="Denk je aan ‘{toezegging}’?",
        text="Beste {naam},\n\nHet is {dagen} zover, en {ontvanger} kijkt ernaar uit. Bel gerust als er iets is.",
    )
    words = own_words(rule, commitment(), Recipient(*READER), DAY - dt.timedelta(days=3))
    return {"commitment": commitment(), "own": words}


def of_day() -> dict[str, Any]:
    """Two reminders on one day, each with a link of its own."""
    asked = commitment()
    asked.title, asked.quantity, asked.unit = "Een ochtend hulp bij de belastingaangifte", Decimal(1), "keer"
    late = Item(commitment(), "due", {"is_late": True}, {"button": REPORT}, None)
    to_confirm = Item(asked, "confirm", {"is_late": False}, {"button": _("Ja, dit klopt")}, None)
    items = [late, to_confirm]
    links = [
        f"{number}. {item.commitment.title}: {item.button['button']}" for number, item in enumerate(items, start=1)
    ]
    return {"items": items, "choices": [(f"{settings.SITE_URL}/a/voorbeeld/", words) for words in links]}


def of(name: str, when: Any, told: Any, button: Any, **more: Any) -> Sample:
    return Sample(f"commitments/mail/{name}", when, told, button, **more)


def helping(name: str, when: Any, button: Any, **more: Any) -> Sample:
    """Of an answer to a need."""
    return of(name, when, lambda: {**of_help(), "to_receiver": False}, button, variant="need", **more)


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
    of("enquiry_declined", _("Een aanvraag lukt niet"), of_enquiry, CARD),
    of("enquiry_withdrawn", _("Een aanvraag is ingetrokken"), of_enquiry, CARD),
    of(
        "enquiry_nudge",
        _("Over een aanvraag is het twee weken stil"),
        lambda: {**of_enquiry(), "to_receiver": True},
        Answer.YES.label,
        choices=[Answer.TALK.label, Answer.NO.label],
        kind=Kind.REMINDER,
    ),
    of("enquiry_expired", _("Een aanvraag is verlopen"), of_enquiry, CARD),
    helping("enquiry_confirm", _("Iemand zonder account biedt hulp aan"), _("Ja, verstuur mijn hulpaanbod")),
    helping("enquiry_new", _("Iemand biedt hulp aan"), _("Ja, graag"), choices=[Answer.TALK.label, Answer.NO.label]),
    helping("enquiry_declined", _("Hulp is niet nodig"), OTHER_NEEDS),
    helping("enquiry_withdrawn", _("Iemand kan toch niet helpen"), CARD),
    helping(
        "enquiry_nudge",
        _("Over aangeboden hulp is het twee weken stil"),
        _("Bekijk je hulpaanbod"),
        kind=Kind.REMINDER,
    ),
    helping("enquiry_expired", _("Aangeboden hulp is verlopen"), OTHER_NEEDS),
    of(
        "proposed",
        _("Iemand stelt iets voor"),
        of_agreement,
        _("Ja, dat spreken we af"),
        choices=[_("Nee, dit past niet")],
    ),
    of("agreed_promisor", _("Afgesproken: aan wie het doet"), of_plain_agreement, REPORT),
    of("agreed_beneficiary", _("Afgesproken: aan wie het krijgt"), of_agreement, LOOK),
    of("declined", _("Een voorstel is niet aangenomen"), of_commitment, LOOK),
    of("withdrawn", _("Een voorstel is ingetrokken"), of_commitment, _("Bekijk andere toezeggingen")),
    of("lapsed", _("Op een voorstel kwam geen antwoord"), of_commitment, _("Stel het opnieuw voor")),
    of("lapsed_yes", _("Aan wie al ja zei: de ander gaf geen antwoord"), of_commitment, LOOK),
    of("due", _("De datum komt eraan, of is voorbij"), of_commitment, REPORT, kind=Kind.REMINDER),
    of("due_beneficiary", _("Aan wie het krijgt: de datum komt eraan"), of_commitment, LOOK, kind=Kind.REMINDER),
    of("own_words", _("Een herinnering in de woorden van het bestuur"), of_own_words, REPORT, kind=Kind.REMINDER),
    of(
        "digest",
        _("Meer herinneringen op één dag"),
        of_day,
        _("Bekijk alles op je eigen pagina"),
        kind=Kind.REMINDER,
    ),
    of(
        "date_asked",
        _("Iemand vraagt om een andere datum"),
        of_date,
        _("Ja, die datum is goed"),
        choices=[_("Nee, liever niet")],
    ),
    of("date_answered", _("Er is antwoord over de andere datum"), of_date, REPORT),
    of("board_asked", _("De ander vraagt het bestuur om hulp"), of_board, LOOK),
    of("mediated", _("Het bestuur heeft met beide kanten gesproken"), of_mediation, LOOK),
    of("link_again", _("Iemand vraagt om een nieuwe link"), of_commitment, _("Ga verder")),
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
