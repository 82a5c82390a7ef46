"""Keeping what somebody chose to get."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from kring.mail import suppression
from kring.mail.models import Kind, Suppression
from kring.newsletters import subscribing
from kring.newsletters.models import Source, Subscriber
from kring.newsletters.tokens import Reader

KINDS = {"digest": Kind.DIGEST, "reminders": Kind.REMINDER}


@transaction.atomic
def keep(reader: Reader, wanted: Mapping[str, Any], at: dt.datetime) -> None:
    """All of it at once. The link came by mail to the address, so nothing has to be confirmed."""
    language = wanted["language"]
    for name, kind in KINDS.items():
        if name in wanted:
            _want(reader.email, kind, at, is_wanted=wanted[name])
    if wanted["newsletter"]:
        name = reader.user.name if reader.user else ""
        subscribing.ask(
            email=reader.email, name=name, language=language, source=Source.PREFERENCES, at=at, proven=True
        )
    else:
        subscribing.leave(email=reader.email, source=Source.PREFERENCES, at=at, language=language)
    Subscriber.objects.filter(email=reader.email).update(language=language)
    if reader.user is not None and reader.user.language != language:
        reader.user.language = language
        reader.user.save(update_fields=["language"])


def _want(email: str, kind: str, at: dt.datetime, *, is_wanted: bool) -> None:
    if is_wanted:
        suppression.lift(email, at, kind=kind)
    elif not suppression.is_left(email, kind):
        suppression.suppress(email, Suppression.Reason.REQUEST, at, kind=kind)
