"""Who sees what of somebody who serves an organisation, or is its contact."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts import personal as accounts
from kring.accounts.models import User
from kring.foundation.personal import Datum, Sight, register_sight
from members import policies
from members.models import Organisation, Role, RoleKind

# What a policies.Contact holds, in its order.
CONTACT = (Datum.NAME, Datum.EMAIL, Datum.PHONE)


def serving(organisations: Iterable[int], today: dt.date) -> dict[int, list[Role]]:
    """By organisation, who has a role there today and can sign in."""
    held = Role.objects.held(today).filter(organisation__in=organisations, user__is_active=True)
    by_organisation: dict[int, list[Role]] = defaultdict(list)
    for role in held.select_related("user", "organisation"):
        by_organisation[role.organisation_id].append(role)
    return by_organisation


def others(roles: Iterable[Role], user: User) -> dict[int, str]:
    return {role.user_id: str(role.user) for role in roles if role.user_id != user.pk}


def colleagues(user: User, today: dt.date) -> list[Sight]:
    """On the page of an organisation's people: names for all who serve it, addresses for its owners and the board."""
    own = list(Role.objects.filter(user=user).values_list("organisation", "since", "until"))
    now = {key for key, since, until in own if since <= today and (until is None or until > today)}
    board, seen = accounts.board(today), []
    board.pop(user.pk, None)
    for key, roles in serving({key for key, _since, _until in own}, today).items():
        organisation = roles[0].organisation
        url = reverse("members:people", args=[organisation.slug])
        owners = [role for role in roles if role.role == RoleKind.OWNER]
        where = _("de mensen van %(name)s") % {"name": organisation}
        names, addresses = others(roles if key in now else owners, user), others(owners, user)
        seen.append(Sight(Datum.NAME, where, names | board, url=url))
        if key in now:
            seen.append(Sight(Datum.EMAIL, where, addresses | board, url=url))
    return seen


def as_contact(user: User, today: dt.date) -> list[Sight]:
    """On the public page of an organisation: what its contact made public."""
    seen = []
    listed = Organisation.objects.listed(today).filter(contact=user).select_related("contact")
    for organisation in listed:
        shown = policies.public_contact(organisation)
        if shown is None:
            continue
        given = [datum for datum, value in zip(CONTACT, shown, strict=True) if value]
        where = _("de pagina van %(name)s") % {"name": organisation}
        url, change = organisation.get_absolute_url(), reverse("account_details")
        seen += [Sight(datum, where, everyone=True, url=url, change_url=change) for datum in given]
    return seen


register_sight(colleagues)
register_sight(as_contact)
