"""Which mail goes with which step of a commitment. Each asks for one thing; its button goes to the page for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments import parties
from commitments.models import (
    RUNNING_STATES,
    Commitment,
    CommitmentState,
    DateProposal,
    Side,
)
from kring.mail.models import ActionLink
from kring.mail.posting import post, site
from kring.mail.recipients import Recipient

AFTER_DUE = dt.timedelta(days=180)

ANSWER = "commitment.answer"
ANSWER_AS_PROMISOR = "commitment.answer.promisor"
ANSWER_AS_BENEFICIARY = "commitment.answer.beneficiary"
ANSWER_DATE = "commitment.date"
RECEIVE = "commitment.receive"
REPORT = "commitment.report"
CONFIRM = "commitment.confirm"


def send(name: str, to: Iterable[Recipient], context: dict[str, Any], **told: Any) -> None:
    post(f"commitments/mail/{name}", to, context, **told)


def about(commitment: Commitment) -> str:
    return f"commitment:{commitment.uuid}"


def page(commitment: Commitment) -> tuple[str, Promise | str]:
    return site(commitment.get_absolute_url()), _("Bekijk de afspraak")


def until_after(commitment: Commitment) -> dt.timedelta:
    """How long a link by which something is told of a commitment lasts."""
    return max(commitment.due_on - timezone.localdate(), dt.timedelta(0)) + AFTER_DUE


ANSWER_OF = {Side.PROMISOR.value: ANSWER_AS_PROMISOR, Side.BENEFICIARY.value: ANSWER_AS_BENEFICIARY}


def answering(commitment: Commitment, side: str) -> dict[str, Any]:
    """The button of who has to say yes or no: to the one side that is asked, or to one of two."""
    return {
        "button": ("?keuze=yes", _("Ja, dat spreken we af")),
        "choices": [("?keuze=no", _("Nee, dit past niet"))],
        "purpose": ANSWER if commitment.proposing_side else ANSWER_OF[side],
        "subject": commitment.uuid,
    }


def ask_to_answer(commitment: Commitment) -> None:
    counter = Commitment.objects.filter(counter_favour_of=commitment).first()
    for side in commitment.waits_for:
        send(
            "proposed",
            parties.on_side(commitment, side),
            {"commitment": commitment, "counter": counter, "as_promisor": side == Side.PROMISOR, "again": False},
            key=f"proposed:{commitment.uuid}:{commitment.proposed_at:%Y%m%d%H%M%S%f}:{side}",
            about=about(commitment),
            **answering(commitment, side),
        )


def reporting(commitment: Commitment) -> dict[str, Any]:
    """The button of who does it."""
    return {
        "button": ("", _("Meld hoe het gaat")),
        "purpose": REPORT,
        "subject": commitment.uuid,
        "lasts": until_after(commitment),
    }


def receiving(commitment: Commitment) -> dict[str, Any]:
    """The button of who gets it, as long as there is nothing to confirm."""
    return {
        "button": ("", _("Bekijk de afspraak")),
        "purpose": RECEIVE,
        "subject": commitment.uuid,
        "lasts": until_after(commitment),
    }


def confirming(commitment: Commitment) -> dict[str, Any]:
    return {
        "button": ("?keuze=yes", _("Ja, dit klopt")),
        "choices": [("?keuze=not_yet", _("Nog niet helemaal"))],
        "purpose": CONFIRM,
        "subject": commitment.uuid,
    }


def answering_date(proposal: DateProposal) -> dict[str, Any]:
    return {
        "button": ("?keuze=yes", _("Ja, die datum is goed")),
        "choices": [("?keuze=no", _("Nee, liever niet"))],
        "purpose": ANSWER_DATE,
        "subject": proposal.uuid,
    }


def tell_of_agreement(commitment: Commitment) -> None:
    """Both sides hear it, each with the link by which it says how it goes."""
    shared: dict[str, Any] = {"key": f"agreed:{commitment.uuid}", "about": about(commitment)}
    shown = {"commitment": commitment}
    send("agreed_promisor", parties.promisors(commitment), shown, **reporting(commitment), **shared)
    send("agreed_beneficiary", parties.beneficiaries(commitment), shown, **receiving(commitment), **shared)


def tell_of_decline(commitment: Commitment, note: str, side: str = "") -> None:
    """To who wrote the proposal, and to who had said yes to it; thanks go to who offered it."""
    told = {each: parties.on_side(commitment, each) for each in Side.values if each != side}
    if not commitment.proposing_side:
        told[""] = parties.contacts(None)
    for each, to in told.items():
        send(
            "declined",
            to,
            {"commitment": commitment, "note": note, "offered": each == Side.PROMISOR},
            key=f"declined:{commitment.uuid}",
            about=about(commitment),
            button=page(commitment),
        )


def said_yes(commitment: Commitment, side: str) -> bool:
    """Whether one side had agreed already to what did not come about."""
    return getattr(commitment, f"{side}_yes_at") is not None


def tell_of_withdrawal(commitment: Commitment) -> None:
    """To each side that did not write it: who need not answer any more, and who had said yes."""
    for side in Side.values:
        if side == commitment.proposing_side:
            continue
        send(
            "withdrawn",
            parties.on_side(commitment, side),
            {"commitment": commitment, "said_yes": said_yes(commitment, side)},
            key=f"withdrawn:{commitment.uuid}:{side}",
            about=about(commitment),
            button=(site(reverse("commitments:list")), _("Bekijk andere toezeggingen")),
        )


def tell_of_lapse(commitment: Commitment) -> None:
    """To who wrote it, with the way to propose it again; and to who had said yes to what the board wrote."""
    for side in Side.values:
        if side != commitment.proposing_side and said_yes(commitment, side):
            send(
                "lapsed_yes",
                parties.on_side(commitment, side),
                {"commitment": commitment},
                key=f"lapsed:{commitment.uuid}:{commitment.closed_at:%Y%m%d}:{side}",
                about=about(commitment),
                button=page(commitment),
            )
    send(
        "lapsed",
        parties.on_side(commitment, commitment.proposing_side),
        {"commitment": commitment},
        key=f"lapsed:{commitment.uuid}:{commitment.closed_at:%Y%m%d}",
        about=about(commitment),
        button=(site(reverse("commitments:edit", args=[commitment.uuid])), _("Stel het opnieuw voor")),
    )


def tell_board(commitment: Commitment, key: str, why: str, note: str = "") -> None:
    send(
        "board",
        parties.contacts(None),
        {"commitment": commitment, "why": why, "note": note},
        key=key,
        about=about(commitment),
        button=page(commitment),
    )


def ask_to_confirm_result(commitment: Commitment) -> None:
    send(
        "confirm",
        parties.beneficiaries(commitment),
        {"commitment": commitment, "again": False},
        key=f"confirm:{commitment.uuid}:{commitment.reported_at:%Y%m%d%H%M%S%f}",
        about=about(commitment),
        **confirming(commitment),
    )


def tell_of_not_yet(commitment: Commitment, note: str) -> None:
    send(
        "not_yet",
        parties.promisors(commitment),
        {"commitment": commitment, "note": note},
        key=f"not-yet:{commitment.uuid}:{commitment.not_yet_count}",
        about=about(commitment),
        **reporting(commitment),
    )


def tell_of_keeping(commitment: Commitment) -> None:
    """To who did it and, where it was kept by silence, also to who was silent."""
    silent = parties.beneficiaries(commitment) if commitment.kept_by_silence else []
    send(
        "kept",
        [*parties.promisors(commitment), *silent],
        {"commitment": commitment},
        key=f"kept:{commitment.uuid}",
        about=about(commitment),
        button=page(commitment),
    )


def tell_of_giving_back(commitment: Commitment, note: str, side: str) -> None:
    send(
        "given_back",
        parties.others(commitment, side),
        {"commitment": commitment, "note": note, "by_promisor": side == Side.PROMISOR},
        key=f"given-back:{commitment.uuid}",
        about=about(commitment),
        button=page(commitment),
    )


def ask_about_date(commitment: Commitment, proposal: DateProposal) -> None:
    send(
        "date_asked",
        parties.on_side(commitment, proposal.answering_side),
        {"commitment": commitment, "proposal": proposal, "again": False},
        key=f"date-asked:{proposal.uuid}",
        about=about(commitment),
        **answering_date(proposal),
    )


def tell_of_date(commitment: Commitment, proposal: DateProposal, note: str) -> None:
    """To who asked for it, with their own link to go on with."""
    send(
        "date_answered",
        parties.others(commitment, proposal.answering_side),
        {
            "commitment": commitment,
            "proposal": proposal,
            "note": note,
            "agreed": proposal.outcome == DateProposal.Outcome.ACCEPTED,
        },
        key=f"date-answered:{proposal.uuid}",
        about=about(commitment),
        **(reporting(commitment) if proposal.by_promisor else receiving(commitment)),
    )


def tell_that_board_was_asked(commitment: Commitment, note: str, side: str) -> None:
    send(
        "board_asked",
        parties.others(commitment, side),
        {"commitment": commitment, "note": note, "who": parties.side_of(commitment, side)},
        key=f"board-asked:{commitment.uuid}:{commitment.version}",
        about=about(commitment),
        button=page(commitment),
    )


def tell_of_mediation(commitment: Commitment, note: str, at: dt.datetime) -> None:
    """Both sides hear what the board made of it, and go on with their own link."""
    shown = {"commitment": commitment, "note": note}
    shared: dict[str, Any] = {"key": f"mediated:{commitment.uuid}:{at:%Y%m%d%H%M%S}", "about": about(commitment)}
    running = commitment.state in RUNNING_STATES
    link = {"button": page(commitment)}
    send("mediated", parties.promisors(commitment), shown, **(reporting(commitment) if running else link), **shared)
    to_do = confirming(commitment) if commitment.state == CommitmentState.REPORTED else receiving(commitment)
    ended = commitment.closed_at is not None
    send("mediated", parties.beneficiaries(commitment), shown, **(link if ended else to_do), **shared)


def send_link_again(commitment: Commitment, link: ActionLink) -> None:
    """To the address of the old one, once a day: whoever keeps pressing fills nobody's mailbox."""
    send(
        "link_again",
        [link.holder],
        {"commitment": commitment},
        key=f"link-again:{link.uuid}:{timezone.localdate()}",
        about=about(commitment),
        button=("", _("Ga verder")),
        purpose=link.purpose,
        subject=link.subject,
        lasts=until_after(commitment),
    )
