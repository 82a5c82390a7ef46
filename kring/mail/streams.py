"""What comes by itself, and can be left with one click: what it is called, and which room hears of it.

A room that keeps its own list of readers says so from AppConfig.ready():

    streams.register(Kind.NEWSLETTER, left=subscriptions.end, came_back=subscriptions.revive)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.mail.models import Kind, Message

Hears = Callable[[Message, dt.datetime], None]
Finds = Callable[[str], str]


@dataclass(frozen=True)
class Stream:
    """The words around leaving one: in the foot of the mail, and on the page behind its link."""

    foot: str | Promise
    question: str | Promise
    why: str | Promise
    leave: str | Promise
    left: str | Promise
    come_back: str | Promise


STREAMS = {
    Kind.REMINDER: Stream(
        foot=_("Geen herinneringen meer op dit adres?"),
        question=_("Geen herinneringen meer?"),
        why=_("Je krijgt ze op %(email)s, zodat een toezegging niet wordt vergeten. Liever niet? Dat kan."),
        leave=_("Stuur mij geen herinneringen meer"),
        left=_("Je krijgt geen herinneringen meer"),
        come_back=_("Stuur ze toch weer"),
    ),
    Kind.DIGEST: Stream(
        foot=_("Geen overzichten meer op dit adres?"),
        question=_("Geen overzichten meer?"),
        why=_(
            "Je krijgt ze op %(email)s, zodat je ziet wat er voor je ligt en wat bij je past. Liever niet? Dat kan."
        ),
        leave=_("Stuur mij geen overzichten meer"),
        left=_("Je krijgt geen overzichten meer"),
        come_back=_("Stuur ze toch weer"),
    ),
    Kind.NEWSLETTER: Stream(
        foot=_("Geen nieuwsbrief meer op dit adres?"),
        question=_("Geen nieuwsbrief meer?"),
        why=_("Je krijgt hem op %(email)s. Liever niet? Dat kan."),
        leave=_("Stuur mij geen nieuwsbrief meer"),
        left=_("Je krijgt geen nieuwsbrief meer"),
        come_back=_("Stuur hem toch weer"),
    ),
}

_left: dict[str, list[Hears]] = {}
_came_back: dict[str, list[Hears]] = {}
_finds: dict[str, Finds] = {}


def register(kind: str, *, left: Hears, came_back: Hears) -> None:
    """`left` is called with the mail from which somebody left; with a mail of any kind that was reported as unwanted;
    maybe twice."""
    for known, hears in ((_left, left), (_came_back, came_back)):
        if hears not in known.setdefault(kind, []):
            known[kind].append(hears)


def register_recipients(kind: str, find: Finds) -> None:
    """`find` gives the address of a recipient such as 'subscriber:<uuid>', or nothing."""
    _finds[kind] = find


def address_of(message: Message) -> str:
    """Where it went; once that is erased, where its reader is now."""
    return next(iter(addresses_of(message)), "")


def addresses_of(message: Message) -> list[str]:
    """Where it went, and where its reader is now if that is elsewhere: who leaves by an old mail, means both.

    The last is the present one.
    """
    kind, _colon, name = message.recipient.partition(":")
    present = message.user.email if message.user is not None else _finds[kind](name) if kind in _finds else ""
    return list({each.lower(): each for each in (message.email, present) if each}.values())


def tell_left(message: Message, now: dt.datetime) -> None:
    for hears in _left.get(message.kind, []):
        hears(message, now)


def tell_left_all(message: Message, now: dt.datetime) -> None:
    """Who reports one of our mails as unwanted, wants none of those that come by themselves."""
    for kind in _left:
        for hears in _left[kind]:
            hears(message, now)


def tell_came_back(message: Message, now: dt.datetime) -> None:
    for hears in _came_back.get(message.kind, []):
        hears(message, now)
