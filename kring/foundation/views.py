"""Pages that belong to no room: faults, the language switch, and what operators ask."""

from __future__ import annotations

import errno
import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, requires_csrf_token
from django.views.decorators.http import require_POST
from django.views.defaults import page_not_found

from kring.foundation.middleware import LANGUAGE_KEY, LANGUAGES

logger = logging.getLogger(__name__)

RETRY_SECONDS = 30


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def _is_out_of_order(fault: BaseException | None) -> bool:
    """Whether it is not our mistake: the database is away, too busy, or there is no room left on a disk."""
    if isinstance(fault, OSError):
        return fault.errno in {errno.ENOSPC, errno.EDQUOT}
    return isinstance(fault, OperationalError | InterfaceError)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page, and for who asks the API what it says of everything that is not there."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": _("Niet gevonden.")}, status=404)
    return page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """What goes wrong anywhere ends here, also before a view was found. These pages need no database.

    Django calls this while it handles the exception, which is how we know what it was.
    """
    fault = sys.exc_info()[1]
    if not _is_out_of_order(fault):
        return HttpResponse(render_to_string("500.html"), status=500)
    return unavailable()


def unavailable() -> HttpResponse:
    """Not now, and soon again: what is asked for is away, or busy for others."""
    response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def back(request: HttpRequest, fallback: str = "/") -> str:
    """Where a form, or the address of its page, asked to go next, if that is on this site."""
    target = request.POST.get("next") or request.GET.get("next", "")
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
