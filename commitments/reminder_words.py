"""The board's own words for a reminder, in which a fixed set of placeholders stands for what it is about.

They are replaced as text: nothing in them is looked up or run, and no value is searched for placeholders again.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, ReminderRule
from kring.foundation.models import Circle
from kring.foundation.wording import days_away, long_date, quantity
from kring.mail.recipients import Recipient

MARK = re.compile(r"\{([^{}\s]*)\}")

PLACEHOLDERS: dict[str, str | Promise] = {
    "naam": _("de voornaam van wie de mail krijgt"),
    "toezegging": _("wat is afgesproken"),
    "maker": _("wie het doet"),
    "ontvanger": _("voor wie het is"),
    "hoeveel": _("het aantal met de eenheid"),
    "datum": _("de datum waarop het klaar moet zijn"),
    "dagen": _("hoe ver die datum weg is, zoals ‘over 3 dagen’"),
    "kring": _("de naam van de kring"),
}


@dataclass(frozen=True)
class Words:
    subject: str
    text: str


def unknown(text: str) -> list[str]:
    """What stands between braces and is no placeholder."""
    return sorted({mark for mark in MARK.findall(text) if mark not in PLACEHOLDERS})


def values(commitment: Commitment, to: Recipient, today: dt.date) -> dict[str, str]:
    circle = Circle.current().full_name
    return {
        "naam": to.first_name or to.name,
        "toezegging": commitment.title,
        "maker": str(commitment.promisor),
        "ontvanger": str(commitment.beneficiary or circle),
        "hoeveel": quantity(commitment.quantity, commitment.unit),
        "datum": long_date(commitment.due_on),
        "dagen": days_away(commitment.due_on, today),
        "kring": circle,
    }


def filled(text: str, known: dict[str, str]) -> str:
    """Each value on one line, so that what somebody called a promise makes no paragraph of its own."""
    return MARK.sub(lambda mark: " ".join(known.get(mark[1], mark[0]).split()), text)


def own_words(rule: ReminderRule, commitment: Commitment, to: Recipient, today: dt.date) -> Words | None:
    """What the board wrote for this rule, filled in; none when the rule has the usual words."""
    if not rule.text:
        return None
    known = values(commitment, to, today)
    return Words(filled(rule.subject or "{toezegging}", known), filled(rule.text, known))
