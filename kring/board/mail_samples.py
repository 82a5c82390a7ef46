"""Each of this room's mails with data that nobody has."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from commitments.mail_samples import DAY, LATER, commitment, enquiry
from commitments.models import GivenBackReason, Review, Verdict, VerdictKind
from kring.mail.models import Kind
from kring.mail.samples import Sample, register
from members.mail_samples import of_role, organisation
from offerings.mail_samples import offering


def of_end() -> dict[str, Any]:
    verdict = Verdict(
        commitment=commitment(),
        kind=VerdictKind.CLOSE,
        close_reason=GivenBackReason.NO_CONTACT,
        told="We belden jullie allebei drie keer.",
    )
    return {"commitment": commitment(), "verdict": verdict}


def of_minutes() -> dict[str, Any]:
    own = Verdict(
        commitment=commitment(), kind=VerdictKind.ACT, action="Werf Noord bellen over de tafels", action_due_on=LATER
    )
    return {"review": Review(held_on=DAY), "verdicts": 12, "actions": 3, "own": [own]}


def of(name: str, when: Any, told: Any, button: Any, **more: Any) -> Sample:
    return Sample(f"board/mail/{name}", when, told, button, **more)


register(
    of("minutes", _("Aan het bestuur: een beoordeling is afgesloten"), of_minutes, _("Lees het verslag")),
    of("ended", _("Het bestuur sluit een toezegging af"), of_end, _("Bekijk de afspraak")),
    of(
        "nudge",
        _("Het bestuur vraagt hoe het met een toezegging staat"),
        lambda: {"commitment": commitment(), "is_late": True},
        _("Meld hoe het gaat"),
        kind=Kind.REMINDER,
    ),
    of(
        "nudge_enquiry",
        _("Het bestuur vraagt om antwoord op een aanvraag"),
        lambda: {"enquiry": enquiry()},
        _("Geef antwoord"),
        kind=Kind.REMINDER,
    ),
    of(
        "nudge_offering",
        _("Het bestuur vraagt of aanbod nog klopt"),
        lambda: {"offering": offering()},
        _("Kijk het na"),
        kind=Kind.REMINDER,
    ),
    of(
        "welcome",
        _("Iemand kan inloggen na een import"),
        lambda: {**of_role(), "organisation": organisation()},
        _("Log in en kijk rond"),
    ),
)
