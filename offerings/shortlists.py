"""What somebody set aside: a visitor's list lies in the session, a user's in the database; signing in brings them together."""

from __future__ import annotations

from django.http import HttpRequest

from kring.accounts.models import User
from offerings.models import Offering, Shortlist, ShortlistItem

SESSION_KEY = "shortlist"
COUNT_KEY = "shortlist_count"  # beside the link in every page's head
MAX_ITEMS = 50


class ShortlistFull(Exception):
    """There is an end to what fits on a list."""


def keys(request: HttpRequest) -> list[int]:
    """The offerings on the list, in the order in which they were put there."""
    if request.user.is_authenticated:
        items = ShortlistItem.objects.filter(shortlist__user=request.user)
        return list(items.values_list("offering_id", flat=True))
    return list(request.session.get(SESSION_KEY, []))


def add(request: HttpRequest, offering: Offering) -> None:
    """Puts it on the list; once is enough. Raises ShortlistFull."""
    present = keys(request)
    if offering.pk in present:
        return
    if len(present) >= MAX_ITEMS:
        raise ShortlistFull
    if request.user.is_authenticated:
        _add_for(request.user, [offering.pk])
    else:
        request.session[SESSION_KEY] = [*present, offering.pk]
    request.session[COUNT_KEY] = len(present) + 1


def remove(request: HttpRequest, offering: Offering) -> None:
    if request.user.is_authenticated:
        ShortlistItem.objects.filter(shortlist__user=request.user, offering=offering).delete()
    else:
        request.session[SESSION_KEY] = [key for key in keys(request) if key != offering.pk]
    request.session[COUNT_KEY] = len(keys(request))


def merge(request: HttpRequest, user: User) -> None:
    """After signing in: what the visitor set aside comes behind what the user had."""
    _add_for(user, request.session.pop(SESSION_KEY, []))
    request.session[COUNT_KEY] = ShortlistItem.objects.filter(shortlist__user=user).count()


def _add_for(user: User, offerings: list[int]) -> None:
    if not offerings:
        return
    shortlist, _made = Shortlist.objects.get_or_create(user=user)
    known = Offering.objects.filter(pk__in=offerings).values_list("pk", flat=True)
    ShortlistItem.objects.bulk_create(
        (ShortlistItem(shortlist=shortlist, offering_id=key) for key in offerings if key in set(known)),
        ignore_conflicts=True,
    )
