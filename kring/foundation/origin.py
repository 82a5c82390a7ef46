"""Forms on pages that all visitors share carry no token of their own: the browser says where a form stood."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def is_from_elsewhere(request: HttpRequest) -> bool:
    """By Sec-Fetch-Site, which pages cannot forge; by Origin in older browsers. What sends neither is no browser."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and origin not in {settings.SITE_URL, f"{request.scheme}://{request.get_host()}"}


def from_this_site(view: View) -> View:
    """In place of the CSRF token, for deeds that need none to be safe: only a form on this site reaches the view."""

    @csrf_exempt
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_from_elsewhere(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
