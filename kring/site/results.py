"""The public value of the circle, in figures that each open to the commitments under them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments import totals
from commitments.models import Commitment, Visibility
from kring.accounts import access
from kring.foundation import charts

SECONDS = 60


@access.anyone
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    return render(request, "site/results.html", figures(timezone.localdate()))


def figures(today: dt.date) -> dict[str, Any]:
    """Of the public commitments; added up once a minute."""
    key = f"results:{today}:{get_language()}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is None:
        kept = count(Commitment.objects.filter(visibility=Visibility.PUBLIC), today)
        cache.set(key, kept, SECONDS)
    return kept


def count(public: Any, today: dt.date) -> dict[str, Any]:
    shares = totals.shares(public)
    sectors = totals.kept_per_sector(public)
    months = totals.kept_per_month(public, today)
    return {
        "totals": totals.per_unit(public),
        "shares": shares,
        "shares_chart": charts.bars(
            _("Wat kwam er van de toezeggingen?"),
            [_("Nagekomen"), _("Zonder reactie afgesloten"), _("Teruggegeven"), _("Loopt nog")],
            charts.Series(
                _("Toezeggingen"), [shares["kept"], shares["by_silence"], shares["given_back"], shares["running"]]
            ),
        ),
        "sectors_chart": charts.bars(
            _("Nagekomen per sector"),
            [row["sector__name"] for row in sectors],
            charts.Series(_("Nagekomen"), [row["number"] for row in sectors]),
            inks=[row["sector__hue"] for row in sectors],
        )
        if sectors
        else None,
        "months_chart": charts.lines(
            _("Nagekomen per maand"),
            [date_format(month, "M Y") for month, _number in months],
            [charts.Series(_("Nagekomen"), [number for _month, number in months])],
        ),
        "value": totals.estimated_value(public),
    }
