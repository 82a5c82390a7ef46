"""A page of somebody who is signed in, made once for as long as nothing at all is written to the database.

PostgreSQL counts the transactions that write. As long as its snapshot is the same (`pg_current_snapshot()`, System
Information Functions), a page would be made of the very same rows, and whoever may see it is the same too: there is
nothing to invalidate, and nothing to forget. The snapshot comes with the user, whom each request asks for anyway, so
what is kept under it is at least as new. Kept in this process, under the session's key, and for a minute, since a page
may say how long ago something was. Measured beside a bare view: kept 0.2, made anew 0.02 to 0.06.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from kring.foundation.cache import Recent

SECONDS = 60


class Kept(NamedTuple):
    body: bytes
    headers: list[tuple[str, str]]
    until: float  # time.monotonic()


# Some fifty thousand bytes each.
_at_hand: Recent[Kept] = Recent(50)


View = Callable[..., HttpResponse]


def keep(view: View) -> View:
    """For a view whose page is its reader's own. It stands below who may see it: that is asked each time."""

    @functools.wraps(view)
    def looked_up(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return kept(request, lambda: view(request, *args, **kwargs))

    return looked_up


def kept(request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    """The page that `make` makes, or made for the same session of the same rows."""
    if not _may_be_kept(request):
        return make()
    key = _key(request)
    found = _at_hand.get(key)
    if found is not None and time.monotonic() < found.until:
        return HttpResponse(found.body, headers=dict(found.headers))
    response = make()
    if _is_whole(request, response):
        _at_hand.put(key, Kept(response.content, list(response.items()), time.monotonic() + SECONDS))
    return response


def _may_be_kept(request: HttpRequest) -> bool:
    """Not within a transaction: its own writes show in no snapshot. And not with a word for this one time."""
    snapshot = getattr(request.user, "snapshot", "")
    is_plain = request.method == "GET" and "Authorization" not in request.headers
    return bool(is_plain and snapshot and not connection.in_atomic_block and not len(get_messages(request)))


def _key(request: HttpRequest) -> str:
    part = (request.headers.get("HX-Request", ""), request.headers.get("HX-Target", ""))
    cookies = (request.session.session_key or "", request.COOKIES.get(settings.CSRF_COOKIE_NAME, ""))
    asked = "\n".join((*cookies, request.get_full_path(), *part, get_language() or "", request.user.snapshot))  # type: ignore[union-attr]
    return hashlib.blake2b(asked.encode(), digest_size=16).hexdigest()


def _is_whole(request: HttpRequest, response: HttpResponse) -> bool:
    """Not a fault, and nothing that goes with it but once: a cookie, a change of the session, a form's first token."""
    first_token = "CSRF_COOKIE_NEEDS_UPDATE" in request.META and settings.CSRF_COOKIE_NAME not in request.COOKIES
    goes_with_it = bool(response.cookies) or request.session.modified or first_token
    return response.status_code == 200 and not response.streaming and not goes_with_it


def forget() -> None:
    """All that this process has at hand."""
    _at_hand.clear()
