"""The address somebody signs in with, changed by an administrator: for who cannot reach the old one any more.

Changing it oneself goes by a code at the new address, see urls.py. A room that keeps something by address, such as
who does not want its mail, says so from AppConfig.ready():

    addresses.when_moved(subscriptions.move)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from kring.accounts import sessions
from kring.accounts.letters import Letter
from kring.accounts.models import User

LIFETIME = dt.timedelta(days=3)
# Called with the user, the former address and the moment.
Hears = Callable[[User, str, dt.datetime], None]
_hears: list[Hears] = []


def when_moved(hears: Hears) -> None:
    if hears not in _hears:
        _hears.append(hears)


@transaction.atomic
def tell_moved(user: User, former: str) -> None:
    for hears in _hears:
        hears(user, former, timezone.now())


@receiver(email_changed)
def was_changed(user: User, from_email_address: EmailAddress | None, **kwargs: Any) -> None:
    """By its owner. allauth's row of the new address is there already; the user in hand may be from before."""
    if from_email_address is not None:
        user.refresh_from_db(fields=["email"])
        tell_moved(user, from_email_address.email)


@transaction.atomic
def was_moved(user: User, former: str) -> None:
    """Nobody stays signed in, the old address opens nothing any more, and hears of it."""
    EmailAddress.objects.filter(user=user).delete()
    sessions.end_all(user)
    tell_moved(user, former)
    told = {"from_email": former, "to_email": user.email}
    Letter("account/email/moved", former, user=user, told=told, worthless_after=LIFETIME).send()
