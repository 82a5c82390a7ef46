"""Who may open a view. Every view carries one of these; a test fails on one that does not.

They say which door a view stands behind. Which *objects* somebody may see or change is asked
of the querysets (`visible_to`, `editable_by`) and the policies of each room.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from kring.accounts.models import User

View = Callable[..., HttpResponse]


def holds_office(user: User | AnonymousUser) -> bool:
    """Whether the user holds a board function (read with the user; see backend.py) or administers the site."""
    return user.is_authenticated and bool(getattr(user, "is_board", False) or user.is_staff)


def _is_suspended(user: User) -> bool:
    """An office has no rights in a session without its second step; see middleware.py."""
    return bool(getattr(user, "is_suspended", False))


def is_board(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and bool(getattr(user, "is_board", False)) and not _is_suspended(user)


def is_administrator(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and user.is_staff and not _is_suspended(user)


def user_of(request: HttpRequest) -> User:
    """Who is signed in, for what only they can do. PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def is_for_office(request: HttpRequest, view: View) -> bool:
    """Whether a view is one of the board's or the administrators', Django's admin included."""
    in_admin = request.resolver_match is not None and "admin" in request.resolver_match.app_names
    return in_admin or getattr(view, "access", "") in {"board", "administrator"}


def _declare(view: View, name: str) -> View:
    view.access = name  # type: ignore[attr-defined]
    return view


def anyone(view: View) -> View:
    return _declare(view, "anyone")


def link_holder(view: View) -> View:
    """For who holds the link of a mail: the view itself looks the link up."""
    return _declare(never_cache(view), "link_holder")


def _guarded(view: View, name: str, may: Callable[[Any], bool]) -> View:
    @functools.wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not may(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return _declare(guarded, name)


def signed_in(view: View) -> View:
    return _guarded(view, "signed_in", lambda user: True)


def board(view: View) -> View:
    return _guarded(view, "board", is_board)


def administrator(view: View) -> View:
    return _guarded(view, "administrator", is_administrator)
