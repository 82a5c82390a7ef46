"""What happens around every request."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

logger = logging.getLogger("kring.request")

Handler = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)
LANGUAGE_KEY = "language"
SLOW_SECONDS = 0.5


class RequestLogMiddleware:
    """One line per request: what was asked, what came of it, how long it took; never who or with which token."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        request_id = uuid.uuid4().hex[:12]
        response = self.get_response(request)
        took = time.perf_counter() - start
        match = request.resolver_match
        level = logging.INFO if response.status_code >= 500 or took > SLOW_SECONDS else logging.DEBUG
        logger.log(
            level,
            "request",
            extra={
                "request_id": request_id,
                "method": request.method,
                "route": match.route if match else "-",
                "status": response.status_code,
                "milliseconds": round(took * 1000, 1),
            },
        )
        response["X-Request-ID"] = request_id
        return response


class FaultMiddleware:
    """A database that is away or full is said in a page of its own, which needs nothing of it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        disk_full = isinstance(exception, DatabaseError) and "53100" in str(
            getattr(exception.__cause__, "sqlstate", "")
        )
        if not (isinstance(exception, OperationalError) or disk_full):
            return None
        logger.error("database is away", exc_info=exception)
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "30"
        return response


class HeadersMiddleware:
    """The headers that Django has no setting for."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response["Cache-Control"] = "private, no-store"
        return response


class CleanInputMiddleware:
    """NUL and lone surrogates cannot be stored in PostgreSQL, and nobody types them in an address: 400."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.path + "".join(key + "".join(values) for key, values in request.GET.lists())
        if "\x00" in asked or any("\ud800" <= character <= "\udfff" for character in asked):
            return HttpResponseBadRequest(_("Dit adres klopt niet."), content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class LanguageMiddleware:
    """The language somebody chose, else Dutch. Kept in the session: no cookie of its own, and visitors share one page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = settings.LANGUAGE_CODE
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            chosen = request.session.get(LANGUAGE_KEY)
            code = chosen if chosen in LANGUAGES else code
        request.LANGUAGE_CODE = code  # type: ignore[attr-defined]
        with translation.override(code):
            response = self.get_response(request)
        response.setdefault("Content-Language", code)
        return response
