"""Pages that belong to no room: faults, the language switch, and what operators ask."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kring.foundation.middleware import LANGUAGE_KEY, LANGUAGES


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def back(request: HttpRequest, fallback: str = "/") -> str:
    """Where a form asked to go next, if that is on this site."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=request.is_secure())
    return target if safe and target.startswith("/") else fallback


@csrf_exempt
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """The form stands on pages that all visitors share, so it has no token; the worst of it is a wrong language."""
    code = request.POST.get("language", "")
    if code in LANGUAGES:
        request.session[LANGUAGE_KEY] = code
    return HttpResponseRedirect(back(request))


set_language.access = "anyone"  # type: ignore[attr-defined]


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing is asked of others."""
    return JsonResponse({"status": "ok"})


alive.access = "anyone"  # type: ignore[attr-defined]


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def cache_answers() -> bool:
    cache.set("readyz", settings.SECRET_KEY[:1], 10)
    return cache.get("readyz") is not None
