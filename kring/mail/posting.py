"""The same mail to each of some people: one button that asks for one thing, and quieter choices under it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from kring.mail import links, outbox, suppression
from kring.mail.models import Kind, Message
from kring.mail.recipients import Recipient

ANSWER_WITHIN = dt.timedelta(days=60)

# An address, or what to add to the reader's own link; and the words on it.
Link = tuple[str, str | Promise]


def post(
    template: str,
    to: Iterable[Recipient],
    context: dict[str, Any],
    *,
    key: str,
    about: str,
    button: Link,
    choices: Iterable[Link] = (),
    purpose: str = "",
    subject: uuid.UUID | None = None,
    lasts: dt.timedelta = ANSWER_WITHIN,
    single_use: bool = True,
    kind: str = Kind.TRANSACTIONAL,
    calendar: str = "",
    expires_at: dt.datetime | None = None,
) -> None:
    """One mail to each, with a button and quieter choices.

    With a purpose they hold a link of the reader's own, and say what is chosen there; else each is an address. Who was
    sent it before gets no other: a link that nobody was sent would work all the same.
    """
    for own_key, recipient in _not_sent(key, to).items():
        own = links.issue(purpose, subject, recipient, expires_in=lasts, single_use=single_use) if subject else ""
        with translation.override(recipient.language):
            (address, label), *others = [(_to(own, end), str(words)) for end, words in (button, *choices)]
        outbox.queue(
            template,
            recipient,
            {**context, "action_url": address, "action_label": label, "choices": others},
            key=own_key,
            kind=kind,
            about=about,
            expires_at=expires_at,
            calendar=calendar,
        )


def _not_sent(key: str, to: Iterable[Recipient]) -> dict[str, Recipient]:
    """Each under a key of his own."""
    keyed: dict[str, Recipient] = {}
    for recipient in to:
        keyed.setdefault(f"{key}:{suppression.hash_of(recipient.email)[:32]}", recipient)
    known = set(Message.objects.filter(key__in=keyed).values_list("key", flat=True))
    return {own_key: recipient for own_key, recipient in keyed.items() if own_key not in known}


def _to(own: str, end: str) -> str:
    """Below the reader's own link, but for what is an address in itself."""
    return end if end.startswith(settings.SITE_URL) else own + end


def site(path: str) -> str:
    """A page of the site, as a mail links to it."""
    return settings.SITE_URL + path
