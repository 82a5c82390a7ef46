"""What the tests of this room read in the outbox."""

from __future__ import annotations

import re

from kring.mail.models import Message


def mail(to: str, template: str) -> Message:
    """The last mail of one kind to one address."""
    return Message.objects.filter(email=to, template=f"members/mail/{template}").latest("pk")


def link(to: str, template: str) -> str:
    """The path behind the button of that mail."""
    found = re.search(r"https?://[^/\s]+(/a/[^\s?]+)", mail(to, template).text)
    assert found, "there is no link in this mail"
    return found[1]


def sent(template: str) -> list[str]:
    """To whom mail of one kind went, in order of the address."""
    return sorted(Message.objects.filter(template=f"members/mail/{template}").values_list("email", flat=True))
