"""Pages that are the same for every visitor, made once for all of them.

Who has a session has a page of their own (own_pages.py). For all others a page is kept under its address and the state
of what it shows, for a minute, since it may say how long ago something was; a browser that has it already gets 304.
Measured beside a bare view: kept 0.5, made anew 0.15. For that a kept page asks neither database nor cache: the
state is looked at once a second, and the pages that were asked for last are at hand.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from kring.foundation import own_pages
from kring.foundation.cache import Recent

SECONDS = 60
# A message may wait in a cookie of its own for somebody without a session.
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")
VARY = ("Authorization", "Cookie", "HX-Request", "HX-Target")


class Kept(NamedTuple):
    body: bytes
    content_type: str
    etag: str
    until: float  # time.time()


# Some sixty thousand bytes each.
_at_hand: Recent[Kept] = Recent(100)
_states: dict[Callable[[], str], tuple[str, float]] = {}


def recently(stamp: Callable[[], str]) -> str:
    """What `stamp` gave at most a second ago: a stranger may see what was, who has just changed it is none."""
    text, until = _states.get(stamp, ("", 0.0))
    if time.monotonic() >= until:
        text = stamp()
        _states[stamp] = (text, time.monotonic() + settings.VISITORS_SEE_AFTER)
    return text


def is_stranger(request: HttpRequest) -> bool:
    """Whether nothing tells this visitor from another: no session, and no token of a program."""
    return "Authorization" not in request.headers and not any(name in request.COOKIES for name in PERSONAL_COOKIES)


def shared(
    request: HttpRequest,
    state: Callable[[], str],
    make: Callable[[], HttpResponse],
    *,
    parameters: Collection[str] = (),
) -> HttpResponse:
    """The page that `make` makes, kept for strangers as long as `state` gives the same.

    `parameters` are those that the page knows; an address with another is not kept, or anybody could fill the cache.
    """
    if not is_stranger(request):
        response = own_pages.kept(request, make)
    elif not set(request.GET) <= set(parameters):
        response = make()
    else:
        key = _key(request, state())
        kept = _find(key)
        if kept is None:
            response = make()
            if not _is_for_all(request, response):
                return response
            kept = _keep(key, response)
        response = _answer(request, kept)
    patch_vary_headers(response, VARY)
    return response


def _key(request: HttpRequest, state: str) -> str:
    part = (request.headers.get("HX-Request", ""), request.headers.get("HX-Target", ""))
    asked = "\n".join((request.get_full_path(), *part, get_language() or "", state))
    return f"visitors:{hashlib.blake2b(asked.encode(), digest_size=16).hexdigest()}"


def _find(key: str) -> Kept | None:
    kept = _at_hand.get(key)
    if kept is not None and time.time() < kept.until:
        return kept
    found: tuple[bytes, str, str, float] | None = cache.get(key)
    if found is None:
        return None
    _at_hand.put(key, Kept(*found))
    return Kept(*found)


def _keep(key: str, response: HttpResponse) -> Kept:
    body = response.content
    etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    kept = Kept(body, response["Content-Type"], etag, time.time() + SECONDS)
    cache.set(key, tuple(kept), SECONDS)
    _at_hand.put(key, kept)
    return kept


def _is_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    """Not a fault, and nothing in it that was made for this one visitor: a cookie, a form's token."""
    marked = bool(response.cookies) or request.META.get("CSRF_COOKIE_NEEDS_UPDATE", False)
    return response.status_code == 200 and not marked


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    response = HttpResponse(kept.body, content_type=kept.content_type)
    response["ETag"] = kept.etag
    # Kept by the browser, and asked about each time: signing in shows at once.
    response["Cache-Control"] = "no-cache"
    return get_conditional_response(request, etag=kept.etag, response=response)  # type: ignore[return-value]


def forget() -> None:
    """All that this process has at hand, of strangers and of who is signed in."""
    _at_hand.clear()
    _states.clear()
    own_pages.forget()
