"""A reminder as a mail to one person: one thing alone, or all of a day in one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments import notices, parties
from commitments.models import Anchor, Audience, Commitment, DateProposal, ReminderRule
from commitments.reminder_words import Words, own_words
from kring.mail import links, outbox
from kring.mail.models import Kind, Message
from kring.mail.posting import ANSWER_WITHIN, site
from kring.mail.recipients import Recipient
from kring.mail.rendering import Rendered, render

# Two days later it says something that is not so any more.
WORTH_SENDING = dt.timedelta(days=2)
AT_ONCE = 25

# Which mail a rule sends, by what it counts from and to whom it goes; other pairs make no sense.
TEMPLATES = {
    (Anchor.DUE, Audience.PROMISOR): "due",
    (Anchor.DUE, Audience.BENEFICIARY): "due_beneficiary",
    (Anchor.DUE, Audience.BOARD): "board",
    (Anchor.PROPOSED, Audience.OTHER_PARTY): "proposed",
    (Anchor.PROPOSED, Audience.BOARD): "board",
    (Anchor.REPORTED, Audience.BENEFICIARY): "confirm",
    (Anchor.REPORTED, Audience.BOARD): "board",
    (Anchor.DATE_ASKED, Audience.OTHER_PARTY): "date_asked",
    (Anchor.DATE_ASKED, Audience.BOARD): "board",
}
# What each asks, in the list of a day.
ASKED: dict[str, str | Promise] = {
    "due": gettext_lazy("Hoe staat het ermee?"),
    "due_beneficiary": gettext_lazy("Dit doet een ander voor jullie"),
    "board": gettext_lazy("Vraagt aandacht van het bestuur"),
    "proposed": gettext_lazy("Wat vinden jullie van dit voorstel?"),
    "confirm": gettext_lazy("Klopt het resultaat?"),
    "date_asked": gettext_lazy("Is de nieuwe datum goed?"),
}
WHY_BOARD = {
    Anchor.DUE: gettext_lazy("De datum is al even voorbij en er is niets gemeld."),
    Anchor.PROPOSED: gettext_lazy("Op dit voorstel komt al een tijd geen antwoord."),
    Anchor.REPORTED: gettext_lazy("Dit is klaar gemeld, maar nog niet bevestigd."),
    Anchor.DATE_ASKED: gettext_lazy("Er is om een nieuwe datum gevraagd, en er komt geen antwoord."),
}


@dataclass(frozen=True)
class Item:
    """What one reminder says to one person: which mail, what stands in it, and its button."""

    commitment: Commitment
    template: str
    context: dict[str, Any]
    button: dict[str, Any]
    own: Words | None

    @property
    def subject(self) -> str:
        """In a list of several."""
        if self.own is not None:
            return self.own.subject
        late = self.template == "due" and self.context["is_late"]
        return _("De datum is voorbij. Hoe staat het ermee?") if late else str(ASKED[self.template])


def recipients(rule: ReminderRule, commitment: Commitment) -> list[Recipient]:
    """Whom a rule speaks to, for a commitment that is in the state that the rule is about. Nobody twice."""
    match rule.audience:
        case Audience.PROMISOR:
            found = parties.promisors(commitment)
        case Audience.BENEFICIARY:
            found = parties.beneficiaries(commitment)
        case Audience.BOARD:
            found = parties.contacts(None)
        case _other_party if rule.anchor == Anchor.DATE_ASKED:
            proposal = commitment.date_proposals.open().first()
            found = parties.on_side(commitment, proposal.answering_side) if proposal else []
        case _other_party:
            found = parties.answerers(commitment)
    return list({who.email: who for who in found}.values())


def item_of(rule: ReminderRule, commitment: Commitment, to: Recipient, today: dt.date) -> Item:
    """In the language of who reads it. `to` is one of `recipients`."""
    context = {
        "commitment": commitment,
        "again": True,
        "is_late": commitment.due_on < today,
        "is_today": commitment.due_on == today,
        "why": WHY_BOARD[Anchor(rule.anchor)],
        "note": "",
    }
    button, more = BUTTONS[rule.template](commitment, to)
    return Item(commitment, rule.template, context | more, button, own_words(rule, commitment, to, today))


Made = tuple[dict[str, Any], dict[str, Any]]


def _proposed(commitment: Commitment, to: Recipient) -> Made:
    """Two may be asked for their yes; each answers for the own side."""
    asked = {side: parties.on_side(commitment, side) for side in commitment.waits_for}
    side = next((side for side, people in asked.items() if to.email in {who.email for who in people}), "")
    counter = Commitment.objects.filter(counter_favour_of=commitment).first()
    return notices.answering(commitment, side), {"counter": counter}


def _date_asked(commitment: Commitment, to: Recipient) -> Made:
    proposal: DateProposal = commitment.date_proposals.open().get()
    return notices.answering_date(proposal), {"proposal": proposal}


BUTTONS: dict[str, Callable[[Commitment, Recipient], Made]] = {
    "due": lambda commitment, to: (notices.reporting(commitment), {}),
    "due_beneficiary": lambda commitment, to: (notices.receiving(commitment), {}),
    "board": lambda commitment, to: ({"button": notices.page(commitment)}, {}),
    "proposed": _proposed,
    "confirm": lambda commitment, to: (notices.confirming(commitment), {}),
    "date_asked": _date_asked,
}


def write(items: Sequence[Item], to: Recipient, today: dt.date, now: dt.datetime, *, is_more: bool = False) -> Message:
    """The one mail with reminders that somebody gets on a day: the key can stand in the outbox once.

    `is_more` when there is more to say than goes in one.
    """
    with translation.override(to.language):
        template, context, about = _alone(items[0], to) if len(items) == 1 else _together(items, to)
    context["is_more"] = is_more
    return outbox.queue(
        f"commitments/mail/{template}",
        to,
        context,
        key=f"reminders:{today}:{to.email}"[:200],
        kind=Kind.REMINDER,
        about=about,
        expires_at=now + WORTH_SENDING,
    )


def _alone(item: Item, to: Recipient) -> tuple[str, dict[str, Any], str]:
    (address, label), *choices = _buttons(item, to)
    shown = {"action_url": address, "action_label": label, "choices": choices, "own": item.own}
    return ("own_words" if item.own else item.template), {**item.context, **shown}, notices.about(item.commitment)


def _together(items: Sequence[Item], to: Recipient) -> tuple[str, dict[str, Any], str]:
    """Each with its own link; who has an account finds all of it on the own page too."""
    choices = []
    for number, item in enumerate(items, start=1):
        address, label = _buttons(item, to)[0]
        choices.append((address, f"{number}. {item.commitment.title}: {label}"))
    own = {"action_url": site(reverse("site:my")), "action_label": _("Bekijk alles op je eigen pagina")}
    return "digest", {"items": items, "choices": choices, **(own if to.user else {})}, ""


def _buttons(item: Item, to: Recipient) -> list[tuple[str, str]]:
    """The addresses of what can be answered, behind a link of the reader's own where it needs one."""
    wanted = item.button
    link = ""
    if "purpose" in wanted:
        lasts = wanted.get("lasts", ANSWER_WITHIN)
        link = links.issue(wanted["purpose"], wanted["subject"], to, expires_in=lasts)
    return [(link + end, str(label)) for end, label in (wanted["button"], *wanted.get("choices", ()))]


def preview(rule: ReminderRule, commitment: Commitment, to: Recipient, today: dt.date) -> Rendered:
    """The mail as it would go to `to` today; its button leads to the page, since nothing is issued for a look."""
    with translation.override(to.language):
        context = {
            "commitment": commitment,
            "again": True,
            "is_late": commitment.due_on < today,
            "is_today": commitment.due_on == today,
            "why": WHY_BOARD[Anchor(rule.anchor)],
            "note": "",
            "counter": Commitment.objects.filter(counter_favour_of=commitment).first(),
            "proposal": commitment.date_proposals.first() or _asked_for_a_look(commitment),
            "own": own_words(rule, commitment, to, today),
            "action_url": site(commitment.get_absolute_url()),
            "action_label": _("De knop van deze mail"),
        }
    template = "own_words" if context["own"] else TEMPLATES[Anchor(rule.anchor), Audience(rule.audience)]
    return render(f"commitments/mail/{template}", to, context)


def _asked_for_a_look(commitment: Commitment) -> DateProposal:
    """A date that nobody asked for, where a mail about one is shown."""
    day = commitment.due_on
    return DateProposal(commitment=commitment, by_promisor=True, old_date=day, new_date=day + dt.timedelta(days=14))
