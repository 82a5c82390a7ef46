"""What happens around every request."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from kring.foundation import logs

logger = logging.getLogger("kring.request")

Handler = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)
LANGUAGE_KEY = "language"
PROBES = frozenset({"/healthz", "/readyz"})
MAX_ADDRESS = 4_000
MAX_BODY = 12_000_000
UNDERSTOOD = frozenset({"", "utf-8", "utf8"})


class RequestLogMiddleware:
    """One line per request: which route, what came of it, how long it took; never who, or with which address."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        with logs.request_id(uuid.uuid4().hex[:12]) as request_id:
            request.number = request_id  # type: ignore[attr-defined]
            response = self.get_response(request)
            took = time.perf_counter() - start
            level = logging.DEBUG if request.path in PROBES else logging.INFO
            logger.log(level, "request", extra=self._facts(request, response, took))
        response["X-Request-ID"] = request_id
        return response

    @staticmethod
    def _facts(request: HttpRequest, response: HttpResponse, took: float) -> dict[str, Any]:
        return {
            "method": request.method,
            "route": logs.route(request),
            "status": response.status_code,
            "milliseconds": round(took * 1000, 1),
        }


class ProbeMiddleware:
    """A probe asks this container by its address, not by the site's name: that is no reason to call it ill."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in PROBES:
            request.META["HTTP_HOST"] = settings.SITE_HOST
            request.META.pop("HTTP_COOKIE", None)
        return self.get_response(request)


class HeadersMiddleware:
    """The headers that Django has no setting for, and no keeping of what is somebody's own."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.same_for_all = (settings.STATIC_URL, settings.MEDIA_URL)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if self._is_personal(request, response):
            response["Cache-Control"] = "private, no-store"
        return response

    def _is_personal(self, request: HttpRequest, response: HttpResponse) -> bool:
        if response.cookies or "Authorization" in request.headers:
            return True
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(self.same_for_all):
            return False
        return "immutable" not in response.get("Cache-Control", "")


class CleanInputMiddleware:
    """What no browser sends is refused before anybody stumbles over it.

    PostgreSQL cannot store NUL and lone surrogates, Python knows alphabets that are none, and somebody who
    sends a very long address or body is not waiting for a page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        status = self._refusal(request)
        if status:
            page = status if status in {413, 414} else 400
            return HttpResponse(render_to_string(f"{page}.html"), status=status)
        return self.get_response(request)

    @staticmethod
    def _refusal(request: HttpRequest) -> int:
        if _length(request) > MAX_BODY:
            return 413
        if (request.content_params or {}).get("charset", "").strip("\"' ").lower() not in UNDERSTOOD:
            return 415
        if len(request.path) + len(request.META.get("QUERY_STRING", "")) > MAX_ADDRESS:
            return 414
        asked = [request.path, *request.COOKIES.values()]
        asked += [part for key, values in request.GET.lists() for part in (key, *values)]
        return 0 if all(map(_is_text, asked)) else 400


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _is_text(value: str) -> bool:
    return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


class LanguageMiddleware:
    """The language somebody chose, else Dutch. Kept in the session: no cookie more, and visitors share one page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = settings.LANGUAGE_CODE
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            chosen = request.session.get(LANGUAGE_KEY)
            code = chosen if chosen in LANGUAGES else code
        request.LANGUAGE_CODE = code
        with translation.override(code):
            response = self.get_response(request)
        response.setdefault("Content-Language", code)
        return response
