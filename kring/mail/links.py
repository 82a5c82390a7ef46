"""Links in mail that do one thing for one person, without signing in.

GET shows, POST acts: mail scanners follow links. The token is known only to who got the mail; we keep its hash.
Each room registers a page per purpose, from its AppConfig.ready().
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from kring.mail.models import ActionLink
from kring.mail.recipients import Recipient

TOKEN_BYTES = 24


class Over(NamedTuple):
    """What is the case now, for who comes back to a link: a sentence, and where to go on."""

    sentence: str
    url: str = "/"
    label: str = ""


class About(NamedTuple):
    """What a link is about, for the board's list."""

    title: str
    url: str = ""


class MovedOn(Exception):
    """From `act`: it could not be done any more. The page then says what is the case; the link is not used up."""

    def __init__(self, told: str | Promise = "") -> None:
        super().__init__(told)
        self.told = told


class LinkPage:
    """What a link with one purpose shows and does. A redirect from `act` means that it was done."""

    purpose: ClassVar[str]
    # What the holder may do with it, for the board's list.
    label: ClassVar[str | Promise] = ""

    def find(self, link: ActionLink) -> Any | None:
        """The thing that the link is about; None when it is gone or has moved on, so that there is nothing to do."""
        raise LookupError(self.purpose)

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        raise LookupError(self.purpose)

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        raise LookupError(self.purpose)

    def over(self, link: ActionLink) -> Over:
        raise LookupError(self.purpose)

    def typed(self, request: HttpRequest, link: ActionLink) -> list[dict[str, Any]]:
        """What was posted too late, for components/facts.html, so that nothing typed is lost."""
        return []

    def can_renew(self, link: ActionLink) -> bool:
        """Whether who holds a link that was used or ran out can have a new one mailed to the same address."""
        return False

    def renew(self, link: ActionLink) -> None:
        """Mails it. To be asked only where `can_renew`."""
        raise LookupError(self.purpose)


Finder = Callable[[Iterable[uuid.UUID]], dict[uuid.UUID, About]]

_finders: dict[str, Finder] = {}


def register_subjects(room: str, find: Finder) -> None:
    """`room` is what stands before the first dot of a purpose; `find` names many subjects in a query or two."""
    _finders[room] = find


def subjects_of(found: Iterable[ActionLink]) -> dict[uuid.UUID, About]:
    """What these links are about, as far as their rooms say."""
    by_room: dict[str, set[uuid.UUID]] = {}
    for link in found:
        by_room.setdefault(link.purpose.partition(".")[0], set()).add(link.subject)
    named = (_finders[room](subjects) for room, subjects in by_room.items() if room in _finders)
    return {subject: about for each in named for subject, about in each.items()}


_pages: dict[str, LinkPage] = {}


def register(page: type[LinkPage]) -> type[LinkPage]:
    _pages[page.purpose] = page()
    return page


def page_for(purpose: str) -> LinkPage | None:
    return _pages.get(purpose)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(
    purpose: str, subject: uuid.UUID, holder: Recipient, *, expires_in: dt.timedelta, single_use: bool = True
) -> str:
    """The address of a new link. It is only ever known here and in the mail."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ActionLink.objects.create(
        token_hash=hash_of(token),
        purpose=purpose,
        subject=subject,
        email=holder.email,
        name=holder.name[:120],
        user=holder.user,
        single_use=single_use,
        expires_at=timezone.now() + expires_in,
    )
    return settings.SITE_URL + reverse("mail:act", args=[token])


def revoke(purpose: str, subject: uuid.UUID, now: dt.datetime) -> int:
    """Ends the open links of one purpose about one thing; returns how many."""
    open_links = ActionLink.objects.filter(purpose=purpose, subject=subject, used_at=None, revoked_at=None)
    return open_links.update(revoked_at=now)


def forget_whom(purpose: str, subjects: Iterable[uuid.UUID], now: dt.datetime) -> int:
    """These things are forgotten: their links end, and do not hold whose they were. Returns how many."""
    held = ActionLink.objects.filter(purpose=purpose, subject__in=list(subjects))
    return held.update(email="", name="", revoked_at=Coalesce(F("revoked_at"), Value(now)))
