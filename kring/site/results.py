"""The public value of the circle, in figures that each open to the commitments under them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commitments import figures, sheet, totals
from commitments.models import Commitment, Visibility
from commitments.sheet import Sheet
from kring.accounts import access
from kring.foundation import spreadsheets, visitors

PUBLIC = {"openbaar": "ja"}


def public_sheet() -> Sheet:
    """Of the public commitments."""
    public = Commitment.objects.filter(visibility=Visibility.PUBLIC)
    return Sheet(figures.of(public, "public", timezone.localdate()), PUBLIC)


def _state() -> str:
    return f"{timezone.localdate()}{visitors.recently(totals.stamp)}"


@access.anyone
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    return visitors.shared(request, _state, lambda: render(request, "site/results.html", {"sheet": public_sheet()}))


@access.anyone
@require_safe
def results_csv(request: HttpRequest) -> HttpResponse:
    rows = public_sheet().rows(settings.SITE_URL)
    return spreadsheets.as_csv("resultaat", sheet.header(), rows)  # type: ignore[return-value]  # streams
