"""The menu card as everybody sees it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from kring.accounts import access
from offerings import cards, policies, shortlists
from offerings.card_page import CardPage
from offerings.models import Need, Offering

MORE_SHOWN = 3


@access.anyone
@require_safe
@vary_on_headers("HX-Request")
def card(request: HttpRequest) -> HttpResponse:
    """The card, searched and filtered by what stands in the address; for htmx only the part that changes."""
    page = CardPage(request.GET, timezone.localdate())
    template = "offerings/_found.html" if request.htmx and not request.htmx.boosted else "offerings/list.html"  # type: ignore[attr-defined]
    return render(request, template, {"card": page})


@access.anyone
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    today = timezone.localdate()
    visible = Offering.objects.visible_to(request.user, today)
    offering = get_object_or_404(
        visible.select_related("organisation__main_sector", "category__parent", "district", "contact"), slug=slug
    )
    more = Offering.objects.published(today).filter(organisation=offering.organisation).exclude(pk=offering.pk)
    row = cards.rows(Offering.objects.filter(pk=offering.pk))[0]
    shown = {
        "offering": offering,
        "item": cards.item(row, stale=not offering.is_fresh(today)),
        "more": cards.rendered(cards.rows(more.order_by("course", "title")[:MORE_SHOWN]), today),
        "may_edit": policies.may_edit(request.user, offering),
        "on_shortlist": offering.pk in shortlists.keys(request),
    }
    return render(request, "offerings/detail.html", shown)


@access.anyone
@require_safe
def need_list(request: HttpRequest) -> HttpResponse:
    needs = Need.objects.open(timezone.localdate()).select_related("organisation__main_sector")
    return render(request, "offerings/need_list.html", {"needs": needs[:200]})


@access.anyone
@require_safe
def need_detail(request: HttpRequest, slug: str) -> HttpResponse:
    visible = Need.objects.visible_to(request.user, timezone.localdate())
    need = get_object_or_404(visible.select_related("organisation__main_sector", "category", "district"), slug=slug)
    return render(request, "offerings/need_detail.html", {"need": need})
