"""Who sees what mail somebody got."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.foundation.personal import Datum, Sight, register_sight
from kring.mail import personal


def mail(user: User, today: dt.date) -> list[Sight]:
    """The board looks after the mail: it sees to whom, about what, and whether it came; nobody sees the text."""
    if not personal.messages(user).exists():
        return []
    where, url = _("verstuurde mail: aan wie, waarover en of het aankwam"), reverse("board:mail")
    return [
        Sight(Datum.MAIL, where, board=True, administrators=True, url=url),
        Sight(Datum.EMAIL, _("verstuurde mail"), board=True, administrators=True, url=url),
    ]


register_sight(mail)
