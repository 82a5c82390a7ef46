from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments import charts, figures
from commitments.board import Board
from commitments.figures import Counts
from commitments.models import Commitment
from commitments.outcomes import Outcome
from kring.accounts import access
from kring.board import attention as wants
from kring.board import register
from kring.foundation import own_pages
from offerings.models import Offering

SECONDS = 60
PER_PAGE = 50
MAX_PAGES = 100


@access.board
@require_safe
@own_pages.keep
def attention(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    standing = register.standing(today)
    groups = wants.groups(now, standing["unanswered"])
    shown = {"groups": groups, "members": standing["members"], **at_a_glance(today)}
    return render(request, "board/attention.html", shown)


def at_a_glance(today: dt.date) -> dict[str, Any]:
    """What there is of everything; counted once a minute."""
    key = f"board:{today}"
    kept: tuple[dict[str, int], Counts] | None = cache.get(key)
    if kept is None:
        card = Offering.objects.published(today).of_members().freshness(today)
        kept = card, figures.counts(Commitment.objects.all(), today)
        cache.set(key, kept, SECONDS)
    card, counted = kept
    months = [(date_format(first, "M Y"), counted.month(first)) for first in counted.months]
    return {
        "card": card,
        "running": counted.whole.outcomes[Outcome.RUNNING],
        "kept": counted.whole.confirmed,
        "totals": counted.per_unit,
        "chart": charts.over_time(_("Afgelopen twaalf maanden"), months),
    }


@access.board
@require_safe
def commitments(request: HttpRequest) -> HttpResponse:
    """All of them, what is late or due first."""
    today = timezone.localdate()
    board = Board(request.GET, request.user, today)
    every = board.found.select_related("promisor", "beneficiary").order_by("due_on", "pk")
    page = Paginator(every[: MAX_PAGES * PER_PAGE], PER_PAGE).get_page(board.narrowed.page)
    rows = [{"commitment": each, "is_late": each.is_late(today)} for each in page.object_list]
    shown = {"page": page, "rows": rows, "narrowed": board.narrowed, "stands": board.narrowed.ways("stand")}
    return render(request, "board/commitments.html", shown)
