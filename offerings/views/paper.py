"""The menu card as PDF, for the same address as the page, and of what somebody set aside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.foundation import ratelimit, typesetting
from offerings import kept, narrowing, printing, search_limits, shortlists
from offerings.filters import OfferingFilter
from offerings.models import Offering

# A menu takes a second of a processor: made anew so often for one caller, and kept for whoever asks for the same.
MADE_A_MINUTE = 6
SECONDS = 600


@access.anyone
@require_safe
def menu(request: HttpRequest) -> HttpResponse:
    """The whole card, or what the filters leave of it."""
    if search_limits.too_fast(request):
        return search_limits.refusal(request)
    today = timezone.localdate()
    lists = kept.kept(today, kept.stamp()).lists
    asked = narrowing.asked_of_card(request.GET, lists)
    found = OfferingFilter(asked, queryset=Offering.objects.published(today)).qs
    chosen = narrowing.in_words(asked, lists)
    return _paper(request, lambda: printing.document(found, today, lists, chosen=chosen))


@access.anyone
@require_safe
@never_cache
def shortlist(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    lists = kept.kept(today, kept.stamp()).lists
    picked = Offering.objects.published(today).filter(pk__in=shortlists.keys(request))
    return _paper(request, lambda: printing.document(picked, today, lists, title=_("Ons menu")))


def _paper(request: HttpRequest, document: Callable[[], typesetting.Data]) -> HttpResponse:
    """Kept under all that stands on it, so that nothing of it can be old."""
    shown = document()
    name = hashlib.blake2b(json.dumps(shown, sort_keys=True).encode(), digest_size=16).hexdigest()
    made: bytes | None = cache.get(f"menu:{name}")
    if made is None:
        if ratelimit.exceeded("menu", ratelimit.caller(request), limit=MADE_A_MINUTE, seconds=60):
            return _later(request)
        try:
            made = typesetting.pdf(printing.TEMPLATE, shown)
        except typesetting.Busy:
            return _later(request)
        cache.set(f"menu:{name}", made, SECONDS)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="menukaart.pdf"'
    return response


def _later(request: HttpRequest) -> HttpResponse:
    return render(request, "offerings/paper_later.html", status=429)
