"""Who sees that somebody gets the newsletter."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.foundation.personal import Datum, Sight, register_sight
from kring.newsletters import personal


def subscription(user: User, today: dt.date) -> list[Sight]:
    """The board sees who is on the list."""
    if not personal.subscriptions(user).exists():
        return []
    where, url = _("de abonnees van de nieuwsbrief"), reverse("newsletters:subscribers")
    return [Sight(datum, where, board=True, administrators=True, url=url) for datum in (Datum.NAME, Datum.EMAIL)]


register_sight(subscription)
