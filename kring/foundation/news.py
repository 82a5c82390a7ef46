"""What there is to tell: rooms register it, and the newsletter and each member's digest ask for it.

A room registers from its AppConfig.ready(). This module knows none of them, so that rooms below the newsletters can:

    news.register_block(news.Block("meetings", _("Bijeenkomsten die komen"), coming, more="meetings:list"))
    news.register_part(news.Part("meetings", _("Waar je bij bent"), of_somebody, order=15))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from django.urls import NoReverseMatch, reverse

from kring.foundation.records import Text

if TYPE_CHECKING:
    from kring.accounts.models import User


class Span(NamedTuple):
    """From the moment of the last issue, or of somebody's last digest, until now."""

    since: dt.datetime
    until: dt.datetime


class Item(NamedTuple):
    """One thing to tell. `url` is its page on the site, from the root; `text` is plain, and may be left out."""

    title: str
    url: str
    text: str = ""


@dataclass(frozen=True)
class Block:
    """A part of a newsletter that fills itself with what every reader may know.

    `find` gives at most so many items, in the language that is active. `more` names the page that has them all.
    """

    slug: str
    title: Text
    find: Callable[[Span, int], list[Item]]
    hint: Text = ""
    more: str = ""
    more_label: Text = ""
    order: int = 50

    @property
    def more_url(self) -> str:
        try:
            return reverse(self.more) if self.more else ""
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Part:
    """A part of the digest of one member: what `find` gives is for that user's eyes."""

    slug: str
    title: Text
    find: Callable[[User, Span], list[Item]]
    order: int = 50


class Subscribe(Protocol):
    """Asks somebody whether they really want the newsletter; with `proven`, a link in a mail has shown already that
    the address is theirs and that they want it, and nothing more is asked."""

    def __call__(
        self, *, email: str, name: str, language: str, source: str, at: dt.datetime, proven: bool
    ) -> None: ...


_blocks: dict[str, Block] = {}
_parts: dict[str, Part] = {}
_subscribe: list[Subscribe] = []
_words: list[Callable[[], str]] = []


def register_block(block: Block) -> None:
    _blocks[block.slug] = block


def register_part(part: Part) -> None:
    _parts[part.slug] = part


def blocks() -> list[Block]:
    return sorted(_blocks.values(), key=lambda block: block.order)


def block(slug: str) -> Block | None:
    return _blocks.get(slug)


def parts() -> list[Part]:
    return sorted(_parts.values(), key=lambda part: part.order)


def take_subscriptions(subscribe: Subscribe, words: Callable[[], str]) -> None:
    """The room of the newsletters says who takes them, and under which words."""
    _subscribe[:] = [subscribe]
    _words[:] = [words]


def words() -> str:
    """What a form that asks for the newsletter has to say, since it is kept as proof; in the active language."""
    return _words[0]() if _words else ""


def takes_subscriptions() -> bool:
    """Whether there are newsletters to ask for."""
    return bool(_subscribe)


def subscribe(
    *, email: str, name: str = "", language: str = "nl", source: str, at: dt.datetime, proven: bool = False
) -> None:
    """For rooms that ask 'shall we send you the newsletter too?', such as a meeting's sign-up.

    In the caller's transaction. Does nothing where there are no newsletters.
    """
    for take in _subscribe:
        take(email=email, name=name, language=language, source=source, at=at, proven=proven)


def first(items: Iterable[Item], most: int) -> list[Item]:
    """The first few."""
    return [item for _place, item in zip(range(most), items, strict=False)]
