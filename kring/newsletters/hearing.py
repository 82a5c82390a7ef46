"""What this room hears of others: who leaves the newsletter with the button of a mail, who asks for it there, and who
has another address now. And what it says to them: which mails are still to be written.
"""

from __future__ import annotations

import datetime as dt
import uuid

from kring.accounts import addresses
from kring.accounts.models import User
from kring.foundation import news
from kring.mail import retention, streams
from kring.mail.models import Kind, Message
from kring.newsletters import consent, sending, subscribing
from kring.newsletters.models import Issue, Source, Subscriber


def left(message: Message, now: dt.datetime) -> None:
    """Off the list; and counted with the issue that did it, once, without whose it was."""
    _leave(message, Source.MAIL, now)


def left_on_request(message: Message, now: dt.datetime) -> None:
    """Who called or wrote to the board about it."""
    _leave(message, Source.REQUEST, now)


def _leave(message: Message, source: str, now: dt.datetime) -> None:
    """Where the mail went, and where its reader is now: one who leaves."""
    issue = _issue(message)
    for email in streams.addresses_of(message):
        if subscribing.leave(email=email, source=source, at=now, language=message.language, issue=issue):
            issue = None


def came_back(message: Message, now: dt.datetime) -> None:
    """By the link of their own mail, which shows that the address is theirs."""
    email = streams.addresses_of(message)[-1]
    if not subscribing.has_left(email):
        return
    subscribing.ask(email=email, name=message.name, language=message.language, source=Source.MAIL, at=now, proven=True)


def moved(user: User, former: str, now: dt.datetime) -> None:
    subscribing.move(former, user.email, now)


def _issue(message: Message) -> Issue | None:
    """The one that the mail brought; none for a test."""
    kind, _colon, name = message.about.partition(":")
    try:
        return Issue.objects.filter(uuid=uuid.UUID(name)).first() if kind == "newsletter" else None
    except ValueError:
        return None


def address(name: str) -> str:
    """Of a subscriber, whose mail does not hold it any more."""
    return Subscriber.objects.filter(uuid=name).values_list("email", flat=True).first() or ""


streams.register_recipients("subscriber", address)
streams.register(Kind.NEWSLETTER, left=left, came_back=came_back)
news.take_subscriptions(subscribing.take, consent.words)
addresses.when_moved(moved)
retention.keep_stencils(sending.stencils_needed)
