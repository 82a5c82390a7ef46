"""Each of this room's mails with data that nobody has."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from kring.mail.models import Kind
from kring.mail.samples import Sample, register
from members.mail_samples import organisation
from offerings.models import Means, Need, Offering
from offerings.notices import leaves_on

CONFIRMED = dt.date(2026, 5, 4)
CHANGES = [_("Ik wil iets veranderen"), _("Haal het van de kaart")]


def offering() -> Offering:
    return Offering(
        organisation=organisation(),
        title="Voorlezen in de klas",
        slug="voorlezen-in-de-klas",
        summary="Een uur verhalen, met een vrijwilliger die van boeken houdt.",
        confirmed_on=CONFIRMED,
    )


def of_one() -> dict[str, Any]:
    return {"offering": offering(), "others": [], "more": 0, "number": 1, "leaves_on": leaves_on(CONFIRMED)}


def of_several() -> dict[str, Any]:
    others = [Offering(title=title) for title in ("Hulp bij een brief", "Een rondleiding door het taalhuis")]
    return {**of_one(), "others": others, "number": 3}


def of_need() -> dict[str, Any]:
    title = "Twintig stoelen voor de leeszaal"
    need = Need(organisation=organisation(), title=title, means=Means.GOODS, expires_on=dt.date(2026, 12, 18))
    return {"need": need}


def of(name: str, when: Any, told: Any, button: Any, choices: Any) -> Sample:
    return Sample(f"offerings/mail/{name}", when, told, button, choices, kind=Kind.REMINDER)


register(
    of(
        "offering_check",
        _("Aanbod is lang niet bevestigd: klopt het nog?"),
        of_several,
        _("Ja, dit klopt nog"),
        CHANGES,
    ),
    of("offering_paused", _("Aanbod gaat van de kaart"), of_one, _("Ja, dit klopt nog"), CHANGES),
    of(
        "need_stands",
        _("Een vraag loopt af: zoeken jullie nog?"),
        of_need,
        _("Ja, we zoeken nog"),
        [_("Het is geregeld"), _("Niet meer nodig")],
    ),
)
