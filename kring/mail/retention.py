"""What is erased when it has done its work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from kring.mail.models import (
    UNDER_WAY,
    ActionLink,
    Kind,
    Message,
    MessageEvent,
    MessageQuerySet,
    Stencil,
    Suppression,
)

KEEP_BODIES = dt.timedelta(days=90)
# A code opens the door, so it is gone long before that.
KEEP_CODES = dt.timedelta(days=1)
KEEP_LINKS = dt.timedelta(days=90)
# Of a newsletter only the totals matter after that; of any other mail that it was sent, for as long as somebody asks.
KEEP_READERS = dt.timedelta(days=30)
KEEP_MESSAGES = dt.timedelta(days=730)
NO_BODY: dict[str, Any] = {"text": "", "html": "", "calendar": "", "headers": {}, "fields": {}}
# Servers repeat the address in what they say.
NOBODY: dict[str, Any] = {**NO_BODY, "email": "", "name": "", "error": "", "smtp_reply": ""}


def erase_bodies(now: dt.datetime) -> int:
    """Takes the text out of old messages; the figures of their life stay."""
    old = Q(created_at__lt=now - KEEP_BODIES) | Q(kind=Kind.CODE, created_at__lt=now - KEEP_CODES)
    done = Message.objects.exclude(state__in=UNDER_WAY)
    return done.filter(old, body_erased_at=None).update(**NO_BODY, body_erased_at=now)


_needed: list[Callable[[], Iterable[str]]] = []


def keep_stencils(keys: Callable[[], Iterable[str]]) -> None:
    """A room says of which stencils it may still write copies."""
    _needed.append(keys)


def erase_stencils(now: dt.datetime) -> int:
    """What many were sent, once no copy of it waits, or is still to be written."""
    waiting = Message.objects.filter(stencil=OuterRef("pk"), state__in=UNDER_WAY)
    old = Stencil.objects.filter(created_at__lt=now - KEEP_BODIES, body_erased_at=None).exclude(Exists(waiting))
    old = old.exclude(key__in=[key for keys in _needed for key in keys()])
    return old.update(text="", html="", body_erased_at=now)


def forget_links(now: dt.datetime) -> int:
    """Links that were over long ago: nobody comes back to them, and they hold an address."""
    return ActionLink.objects.filter(expires_at__lt=now - KEEP_LINKS).delete()[0]


def erase_readers(now: dt.datetime) -> int:
    """Whom a newsletter went to. Not while the address gets no mail because of it: the board has to see whose."""
    because = Suppression.objects.standing().filter(message=OuterRef("pk"))
    old = Message.objects.filter(kind=Kind.NEWSLETTER, created_at__lt=now - KEEP_READERS).exclude(email="")
    over = old.exclude(state__in=UNDER_WAY).exclude(Exists(because))
    return _erase_whom(over, now)


def forget_messages(now: dt.datetime) -> int:
    """That there ever was such a mail."""
    old = Message.objects.exclude(state__in=UNDER_WAY).filter(created_at__lt=now - KEEP_MESSAGES)
    return old.delete()[1].get("mail.Message", 0)


def forget_whom(abouts: Iterable[str], now: dt.datetime) -> int:
    """The mails about who is forgotten themselves: that there was one stays, not to whom."""
    return _erase_whom(Message.objects.filter(about__in=list(abouts)), now)


@transaction.atomic
def _erase_whom(those: MessageQuerySet, now: dt.datetime) -> int:
    MessageEvent.objects.filter(message__in=those.order_by()).exclude(detail="").update(detail="")
    return those.update(**NOBODY, body_erased_at=Coalesce(F("body_erased_at"), Value(now)))
