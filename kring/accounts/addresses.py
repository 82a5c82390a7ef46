"""The address somebody signs in with, changed by an administrator: for who cannot reach the old one any more.

Changing it oneself goes by a code at the new address, see urls.py.
"""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from django.db import transaction

from kring.accounts import sessions
from kring.accounts.letters import Letter
from kring.accounts.models import User

LIFETIME = dt.timedelta(days=3)


@transaction.atomic
def was_moved(user: User, former: str) -> None:
    """Nobody stays signed in, the old address opens nothing any more, and hears of it."""
    EmailAddress.objects.filter(user=user).delete()
    sessions.end_all(user)
    told = {"from_email": former, "to_email": user.email}
    Letter("account/email/moved", former, user=user, told=told, worthless_after=LIFETIME).send()
