"""Who signed in long ago signs in again before a change that matters: the browser may be in other hands by now."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

View = Callable[..., HttpResponse]

FRESH_SECONDS = 15 * 60
AGAIN = "reauthenticated"


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    """How this session signed in, of late."""
    oldest = time.time() - FRESH_SECONDS
    return [record for record in get_authentication_records(request, request.user) if record["at"] > oldest]


def signed_in_lately(request: HttpRequest) -> bool:
    """With the second factor, for who has one: whoever reads along in the mailbox does not get by."""
    strong = [record for record in _records(request) if record["method"] in {"mfa", "password"}]
    return bool(strong) or (bool(_records(request)) and not is_mfa_enabled(request.user))


def signed_in_again(request: HttpRequest) -> bool:
    return any(record.get(AGAIN) for record in _records(request))


def _guarded(view: View, is_fresh: Callable[[HttpRequest], bool]) -> View:
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        way = get_adapter(request).get_reauthentication_methods(request.user)[0]["url"]
        return redirect(f"{way}?{urlencode({'next': request.get_full_path()})}")

    return guarded


def lately(view: View) -> View:
    """For who signed in within the last quarter of an hour; else signs in again first."""
    return _guarded(view, signed_in_lately)


def again(view: View) -> View:
    """For who signed in again, for this, within the last quarter of an hour."""
    return _guarded(view, signed_in_again)
