"""The menu card as everybody sees it."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.foundation import ratelimit, visitors
from members.linked_data import script
from offerings import asked, cards, facts, kept, linked_data, matching, policies, shortlists
from offerings.card_choices import CardChoices
from offerings.card_page import CardPage
from offerings.filters import OfferingFilter
from offerings.models import CARD_ORDER, Offering, PriceKind

MORE_SHOWN = 3
PARAMETERS = (*OfferingFilter.base_filters, "sort", "page")
# Searches of one caller in a minute that are not in the cache. Somebody who types does not come near it.
SEARCHES_A_MINUTE = 120


@access.anyone
@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """The card, searched and filtered by what stands in the address; for htmx only the part that changes."""
    today = timezone.localdate()
    return visitors.shared(
        request,
        lambda: f"{today}{visitors.recently(kept.stamp)}",
        lambda: _card(request, today),
        parameters=PARAMETERS,
    )


def _card(request: HttpRequest, today: dt.date) -> HttpResponse:
    stamp = visitors.recently(kept.stamp) if visitors.is_stranger(request) else kept.stamp()
    page = CardPage(request.GET, today, stamp, on_shortlist=shortlists.keys(request))
    template = "offerings/_found.html" if request.htmx.target == "found" else "offerings/list.html"  # type: ignore[attr-defined]
    if page.words and ratelimit.exceeded("search", ratelimit.caller(request), limit=SEARCHES_A_MINUTE, seconds=60):
        return render(request, "offerings/too_fast.html", {"words": page.words}, status=429)
    if page.is_new_search and request.method == "GET":
        asked.count(page.words, found=page.is_answered, today=today)
    return render(request, template, {"card": page, "choices": CardChoices(page)})


@access.anyone
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    today = timezone.localdate()
    return visitors.shared(
        request, lambda: f"{today}{visitors.recently(kept.stamp)}", lambda: _detail(request, slug, today)
    )


def _detail(request: HttpRequest, slug: str, today: dt.date) -> HttpResponse:
    related = ("organisation__main_sector", "category__parent", "district", "contact")
    visible = Offering.objects.visible_to(request.user, today).select_related(*related)
    offering = get_object_or_404(visible, slug=slug)
    more = Offering.objects.published(today).filter(organisation=offering.organisation_id).exclude(pk=offering.pk)
    can_edit, is_on_card = policies.can_edit(request.user, offering.organisation), offering.is_on_card(today)
    shown = {
        "offering": offering,
        "is_on_card": is_on_card,
        # For who offers it: whom it would help. Others come here for the offering itself.
        "matches": matching.needs_for(offering, today) if can_edit and is_on_card else [],
        "crumbs": facts.crumbs(offering.category),
        "facts": facts.offering_facts(offering),
        # Said in the price already when that is what it costs.
        "counter_favour": "" if offering.price_kind == PriceKind.COUNTER_FAVOUR else offering.counter_favour,
        "linked_data": script(linked_data.of_offering(offering, on_card=offering.is_on_card(today))),
        "item": cards.item(cards.row(offering), stale=not offering.is_fresh(today)),
        "more": cards.rendered(cards.rows(more.order_by(*CARD_ORDER)[:MORE_SHOWN]), today),
        "can_edit": can_edit,
        "on_shortlist": offering.pk in shortlists.keys(request),
    }
    return render(request, "offerings/detail.html", shown)
