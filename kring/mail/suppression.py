"""Addresses that get no mail, known by a keyed hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings

from kring.mail.models import Suppression


def hash_of(email: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), email.strip().lower().encode(), hashlib.sha256).hexdigest()


def suppressed(emails: Iterable[str]) -> set[str]:
    """Which of these get no mail."""
    hashes = {hash_of(email): email for email in emails}
    found = Suppression.objects.filter(address_hash__in=hashes, lifted_at=None).values_list("address_hash", flat=True)
    return {hashes[each] for each in found}


def suppress(email: str, reason: str, now: dt.datetime, note: str = "") -> None:
    Suppression.objects.update_or_create(
        address_hash=hash_of(email),
        defaults={"reason": reason, "since": now, "note": note[:500], "lifted_at": None},
    )
