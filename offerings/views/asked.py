"""What the city asks for, and whether the card has it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kring.accounts import access
from members.models import Organisation
from offerings import asked


@access.signed_in
@require_safe
def for_members(request: HttpRequest) -> HttpResponse:
    """What many asked for; members and businesses can put it on the card."""
    if not access.is_board(request.user) and not Organisation.objects.served_by(request.user).exists():
        raise PermissionDenied
    return _asked(request, at_least=asked.MANY)


@access.board
@require_safe
def for_board(request: HttpRequest) -> HttpResponse:
    return _asked(request, at_least=1)


def _asked(request: HttpRequest, *, at_least: int) -> HttpResponse:
    today = timezone.localdate()
    shown: dict[str, Any] = {
        "missing": asked.most(today, found=False, at_least=at_least),
        "found": asked.most(today, found=True, at_least=at_least),
        "at_least": at_least,
        "many": asked.MANY,
    }
    return render(request, "offerings/asked.html", shown)
