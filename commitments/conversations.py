"""What was said about an enquiry, by both sides: in messages, and beside a step such as a no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from commitments.models import Commitment, Enquiry, EnquiryMessage, EnquiryTransition
from kring.accounts.models import User
from kring.foundation.forms import clean_text

MOST = 2000  # of a message


@dataclass(frozen=True)
class Said:
    """`step` is what was done with these words; of a message nothing."""

    author_name: str
    text: str
    at: dt.datetime
    step: str = ""


def last_said(enquiry: Enquiry) -> EnquiryMessage | None:
    """The other side's turn it is, once there is one."""
    return enquiry.messages.order_by("-at", "-pk").first()


def noted(enquiry: Enquiry) -> list[EnquiryTransition]:
    """The steps with which something was written."""
    return list(enquiry.transitions.exclude(note="").order_by("at", "pk"))


def conversation(enquiry: Enquiry) -> list[Said]:
    messages = [Said(each.author_name, each.text, each.at) for each in enquiry.messages.order_by("at", "pk")]
    steps = [Said(each.actor_name, each.note, each.at, each.get_after_display()) for each in noted(enquiry)]
    return sorted([*messages, *steps], key=lambda each: each.at)


def unsent(enquiry: Enquiry, posted: Mapping[str, str]) -> str:
    """What somebody wrote who came too late, to be given back; nothing when it was said already, by the same press."""
    # Beside a text a reason is a choice; who takes something back writes it.
    words = posted.get("text") or (posted.get("reason", "") if "intrekken" in posted else "")
    words = clean_text(words).strip()[:MOST]
    said = {each.text.strip() for each in conversation(enquiry)}
    return "" if words in said else words


def agreed(enquiry: Enquiry, reader: User | AnonymousUser) -> list[Commitment]:
    """What came of it, as far as the reader may see that."""
    return list(Commitment.objects.visible_to(reader).filter(enquiry=enquiry).order_by("pk"))
