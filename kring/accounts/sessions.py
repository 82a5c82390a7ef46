"""Where people are signed in: a session, beside it what the account page tells of it, and tokens of programs."""

from __future__ import annotations

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from kring.accounts import tokens
from kring.accounts.models import User


def end_all(user: User) -> None:
    """Nobody is in any more under this name, by browser or by program."""
    tokens.revoke_all(user, timezone.now())
    for session in UserSession.objects.filter(user=user):
        session.end()


def forget_ended(now: dt.datetime) -> None:
    """Nothing is kept of a session that ran out or was ended."""
    Session.objects.filter(expire_date__lte=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
