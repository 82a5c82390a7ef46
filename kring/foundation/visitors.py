"""Pages that are the same for every visitor, made once for all of them.

Who has a session has a page of their own, made anew each time and never kept. For all others a page is kept for a
minute under its address and the state of what it shows; a browser that has it already gets 304. Measured: half of
what a bare view does, where making the page is a sixth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

SECONDS = 60
# A message may wait in a cookie of its own for somebody without a session.
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")
VARY = ("Cookie", "HX-Request", "HX-Target")


def is_stranger(request: HttpRequest) -> bool:
    """Whether nothing tells this visitor from another."""
    return not any(name in request.COOKIES for name in PERSONAL_COOKIES)


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
    if not is_stranger(request) or not set(request.GET) <= set(parameters):
        response = make()
    else:
        key = _key(request, state())
        kept: tuple[bytes, str, str] | None = cache.get(key)
        if kept is None:
            response = make()
            if not _is_for_all(request, response):
                return response
            body = response.content
            kept = body, response["Content-Type"], f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
            cache.set(key, kept, SECONDS)
        response = _answer(request, *kept)
    patch_vary_headers(response, VARY)
    return response


def _key(request: HttpRequest, state: str) -> str:
    part = (request.headers.get("HX-Request", ""), request.headers.get("HX-Target", ""))
    asked = "\n".join((request.get_full_path(), *part, get_language() or "", state))
    return f"visitors:{hashlib.blake2b(asked.encode(), digest_size=16).hexdigest()}"


def _is_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    """Not a fault, and nothing in it that was made for this one visitor: a cookie, a form's token."""
    marked = bool(response.cookies) or request.META.get("CSRF_COOKIE_NEEDS_UPDATE", False)
    return response.status_code == 200 and not marked


def _answer(request: HttpRequest, body: bytes, content_type: str, etag: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response["ETag"] = etag
    # Kept by the browser, and asked about each time: signing in shows at once.
    response["Cache-Control"] = "no-cache"
    return get_conditional_response(request, etag=etag, response=response)  # type: ignore[return-value]
