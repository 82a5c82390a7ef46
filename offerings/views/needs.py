"""What organisations look for."""

from __future__ import annotations

import datetime as dt

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.foundation import visitors
from members.linked_data import script
from offerings import facts, kept, linked_data, matching, policies
from offerings.models import Need

PER_PAGE = 24


@access.anyone
@require_safe
def need_list(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    return visitors.shared(
        request,
        lambda: f"{today}{visitors.recently(kept.stamp)}",
        lambda: _need_list(request, today),
        parameters=("page",),
    )


def _need_list(request: HttpRequest, today: dt.date) -> HttpResponse:
    needs = Need.objects.open(today).select_related("organisation__main_sector")
    return render(
        request, "offerings/need_list.html", {"page": Paginator(needs, PER_PAGE).get_page(request.GET.get("page"))}
    )


@access.anyone
@require_safe
def need_detail(request: HttpRequest, slug: str) -> HttpResponse:
    today = timezone.localdate()
    return visitors.shared(
        request, lambda: f"{today}{visitors.recently(kept.stamp)}", lambda: _need_detail(request, slug, today)
    )


def _need_detail(request: HttpRequest, slug: str, today: dt.date) -> HttpResponse:
    visible = Need.objects.visible_to(request.user, today)
    need = get_object_or_404(visible.select_related("organisation__main_sector", "category", "district"), slug=slug)
    is_open = need.is_open(today)
    shown = {
        "need": need,
        "is_open": is_open,
        "facts": facts.need_facts(need),
        "matches": matching.offerings_for(need, today) if is_open else [],
        "can_edit": policies.can_edit(request.user, need.organisation),
        "has_ended": need.has_ended(today),
        "linked_data": script(linked_data.of_need(need)),
        "crumbs": [{"label": _("Vragen"), "url": reverse("offerings:need_list")}],
    }
    return render(request, "offerings/need_detail.html", shown)
