"""The box for mail that comes back, over IMAP: what was understood is thrown away, the rest stays there as read."""

from __future__ import annotations

import imaplib
import logging
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from kring.mail import reports

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200


def read_returns() -> int:
    """Takes in what is new; returns how many reports there were. OSError or imaplib's own when the box is away."""
    if not settings.MAIL_RETURN_BOX:
        return 0
    box = opened(settings.MAIL_RETURN_BOX)
    try:
        return sum(take_or_leave(box, number) for number in new_ones(box)[:MOST_AT_ONCE])
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.expunge()
            box.logout()


def opened(url: str) -> imaplib.IMAP4:
    """imaps://name:password@host/folder; imap:// only to a server on the same machine."""
    parts = urlsplit(url)
    of_kind = imaplib.IMAP4_SSL if parts.scheme == "imaps" else imaplib.IMAP4
    port = parts.port or (993 if parts.scheme == "imaps" else 143)
    box = of_kind(parts.hostname or "localhost", port, timeout=settings.EMAIL_TIMEOUT)
    box.login(unquote(parts.username or ""), unquote(parts.password or ""))
    box.select(f'"{parts.path.strip("/") or "INBOX"}"')
    return box


def new_ones(box: imaplib.IMAP4) -> list[str]:
    _typ, found = box.search(None, "UNSEEN")
    return found[0].decode().split() if found and found[0] else []


def take_or_leave(box: imaplib.IMAP4, number: str) -> bool:
    """One that we cannot make anything of stays there as read, and does not keep us from the others."""
    try:
        return take(box, number)
    except (OSError, imaplib.IMAP4.error, InterfaceError, OperationalError):
        raise  # the box or the database is away: it is read again later
    except Exception:
        logger.exception("a mail that came back cannot be read", extra={"number": number})
        box.store(number, "+FLAGS", r"(\Seen)")
        return False


def take(box: imaplib.IMAP4, number: str) -> bool:
    """Marked only once it is in the database: what is read twice is noted once."""
    _typ, parts = box.fetch(number, "(BODY.PEEK[])")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    was_report = reports.take(raw, timezone.now())
    box.store(number, "+FLAGS", r"(\Deleted)" if was_report else r"(\Seen)")
    return was_report
