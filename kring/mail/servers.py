"""What all workers together may ask of the mail server: so many lines at once, so many messages a second, and nothing
while it takes nothing.

    closed ──no line, no to our sender, five noes in a row──▶ open (the board sees it) ──after a pause──▶ one message
       ▲                                                      ▲                                              │
       └──────────── it took it, or knows no such mailbox ────┼──────────────────────────────────────────────┤
                                                              └────────── still nothing: a longer pause ◀────┘

The state stands in the database: it holds over all machines, and a cache that is emptied forgets no limit.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from kring.mail import journal
from kring.mail.models import MailLine, MailServer

logger = logging.getLogger(__name__)

PAUSES = [dt.timedelta(seconds=seconds) for seconds in (30, 60, 120, 300)]
# So many seconds of the agreed pace are taken at once: who asks next waits no longer than this for each line.
SLICE_SECONDS = 2


def host() -> str:
    return "post" if settings.MAIL_TRANSPORT == "post" else f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


def current() -> MailServer:
    server, _is_new = MailServer.objects.get_or_create(host=host())
    return server


# --- Whether there is any point in trying ----------------------------------------------------------------------------


def may_try(server: MailServer, now: dt.datetime) -> bool:
    """While it takes nothing, one of all workers may after each pause; its turn is taken by asking."""
    if server.away_since is None:
        return True
    its_time = MailServer.objects.filter(pk=server.pk, next_try_at__lte=now)
    return its_time.update(next_try_at=now + pause_after(server.tries), tries=F("tries") + 1) == 1


def pause_after(tries: int) -> dt.timedelta:
    return PAUSES[min(tries, len(PAUSES) - 1)]


def is_away(server: MailServer) -> bool:
    return MailServer.objects.filter(pk=server.pk, away_since__isnull=False).exists()


def note_away(server: MailServer, reason: str, now: dt.datetime) -> None:
    """It takes nothing: nobody tries until the pause is over."""
    logger.warning("the mail server takes nothing now", extra={"reason": reason})
    closed = MailServer.objects.filter(pk=server.pk, away_since=None)
    closed.update(away_since=now, next_try_at=now + PAUSES[0], tries=1)
    MailServer.objects.filter(pk=server.pk).update(reason=reason[:500])


def note_back(server: MailServer) -> None:
    MailServer.objects.filter(pk=server.pk).update(away_since=None, next_try_at=None, tries=0, reason="")
    server.away_since = None


def try_now(now: dt.datetime) -> int:
    """The board does not want to wait for the pause to be over."""
    return MailServer.objects.filter(host=host(), away_since__isnull=False).update(next_try_at=now)


# --- Pace ------------------------------------------------------------------------------------------------------------


def batch_size(most: int) -> int:
    """How many to take at once, so that nobody keeps a pace from the others for long."""
    per_second = settings.MAIL_PER_SECOND
    return max(1, min(most, round(per_second * SLICE_SECONDS))) if per_second else most


def reserve(server: MailServer, number: int, now: dt.datetime) -> list[dt.datetime]:
    """When each of so many messages may go; nothing without an agreed pace."""
    if not settings.MAIL_PER_SECOND:
        return []
    step = dt.timedelta(seconds=1 / settings.MAIL_PER_SECOND)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mail_mailserver SET next_free_at = greatest(next_free_at, %s) + %s WHERE id = %s"
            " RETURNING next_free_at",
            [now, step * number, server.pk],  # type: ignore[list-item]  # psycopg knows intervals
        )
        (until,) = cursor.fetchone()
    return [until - step * (number - place) for place in range(number)]


# --- Lines -----------------------------------------------------------------------------------------------------------


@contextmanager
def line(server: MailServer, holder: str, *, for_codes: bool) -> Iterator[bool]:
    """Holds one of the lines, if there is one. The first is kept for codes, where there are more."""
    held = take_line(server, holder, timezone.now(), for_codes=for_codes)
    try:
        yield held is not None
    finally:
        if held is not None:
            release(holder)


def release(holder: str) -> None:
    """Its line is free again: the run ended, or died."""
    MailLine.objects.filter(held_by=holder).update(held_by="", held_until=None)


@transaction.atomic
def take_line(server: MailServer, holder: str, now: dt.datetime, *, for_codes: bool) -> MailLine | None:
    first = 0 if for_codes or settings.MAIL_CONNECTIONS == 1 else 1
    numbers = range(settings.MAIL_CONNECTIONS)
    if server.lines.count() < len(numbers):
        MailLine.objects.bulk_create([MailLine(server=server, number=n) for n in numbers], ignore_conflicts=True)
    ours = server.lines.filter(number__gte=first, number__lt=len(numbers)).order_by("number")
    lines = ours.select_for_update(skip_locked=True)
    free = lines.filter(Q(held_by="") | Q(held_until__lte=now)).first()
    free = free or next((each for each in lines if not journal.is_alive(each.held_by)), None)
    if free is not None:
        free.held_by, free.held_until = holder, now + dt.timedelta(seconds=settings.MAIL_LEASE_SECONDS)
        free.save(update_fields=["held_by", "held_until"])
    return free
