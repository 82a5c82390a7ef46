"""What this room hears of others: who leaves the newsletter with the button of a mail, who asks for it there, and who
has another address now.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import F, QuerySet

from kring.accounts import addresses
from kring.accounts.models import User
from kring.foundation import news
from kring.mail import streams
from kring.mail.models import Kind, Message
from kring.newsletters import consent, subscribing
from kring.newsletters.models import Issue, Source, Subscriber


def left(message: Message, now: dt.datetime) -> None:
    """Off the list; and counted with the issue that did it, once, without whose it was."""
    _leave(message, Source.MAIL, now)


def left_on_request(message: Message, now: dt.datetime) -> None:
    """Who called or wrote to the board about it."""
    _leave(message, Source.REQUEST, now)


def _leave(message: Message, source: str, now: dt.datetime) -> None:
    """Where the mail went, and where its reader is now: one who leaves."""
    left = [
        subscribing.leave(email=email, source=source, at=now, language=message.language)
        for email in streams.addresses_of(message)
    ]
    if any(left):
        _issues(message).update(unsubscribed=F("unsubscribed") + 1)


def came_back(message: Message, now: dt.datetime) -> None:
    """By the link of their own mail, which shows that the address is theirs."""
    email = streams.addresses_of(message)[-1]
    if not subscribing.has_left(email):
        return
    subscribing.ask(email=email, name=message.name, language=message.language, source=Source.MAIL, at=now, proven=True)
    _issues(message).filter(unsubscribed__gt=0).update(unsubscribed=F("unsubscribed") - 1)


def moved(user: User, former: str, now: dt.datetime) -> None:
    subscribing.move(former, user.email, now)


def _issues(message: Message) -> QuerySet[Issue]:
    """The one that the mail brought; none for a test."""
    kind, _colon, name = message.about.partition(":")
    try:
        return Issue.objects.filter(uuid=uuid.UUID(name)) if kind == "newsletter" else Issue.objects.none()
    except ValueError:
        return Issue.objects.none()


def address(name: str) -> str:
    """Of a subscriber, whose mail does not hold it any more."""
    return Subscriber.objects.filter(uuid=name).values_list("email", flat=True).first() or ""


streams.register_recipients("subscriber", address)
streams.register(Kind.NEWSLETTER, left=left, came_back=came_back)
news.take_subscriptions(subscribing.take, consent.words)
addresses.when_moved(moved)
