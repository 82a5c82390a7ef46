"""Keys for programs: bearer tokens (RFC 6750) of which only a hash is kept.

A token ends on its day, when it is revoked, with its owner's password, and with all of the owner's sessions.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from kring.accounts.models import ApiToken, User

# Leaked keys are found by it, in code and in logs.
PREFIX = "kring_"
LASTS = KEPT_FOR = dt.timedelta(days=365)
MOST = 20


class TooManyTokens(Exception):
    """Somebody has MOST tokens that work; one has to go before another comes."""


def hashed(secret: str) -> str:
    """Enough without salt: what is hashed is 256 random bits, not a word that somebody thought of."""
    return hashlib.sha256(secret.encode()).hexdigest()


def mark_of(password: str) -> str:
    return salted_hmac("kring.accounts.tokens", password, algorithm="sha256").hexdigest()


@transaction.atomic
def make(user: User, at: dt.datetime, *, name: str, scope: str, took_second_step: bool, once: UUID) -> str:
    """Returns the token itself, which is shown this once; the same `once` again makes none and returns nothing.

    Raises TooManyTokens.
    """
    User.objects.get_queryset().select_for_update().get(pk=user.pk)
    if ApiToken.objects.filter(uuid=once).exists():
        return ""
    if ApiToken.objects.usable(at).filter(user=user).count() >= MOST:
        raise TooManyTokens
    secret = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        uuid=once,
        user=user,
        name=name,
        scope=scope,
        hash=hashed(secret),
        password_mark=mark_of(user.password),
        took_second_step=took_second_step,
        created_at=at,
        expires_at=at + LASTS,
    )
    return secret


def find(secret: str, now: dt.datetime) -> ApiToken | None:
    """The token that still works, with its day of last use noted."""
    found = ApiToken.objects.usable(now).filter(hash=hashed(secret)).select_related("user").first()
    if found is None or not constant_time_compare(found.password_mark, mark_of(found.user.password)):
        return None
    today = timezone.localdate(now)
    if found.last_used_on != today:
        ApiToken.objects.filter(pk=found.pk).update(last_used_on=today)
    return found


def revoke(token: ApiToken, at: dt.datetime) -> None:
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)


def revoke_all(user: User, at: dt.datetime) -> None:
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=at)


def forget_over(now: dt.datetime) -> int:
    """Erases what stopped working a year ago; returns how many."""
    over = Q(expires_at__lte=now - KEPT_FOR) | Q(revoked_at__lte=now - KEPT_FOR)
    return ApiToken.objects.filter(over).delete()[0]
