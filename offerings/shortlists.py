"""What somebody set aside: a visitor's list lies in the session, a user's in the database; signing in joins them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest

from kring.accounts.models import User
from offerings.models import Offering, Shortlist, ShortlistItem

SESSION_KEY = "shortlist"
COUNT_KEY = "shortlist_count"  # beside the link in every page's head, so that no page has to ask for it
MAX_ITEMS = 50


class ShortlistFull(Exception):
    """There is an end to what fits on a list."""


def keys(request: HttpRequest) -> list[int]:
    """The offerings on the list, in the order in which they were put there."""
    if request.user.is_authenticated:
        return list(_items(request.user).values_list("offering_id", flat=True))
    return list(request.session.get(SESSION_KEY, []))


def count(request: HttpRequest) -> int:
    """As kept in the session."""
    return int(request.session.get(COUNT_KEY, 0))


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
        _items(request.user).filter(offering=offering).delete()
    else:
        request.session[SESSION_KEY] = [key for key in keys(request) if key != offering.pk]
    request.session[COUNT_KEY] = len(keys(request))


def clear_away(request: HttpRequest) -> int:
    """Takes off the list what its owner cannot see any more; gives how many that were."""
    present = keys(request)
    there = set(Offering.objects.visible_to(request.user).filter(pk__in=present).values_list("pk", flat=True))
    gone = [key for key in present if key not in there]
    if request.user.is_authenticated:
        _items(request.user).filter(offering__in=gone).delete()
    else:
        request.session[SESSION_KEY] = [key for key in present if key in there]
    request.session[COUNT_KEY] = len(present) - len(gone)
    return len(gone)


def merge(request: HttpRequest, user: User) -> None:
    """After signing in: what the visitor set aside comes behind what the user had, as far as it fits."""
    had = list(_items(user).values_list("offering_id", flat=True))
    brought = [key for key in request.session.pop(SESSION_KEY, []) if key not in had]
    _add_for(user, brought[: MAX_ITEMS - len(had)])
    request.session[COUNT_KEY] = _items(user).count()


def _items(user: User) -> QuerySet[ShortlistItem]:
    return ShortlistItem.objects.filter(shortlist__user=user)


def _add_for(user: User, offerings: Iterable[int]) -> None:
    """What was erased meanwhile is passed over; what is there already is let be."""
    wanted = list(offerings)
    known = set(Offering.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if not known:
        return
    shortlist, _made = Shortlist.objects.get_or_create(user=user)
    ShortlistItem.objects.bulk_create(
        (ShortlistItem(shortlist=shortlist, offering_id=key) for key in wanted if key in known),
        ignore_conflicts=True,
    )
