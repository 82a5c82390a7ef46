"""What this room hears of others: that somebody has another address now."""

from __future__ import annotations

import datetime as dt

from kring.accounts import addresses
from kring.accounts.models import User
from kring.mail import suppression


def moved(user: User, former: str, now: dt.datetime) -> None:
    """Who did not want some mail at the old address, does not want it at the new one."""
    suppression.copy_requests(former, user.email, now)


addresses.when_moved(moved)
