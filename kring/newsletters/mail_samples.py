"""Each of this room's mails with data that nobody has: also the newsletter and the digest, which are no templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kring.foundation.news import Item
from kring.mail.models import Kind
from kring.mail.recipients import Recipient
from kring.mail.rendering import Rendered
from kring.mail.samples import READER, Sample, register
from kring.newsletters import rendering, sending
from kring.newsletters.content import Content, section
from kring.newsletters.digests import DIGEST
from kring.newsletters.models import Issue, Subscriber
from kring.newsletters.placeholders import called
from kring.newsletters.weekly import TIPS

PREFERENCES = f"{settings.SITE_URL}/nieuwsbrief/voorkeuren/voorbeeld/"
OPENING = """Dag {voornaam},

Deze maand kwamen er **drie organisaties** bij. [Lees wie het zijn](/organisaties/).

### Wat we zoeken

- iemand die twee uur per week wil voorlezen
- een bus die op zaterdag stilstaat

> Zonder de buren was het ons nooit gelukt."""


def of_subscriber() -> dict[str, Any]:
    email, name = READER
    return {"subscriber": Subscriber(email=email, name=name), "code": "482913"}


def not_ready() -> dict[str, Any]:
    faults = [_now("Er is nog geen onderwerp."), _now("Kies voor wie deze editie is.")]
    return {"issue": Issue(subject="Drie nieuwe leden, en wie leest er voor?"), "faults": faults}


def content() -> Content:
    """All that can stand in an issue, but for a picture: nothing was uploaded."""
    kept = Item("Twintig tafels geschilderd", "/toezeggingen/", "Werf Noord B.V. voor Taalhuis De Schrijfplank")
    new = Item("Taalhuis De Schrijfplank", "/organisaties/", "Samen beter lezen, schrijven en rekenen.")
    more = {"more_url": "/toezeggingen/", "more_label": _now("Bekijk alle toezeggingen")}
    return {
        "subject": "Drie nieuwe leden, en wie leest er voor?",
        "preheader": "Het nieuws uit de kring van deze maand.",
        "sections": [
            {**section("text", ""), "body": OPENING, "button_label": "Ik help mee", "button_url": "/vragen/"},
            section("new_members", _now("Nieuw in de kring"), [new]),
            {**section("promises_kept", _now("Gedaan wat was beloofd"), [kept]), **more},  # type: ignore[typeddict-item]
        ],
    }


def issue(to: Recipient, leave_url: str, *, told: Content | None = None) -> Rendered:
    foot = sending.foot(Issue(), preferences_url=PREFERENCES)
    return rendering.mail(
        told or content(), to, called(to.name), kind=Kind.NEWSLETTER, why=sending.why(), foot=foot, leave_url=leave_url
    )


def digest(to: Recipient, leave_url: str) -> Rendered:
    asked = Item("Werf Noord B.V. vraagt naar ‘Voorlezen in de klas’", "/mijn/", _now("Wacht op jullie antwoord."))
    late = _now("De datum is voorbij. Meld hoe het gaat, of geef het terug.")
    sections = [
        section("enquiries", _now("Een vraag aan jullie"), [asked]),
        section("promises", _now("Toezeggingen die op jullie wachten"), [Item("Een ochtend taalles", "/mijn/", late)]),
        section("answers_to_needs", _now("Wie heeft wat jullie zoeken?"), [found()]),
    ]
    return DIGEST.mail(sections, to, preferences_url=PREFERENCES, leave_url=leave_url)


def found() -> Item:
    """Of another, for what the reader looks for."""
    why = _now("%(who)s, voor jullie vraag ‘%(own)s’: %(why)s")
    told = why % {"who": "Werf Noord B.V.", "own": "Ruimte voor het taalcafé", "why": _now("dezelfde wijk")}
    return Item("Een kantine die op vrijdag leeg staat", "/menukaart/", told)


def suggestions(to: Recipient, leave_url: str) -> Rendered:
    return TIPS.mail([found()], to, preferences_url=PREFERENCES, leave_url=leave_url)


def of(name: str, when: Any, button: Any) -> Sample:
    return Sample(f"newsletters/mail/{name}", when, of_subscriber, button)


def composed(template: str, when: Any, make: Callable[[Recipient, str], Rendered], kind: str) -> Sample:
    return Sample(template, when, kind=kind, composed=make)


register(
    of("confirm", _("Iemand wil de nieuwsbrief"), _("Ja, ik wil de nieuwsbrief")),
    of("already", _("Iemand die de nieuwsbrief al krijgt, vraagt hem aan"), _("Bekijk mijn voorkeuren")),
    Sample(
        "newsletters/mail/not_sent",
        _("Een ingeplande nieuwsbrief kon niet weg"),
        not_ready,
        _("Bekijk wat er nog moet"),
    ),
    composed(sending.TEMPLATE, _("Een nieuwsbrief gaat uit"), issue, Kind.NEWSLETTER),
    composed(DIGEST.template, _("Eén keer per maand: het overzicht van een lid"), digest, Kind.DIGEST),
    composed(TIPS.template, _("Eén keer per week: wat bij een organisatie past"), suggestions, Kind.DIGEST),
)
