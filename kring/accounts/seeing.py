"""Who sees what of somebody: told by the rooms, with those who hold an office by name."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts.models import BoardSeat, User
from kring.foundation.personal import Datum, Sight, register_sight, sights


def on_account(user: User, today: dt.date) -> list[Sight]:
    """In the administration; and who sits on the board stands on the site."""
    given = [Datum.NAME, Datum.EMAIL, *([Datum.PHONE] if user.phone else [])]
    seen = [Sight(datum, _("sitebeheer"), administrators=True) for datum in given]
    if BoardSeat.objects.held(today).filter(user=user).exists():
        seen.append(Sight(Datum.NAME, _("de pagina over de kring"), everyone=True, url=reverse("site:about")))
    return [*seen, Sight(Datum.SIGN_INS, _("je account"), url=reverse("usersessions_list"))]


def board(today: dt.date) -> dict[int, str]:
    """Who is on the board today, with the function."""
    held = BoardSeat.objects.held(today).filter(user__is_active=True).select_related("user")
    return {seat.user_id: f"{seat.user} ({seat.get_function_display()})" for seat in held}


def who_sees(user: User, today: dt.date) -> dict[Datum, list[Sight]]:
    """For each kind of data, who sees it besides the user."""
    on_board = board(today)
    administering = {each.pk: str(each) for each in User.objects.administering()}

    def named(sight: Sight) -> Sight:
        offices = (on_board if sight.board else {}) | (administering if sight.administrators else {})
        people = {key: name for key, name in (sight.people | offices).items() if key != user.pk}
        return replace(sight, people=people)

    found = [named(sight) for sight in sights(user, today)]
    by_datum = {datum: [sight for sight in found if sight.datum == datum] for datum in Datum}
    if not user.name:  # then the address stands wherever a name would
        by_datum[Datum.EMAIL] += by_datum[Datum.NAME]
    return by_datum


register_sight(on_account)
