"""Which mail goes with which step. Each asks for one thing, and its button leads to the page that does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from commitments import parties
from commitments.models import Commitment, Enquiry, EnquiryMessage
from commitments.models.enquiries import Answer
from kring.mail.models import Kind
from kring.mail.posting import post, site
from kring.mail.recipients import Recipient

AFTER_DUE = dt.timedelta(days=180)

CONFIRM_ENQUIRY = "enquiry.confirm"
ANSWER_ENQUIRY = "enquiry.answer"
TALK = "enquiry.talk"
ANSWER = "commitment.answer"
REPORT = "commitment.report"
CONFIRM = "commitment.confirm"


def send(name: str, to: Iterable[Recipient], context: dict[str, Any], **told: Any) -> None:
    post(f"commitments/mail/{name}", to, context, **told)


# --- enquiries ---


def ask_to_confirm(*enquiries: Enquiry) -> None:
    """One mail for all that was asked at once; the same page then shows what comes of it."""
    first = enquiries[0]
    send(
        "enquiry_confirm",
        parties.askers(first),
        {"enquiry": first, "enquiries": enquiries},
        key=f"enquiry-confirm:{first.uuid}",
        about=f"enquiry:{first.uuid}",
        button=("", ngettext_lazy("Ja, verstuur mijn aanvraag", "Ja, verstuur mijn aanvragen", len(enquiries))),
        purpose=CONFIRM_ENQUIRY,
        subject=first.batch or first.uuid,
        single_use=False,
    )


def tell_of_enquiry(enquiry: Enquiry, *, again: str = "") -> None:
    """To who offers it; `again` marks a reminder, so that it is another mail than the first."""
    send(
        "enquiry_new",
        parties.receivers(enquiry),
        {"enquiry": enquiry, "again": bool(again)},
        key=f"enquiry-new:{enquiry.uuid}:{again}",
        about=f"enquiry:{enquiry.uuid}",
        button=("?keuze=yes", Answer.YES.label),
        choices=[("?keuze=talk", Answer.TALK.label), ("?keuze=no", Answer.NO.label)],
        purpose=ANSWER_ENQUIRY,
        subject=enquiry.uuid,
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
        purpose=TALK if from_receiver else ANSWER_ENQUIRY,
        subject=enquiry.uuid,
        single_use=not from_receiver,
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
        button=other or (site(reverse("offerings:list")), _("Bekijk de menukaart")),
    )


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
        "kind": Kind.REMINDER,
    }
    choices = [("?keuze=talk", Answer.TALK.label), ("?keuze=no", Answer.NO.label)]
    send(
        "enquiry_nudge",
        parties.receivers(enquiry),
        {"enquiry": enquiry, "to_receiver": True},
        button=("?keuze=yes", Answer.YES.label),
        choices=choices,
        purpose=ANSWER_ENQUIRY,
        **shared,
    )
    send(
        "enquiry_nudge",
        parties.askers(enquiry),
        {"enquiry": enquiry, "to_receiver": False},
        button=("", _("Bekijk je aanvraag")),
        purpose=TALK,
        single_use=False,
        **shared,
    )


def tell_of_expiry(enquiry: Enquiry) -> None:
    for side in (parties.receivers(enquiry), parties.askers(enquiry)):
        send(
            "enquiry_expired",
            side,
            {"enquiry": enquiry},
            key=f"enquiry-expired:{enquiry.uuid}",
            about=f"enquiry:{enquiry.uuid}",
            button=(site(reverse("offerings:list")), _("Bekijk de menukaart")),
        )


# --- commitments ---


def about(commitment: Commitment) -> str:
    return f"commitment:{commitment.uuid}"


def page(commitment: Commitment) -> tuple[str, Promise | str]:
    return site(commitment.get_absolute_url()), _("Bekijk de afspraak")


def ask_to_answer(commitment: Commitment, *, again: str = "") -> None:
    send(
        "proposed",
        parties.answerers(commitment),
        {"commitment": commitment, "again": bool(again)},
        key=f"proposed:{commitment.uuid}:{commitment.proposed_at:%Y%m%d%H%M%S}:{again}",
        about=about(commitment),
        button=("?keuze=yes", _("Ja, dat spreken we af")),
        choices=[("?keuze=no", _("Nee, dit past niet"))],
        purpose=ANSWER,
        subject=commitment.uuid,
        kind=Kind.REMINDER if again else Kind.TRANSACTIONAL,
    )


def tell_of_agreement(commitment: Commitment) -> None:
    """Both sides hear it; who does it gets the link by which to report."""
    shared: dict[str, Any] = {"key": f"agreed:{commitment.uuid}", "about": about(commitment)}
    send(
        "agreed_promisor",
        parties.promisors(commitment),
        {"commitment": commitment},
        button=("", _("Meld hoe het gaat")),
        purpose=REPORT,
        subject=commitment.uuid,
        lasts=AFTER_DUE,
        single_use=False,
        **shared,
    )
    shown = {"commitment": commitment}
    send("agreed_beneficiary", parties.beneficiaries(commitment), shown, button=page(commitment), **shared)


def tell_of_decline(commitment: Commitment, note: str) -> None:
    send(
        "declined",
        parties.proposers(commitment),
        {"commitment": commitment, "note": note},
        key=f"declined:{commitment.uuid}",
        about=about(commitment),
        button=page(commitment),
    )


def remind_promisor(commitment: Commitment, key: str, today: dt.date) -> None:
    send(
        "due",
        parties.promisors(commitment),
        {"commitment": commitment, "is_late": commitment.due_on < today, "is_today": commitment.due_on == today},
        key=key,
        about=about(commitment),
        button=("", _("Meld hoe het gaat")),
        purpose=REPORT,
        subject=commitment.uuid,
        lasts=AFTER_DUE,
        single_use=False,
        kind=Kind.REMINDER,
    )


def tell_board(commitment: Commitment, key: str, why: str) -> None:
    send(
        "board",
        parties.contacts(None),
        {"commitment": commitment, "why": why},
        key=key,
        about=about(commitment),
        button=page(commitment),
        kind=Kind.REMINDER,
    )


def ask_to_confirm_result(commitment: Commitment, *, again: str = "") -> None:
    send(
        "confirm",
        parties.beneficiaries(commitment),
        {"commitment": commitment, "again": bool(again)},
        key=f"confirm:{commitment.uuid}:{commitment.reported_at:%Y%m%d%H%M%S}:{again}",
        about=about(commitment),
        button=("?keuze=yes", _("Ja, dit klopt")),
        choices=[("?keuze=not_yet", _("Nog niet helemaal"))],
        purpose=CONFIRM,
        subject=commitment.uuid,
        kind=Kind.REMINDER if again else Kind.TRANSACTIONAL,
    )


def tell_of_not_yet(commitment: Commitment, note: str) -> None:
    send(
        "not_yet",
        parties.promisors(commitment),
        {"commitment": commitment, "note": note},
        key=f"not-yet:{commitment.uuid}:{commitment.not_yet_count}",
        about=about(commitment),
        button=("", _("Meld hoe het gaat")),
        purpose=REPORT,
        subject=commitment.uuid,
        lasts=AFTER_DUE,
        single_use=False,
    )


def tell_of_keeping(commitment: Commitment) -> None:
    send(
        "kept",
        parties.promisors(commitment),
        {"commitment": commitment},
        key=f"kept:{commitment.uuid}",
        about=about(commitment),
        button=page(commitment),
    )


def tell_of_giving_back(commitment: Commitment, note: str) -> None:
    send(
        "given_back",
        parties.beneficiaries(commitment),
        {"commitment": commitment, "note": note},
        key=f"given-back:{commitment.uuid}",
        about=about(commitment),
        button=page(commitment),
    )
