"""The box for mail that comes back, over IMAP: what was understood is thrown away, the rest stays there as read."""

from __future__ import annotations

import datetime as dt
import imaplib
import logging
import ssl
from contextlib import suppress
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from kring.foundation.forms import clean_text
from kring.foundation.logs import discreet
from kring.mail import reports
from kring.mail.models import ReturnBox

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200
OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}


def name() -> str:
    """As the board may see it: without who signs in there."""
    parts = urlsplit(settings.MAIL_RETURN_BOX)
    return f"{parts.hostname or 'localhost'}/{folder(parts)}" if settings.MAIL_RETURN_BOX else ""


def folder(parts: SplitResult) -> str:
    return parts.path.strip("/") or "INBOX"


def read_returns() -> int:
    """Takes in what is new; returns how many reports there were. That the box cannot be read is kept for the board."""
    if not settings.MAIL_RETURN_BOX:
        return 0
    try:
        taken = read(settings.MAIL_RETURN_BOX)
    except (OSError, imaplib.IMAP4.error) as error:
        note_failing(said(error), timezone.now())
        return 0
    now = timezone.now()
    ReturnBox.objects.update_or_create(name=name(), defaults={"read_at": now, "failing_since": None, "reason": ""})
    return taken


def read(url: str) -> int:
    """OSError or imaplib's own when the box is away."""
    box = opened(url)
    try:
        return sum(take_or_leave(box, number) for number in new_ones(box)[:MOST_AT_ONCE])
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.expunge()
            box.logout()


def note_failing(reason: str, now: dt.datetime) -> None:
    logger.warning("the box for mail that comes back cannot be read", extra={"reason": reason})
    box, _is_new = ReturnBox.objects.get_or_create(name=name())
    ReturnBox.objects.filter(pk=box.pk, failing_since=None).update(failing_since=now)
    ReturnBox.objects.filter(pk=box.pk).update(reason=reason[:500])


def said(error: Exception) -> str:
    """imaplib raises with the bytes of the server's answer."""
    words = error.args[0] if error.args and isinstance(error.args[0], bytes) else str(error).encode()
    return discreet(clean_text(words.decode("utf-8", "replace"))) or type(error).__name__


def is_safe(url: str) -> bool:
    """Without TLS the password is there to read for whoever is on the way."""
    parts = urlsplit(url)
    return parts.scheme == "imaps" or (parts.scheme == "imap" and parts.hostname in OWN_MACHINE)


def opened(url: str) -> imaplib.IMAP4:
    """imaps://name:password@host/folder; imap:// only to a server on the same machine, see checks.py."""
    parts, wait = urlsplit(url), settings.EMAIL_TIMEOUT
    host = parts.hostname or "localhost"
    box = (
        imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=ssl.create_default_context(), timeout=wait)
        if parts.scheme == "imaps"
        else imaplib.IMAP4(host, parts.port or 143, timeout=wait)
    )
    box.login(unquote(parts.username or ""), unquote(parts.password or ""))
    answer, told = box.select(f'"{folder(parts)}"')
    if answer != "OK":
        raise imaplib.IMAP4.error(told[-1])
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
    _typ, parts = box.fetch(number, f"(BODY.PEEK[]<0.{reports.MOST_BYTES}>)")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    was_report = reports.take(raw, timezone.now())
    box.store(number, "+FLAGS", r"(\Deleted)" if was_report else r"(\Seen)")
    return was_report
