"""Who sees what of somebody who serves an organisation, or is its contact."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.foundation.personal import Datum, Sight, register_sight
from members import policies
from members.models import Organisation, Role, RoleKind

# What a policies.Contact holds, in its order.
CONTACT = (Datum.NAME, Datum.EMAIL, Datum.PHONE)


def is_held(role: Role, today: dt.date) -> bool:
    return role.since <= today and (role.until is None or role.until > today)


def serving(organisations: Iterable[int], today: dt.date) -> list[Role]:
    """Who has a role in one of these today, and can sign in."""
    held = Role.objects.held(today).filter(organisation__in=organisations, user__is_active=True)
    return list(held.select_related("user"))


def named(roles: Iterable[Role]) -> dict[int, str]:
    return {role.user_id: str(role.user) for role in roles if role.user.is_active}


def colleagues(user: User, today: dt.date) -> list[Sight]:
    """On the page of an organisation's people: names for all who serve it, addresses for its owners and the board.

    Who left is still named there, for the owners.
    """
    own = Role.objects.filter(user=user).values("organisation")
    by_organisation: dict[Organisation, list[Role]] = defaultdict(list)
    for role in Role.objects.filter(organisation__in=own).select_related("user", "organisation"):
        by_organisation[role.organisation].append(role)
    return [sight for each, roles in by_organisation.items() for sight in _among(each, roles, user, today)]


def _among(organisation: Organisation, roles: list[Role], user: User, today: dt.date) -> Iterator[Sight]:
    held = [role for role in roles if is_held(role, today)]
    owners = [role for role in held if role.role == RoleKind.OWNER]
    serves = any(role.user_id == user.pk for role in held)
    where = _("de mensen van %(name)s") % {"name": organisation}
    url = reverse("members:people", args=[organisation.slug])
    yield Sight(Datum.NAME, where, named(held if serves else owners), board=True, url=url)
    if serves:
        yield Sight(Datum.EMAIL, where, named(owners), board=True, url=url)


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
