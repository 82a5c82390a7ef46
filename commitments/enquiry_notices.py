"""Which mail goes with which step of an enquiry. Each asks for one thing; its button goes to the page for it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from commitments import parties
from commitments.models import Enquiry, EnquiryMessage
from commitments.models.enquiries import Answer
from commitments.notices import send
from kring.mail.models import Kind
from kring.mail.posting import site

CONFIRM = "enquiry.confirm"
ANSWER = "enquiry.answer"
TALK = "enquiry.talk"


def ask_to_confirm(*enquiries: Enquiry) -> None:
    """One mail for all that was asked at once; the same page then shows what comes of it."""
    first = enquiries[0]
    send(
        "enquiry_confirm",
        parties.askers(first),
        {"enquiry": first, "enquiries": enquiries},
        key=f"enquiry-confirm:{first.uuid}",
        about=f"enquiry:{first.uuid}",
        button=("", send_label(*enquiries)),
        purpose=CONFIRM,
        subject=first.batch or first.uuid,
        single_use=False,
    )


def send_label(*enquiries: Enquiry) -> Promise | str:
    if enquiries[0].answers_need:
        return _("Ja, verstuur mijn hulpaanbod")
    return ngettext_lazy("Ja, verstuur mijn aanvraag", "Ja, verstuur mijn aanvragen", len(enquiries))


def tell_of_enquiry(enquiry: Enquiry, *, again: str = "") -> None:
    """To who offers it; `again` marks a reminder, so that it is another mail than the first.

    Their link works until the enquiry is over: who talks first comes back by the same mail to say yes or no.
    """
    send(
        "enquiry_new",
        parties.receivers(enquiry),
        {"enquiry": enquiry, "again": bool(again)},
        key=f"enquiry-new:{enquiry.uuid}:{again}",
        about=f"enquiry:{enquiry.uuid}",
        button=("?keuze=yes", enquiry.yes_label),
        choices=[("?keuze=talk", Answer.TALK.label), ("?keuze=no", Answer.NO.label)],
        purpose=ANSWER,
        subject=enquiry.uuid,
        single_use=False,
        kind=Kind.REMINDER if again else Kind.TRANSACTIONAL,
    )


def tell_of_message(enquiry: Enquiry, message: EnquiryMessage) -> None:
    """To the other side of the conversation; their link works as often as they come back."""
    from_receiver = message.by_receiver
    send(
        "enquiry_message",
        parties.askers(enquiry) if from_receiver else parties.receivers(enquiry),
        {"enquiry": enquiry, "message": message},
        key=f"enquiry-message:{message.pk}",
        about=f"enquiry:{enquiry.uuid}",
        button=("", _("Lees en antwoord")),
        purpose=TALK if from_receiver else ANSWER,
        subject=enquiry.uuid,
        single_use=False,
    )


def tell_of_refusal(enquiry: Enquiry, note: str) -> None:
    alternative = enquiry.alternative
    other = (site(alternative.get_absolute_url()), _("Bekijk wat misschien wel past")) if alternative else None
    send(
        "enquiry_declined",
        parties.askers(enquiry),
        {"enquiry": enquiry, "note": note},
        key=f"enquiry-declined:{enquiry.uuid}",
        about=f"enquiry:{enquiry.uuid}",
        button=other or elsewhere(enquiry),
    )


def elsewhere(enquiry: Enquiry) -> tuple[str, Promise | str]:
    """Where to go on when this comes to nothing: who wants to help, to who looks for something."""
    if enquiry.answers_need:
        return site(reverse("offerings:need_list")), _("Bekijk andere vragen")
    return site(reverse("offerings:list")), _("Bekijk de menukaart")


def tell_of_withdrawal(enquiry: Enquiry, note: str) -> None:
    send(
        "enquiry_withdrawn",
        parties.receivers(enquiry),
        {"enquiry": enquiry, "note": note},
        key=f"enquiry-withdrawn:{enquiry.uuid}",
        about=f"enquiry:{enquiry.uuid}",
        button=(site(reverse("offerings:list")), _("Bekijk de menukaart")),
    )


def nudge(enquiry: Enquiry) -> None:
    """Nothing was heard for two weeks: both sides are asked how it stands."""
    shared: dict[str, Any] = {
        "key": f"enquiry-nudge:{enquiry.uuid}:{enquiry.moved_at:%Y%m%d%H%M%S}",
        "about": f"enquiry:{enquiry.uuid}",
        "subject": enquiry.uuid,
        "single_use": False,
        "kind": Kind.REMINDER,
    }
    choices = [("?keuze=talk", Answer.TALK.label), ("?keuze=no", Answer.NO.label)]
    send(
        "enquiry_nudge",
        parties.receivers(enquiry),
        {"enquiry": enquiry, "to_receiver": True},
        button=("?keuze=yes", enquiry.yes_label),
        choices=choices,
        purpose=ANSWER,
        **shared,
    )
    send(
        "enquiry_nudge",
        parties.askers(enquiry),
        {"enquiry": enquiry, "to_receiver": False},
        button=("", _("Bekijk je hulpaanbod") if enquiry.answers_need else _("Bekijk je aanvraag")),
        purpose=TALK,
        **shared,
    )


def tell_of_expiry(enquiry: Enquiry) -> None:
    card = site(reverse("offerings:list")), _("Bekijk de menukaart")
    for side, button in ((parties.receivers(enquiry), card), (parties.askers(enquiry), elsewhere(enquiry))):
        send(
            "enquiry_expired",
            side,
            {"enquiry": enquiry},
            key=f"enquiry-expired:{enquiry.uuid}",
            about=f"enquiry:{enquiry.uuid}",
            button=button,
        )
