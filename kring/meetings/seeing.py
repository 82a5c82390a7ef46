"""Who sees what of somebody who signed up for a meeting."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.foundation.personal import Datum, Sight, register_sight
from kring.meetings import personal
from kring.meetings.models import Openness, SignUpState


def as_guest(user: User, today: dt.date) -> list[Sight]:
    """The board sees who comes and what they need; the page of a meeting names who ticked that."""
    real = personal.sign_ups(user).exclude(state=SignUpState.UNCONFIRMED)
    told = set(real.order_by().values_list("show_name", "state", "meeting__visibility").distinct())
    if not told:
        return []
    where, url = _("aanmeldingen voor bijeenkomsten"), reverse("meetings:list")
    seen = [Sight(datum, where, board=True, url=url) for datum in (Datum.NAME, Datum.EMAIL)]
    if real.exclude(needs="").exists():
        seen.append(Sight(Datum.NEEDS, where, board=True))
    named = (True, SignUpState.GOING, Openness.PUBLIC)
    if named in told:
        seen.append(Sight(Datum.NAME, _("de lijst van wie er komt"), everyone=True, url=url))
    return seen


register_sight(as_guest)
