"""What is erased when it has done its work."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from kring.mail.models import ActionLink, Kind, Message, MessageState, Stencil

KEEP_BODIES = dt.timedelta(days=90)
# A code opens the door, so it is gone long before that.
KEEP_CODES = dt.timedelta(days=1)
KEEP_LINKS = dt.timedelta(days=90)
UNDER_WAY = [MessageState.QUEUED, MessageState.SENDING, MessageState.PAUSED]


def erase_bodies(now: dt.datetime) -> int:
    """Takes the text out of old messages; the figures of their life stay."""
    old = Q(created_at__lt=now - KEEP_BODIES) | Q(kind=Kind.CODE, created_at__lt=now - KEEP_CODES)
    done = Message.objects.exclude(state__in=UNDER_WAY)
    erased = {"text": "", "html": "", "calendar": "", "headers": {}, "fields": {}, "body_erased_at": now}
    return done.filter(old, body_erased_at=None).update(**erased)


def erase_stencils(now: dt.datetime) -> int:
    """What many were sent, once no copy of it waits."""
    waiting = Message.objects.filter(stencil=OuterRef("pk"), state__in=UNDER_WAY)
    old = Stencil.objects.filter(created_at__lt=now - KEEP_BODIES, body_erased_at=None).exclude(Exists(waiting))
    return old.update(text="", html="", body_erased_at=now)


def forget_links(now: dt.datetime) -> int:
    """Links that were over long ago: nobody comes back to them, and they hold an address."""
    return ActionLink.objects.filter(expires_at__lt=now - KEEP_LINKS).delete()[0]
