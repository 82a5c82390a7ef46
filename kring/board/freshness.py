"""How true the menu card is: the share that is fresh over time, and what waits for a word of its owner."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kring.accounts import access
from offerings import charts
from offerings.models import Offering, OfferingState

PER_PAGE = 50
MAX_PAGES = 100


@access.board
@require_safe
def freshness(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    waiting = Offering.objects.to_confirm(today).select_related("organisation").order_by("confirmed_on", "pk")
    page = Paginator(waiting[: MAX_PAGES * PER_PAGE], PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "offering": each,
            "is_stale": not each.is_fresh(today),
            "is_off": each.state == OfferingState.PAUSED,
        }
        for each in page
    ]
    shown = {
        "card": Offering.objects.published(today).of_members().freshness(today),
        "chart": charts.freshness(today),
        "page": page,
        "rows": rows,
    }
    return render(request, "board/freshness.html", shown)
