from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kring.accounts import access, second_factor


class TwoFactorMiddleware:
    """Gives an office its rights only in a session that took the second step, wherever those rights would count.

    Without it a board member or administrator is as anybody who signed in: on pages, in lists and in the API.
    Who comes to a door of the office is asked to take the step, or to set it up the first time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not settings.TWO_FACTOR_REQUIRED or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if not access.holds_office(request.user) or second_factor.took(request):
            return None
        request.user.is_suspended = True  # type: ignore[union-attr]
        return self._to_second_step(request) if access.is_for_office(request, view) else None

    @staticmethod
    def _to_second_step(request: HttpRequest) -> HttpResponse:
        if is_mfa_enabled(request.user):
            way = get_adapter(request).get_reauthentication_methods(request.user)[0]["url"]
            return redirect(f"{way}?{urlencode({'next': request.get_full_path()})}")
        messages.info(request, _("Voor het bestuur en het beheer log je in met een tweede stap. Stel die hier in."))
        return redirect("mfa_index")
