"""The public value of the circle, in figures that each open to the commitments under them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments import charts, totals
from commitments.filters import BASES
from commitments.models import Basis, Commitment, Visibility
from kring.accounts import access
from kring.foundation.wording import euro, number

SECONDS = 60
BASIS_PARAMETERS = {basis: parameter for parameter, basis in BASES.items()}


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


def count(public: QuerySet[Commitment], today: dt.date) -> dict[str, Any]:
    return {
        "tiles": [_total(total) for total in totals.per_unit(public)],
        "values": [_value(value) for value in totals.estimated_value(public)],
        "charts": [
            chart
            for chart in (
                charts.outcomes(totals.outcomes(public)),
                charts.per_sector(public),
                charts.per_month(public, today),
            )
            if chart
        ],
    }


def _total(total: totals.Total) -> dict[str, str]:
    return _tile(number(total.quantity), total.unit_name, total.commitments, f"eenheid={total.unit}")


def _value(value: totals.Value) -> dict[str, str]:
    label = _("geschatte waarde: %(basis)s") % {"basis": str(Basis(value.basis).label).lower()}
    return _tile(euro(value.euros), label, value.commitments, f"waarde={BASIS_PARAMETERS[Basis(value.basis)]}")


def _tile(figure: str, label: str, commitments: int, narrowed: str) -> dict[str, str]:
    """For components/figure_tile.html, with the way to exactly what was counted."""
    source = ngettext("uit %(number)d toezegging", "uit %(number)d toezeggingen", commitments)
    return {
        "figure": figure,
        "label": label,
        "note": source % {"number": commitments},
        "url": f"{reverse('commitments:list')}?openbaar=ja&bevestigd=ja&{narrowed}",
    }
