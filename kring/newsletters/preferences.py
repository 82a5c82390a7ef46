"""What somebody gets of the mail that comes by itself, and keeping what they choose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from kring.mail import suppression
from kring.mail.models import Kind, Suppression
from kring.newsletters import reaching, subscribing
from kring.newsletters.models import Issue, Source, Subscriber, SubscriberState
from kring.newsletters.tokens import Reader

KINDS = {"digest": Kind.DIGEST, "reminders": Kind.REMINDER}


def now_for(reader: Reader, today: dt.date) -> dict[str, Any]:
    """What they get now, by the names of the choices."""
    gets = {name: not suppression.is_left(reader.email, kind) for name, kind in KINDS.items()} if reader.user else {}
    return {"newsletter": gets_newsletter(reader, today), "language": reader.language, **gets}


def gets_newsletter(reader: Reader, today: dt.date) -> bool:
    """Because they asked, or because they belong to the association and never said no."""
    if suppression.is_left(reader.email, Kind.NEWSLETTER):  # known longer than the row of who left
        return False
    known = reader.subscriber
    if known is not None and (known.state != SubscriberState.PENDING or known.left_at is not None):
        return known.state == SubscriberState.ACTIVE
    return reader.user is not None and reaching.reaches_unasked(reader.email, today)


@transaction.atomic
def keep(reader: Reader, wanted: Mapping[str, Any], at: dt.datetime) -> None:
    """All of it at once, as far as it is another choice than what was the case.

    The link came by mail to the address, so nothing has to be confirmed.
    """
    language, before = wanted["language"], now_for(reader, timezone.localdate(at))
    for name, kind in KINDS.items():
        if name in wanted and wanted[name] != before.get(name):
            _want(reader.email, kind, at, is_wanted=wanted[name])
    if wanted["newsletter"] != before["newsletter"]:
        _want_newsletter(reader, language, at, is_wanted=wanted["newsletter"])
    Subscriber.objects.filter(email=reader.email).update(language=language)
    if reader.user is not None and reader.user.language != language:
        reader.user.language = language
        reader.user.save(update_fields=["language"])


def _want_newsletter(reader: Reader, language: str, at: dt.datetime, *, is_wanted: bool) -> None:
    if is_wanted:
        name = reader.user.name if reader.user else ""
        subscribing.ask(
            email=reader.email, name=name, language=language, source=Source.PREFERENCES, at=at, proven=True
        )
    else:
        issue = Issue.objects.filter(number=reader.issue).first() if reader.issue else None
        subscribing.leave(email=reader.email, source=Source.PREFERENCES, at=at, language=language, issue=issue)


def _want(email: str, kind: str, at: dt.datetime, *, is_wanted: bool) -> None:
    if is_wanted:
        suppression.lift(email, at, kind=kind)
    elif not suppression.is_left(email, kind):
        suppression.suppress(email, Suppression.Reason.REQUEST, at, kind=kind)
