from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kring.accounts.access import is_administrator, is_board

GUARDED = ("/bestuur/", "/beheer/", "/api/")


class TwoFactorMiddleware:
    """Board members and administrators reach their own pages only with a second factor; the first time they set it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.TWO_FACTOR_REQUIRED and request.path.startswith(GUARDED) and self._lacks_it(request):
            messages.info(request, _("Voor het bestuur en het beheer is een tweede sleutel nodig. Stel die hier in."))
            return redirect("mfa_index")
        return self.get_response(request)

    @staticmethod
    def _lacks_it(request: HttpRequest) -> bool:
        user = request.user
        return (is_board(user) or is_administrator(user)) and not is_mfa_enabled(user)
