"""The directory, and an organisation's public page."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.foundation import visitors
from kring.foundation.storage import media_url
from members import directory, policies, profile_parts
from members.models import Membership, Organisation


@access.anyone
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    return visitors.shared(
        request,
        lambda: f"{today}{visitors.recently(directory.stamp)}",
        lambda: _organisations(request, today),
        parameters=directory.PARAMETERS,
    )


def _organisations(request: HttpRequest, today: dt.date) -> HttpResponse:
    found = directory.Directory(request.GET, request.user, today)
    return render(request, "members/list.html", {"directory": found, "narrowed": found.narrowed})


@access.anyone
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    today = timezone.localdate()
    return visitors.shared(
        request,
        lambda: f"{today}{visitors.recently(directory.stamp)}{visitors.recently(profile_parts.stamps)}",
        lambda: _detail(request, slug, today),
    )


def _detail(request: HttpRequest, slug: str, today: dt.date) -> HttpResponse:
    visible = Organisation.objects.visible_to(request.user, today)
    organisation = get_object_or_404(visible.select_related("main_sector", "business_area", "contact"), slug=slug)
    shown = {
        "organisation": organisation,
        "logo": media_url(organisation.logo.name or ""),
        "sectors": organisation.sectors.all(),
        "districts": organisation.districts.all(),
        "target_groups": organisation.target_groups.all(),
        "social_links": organisation.social_links.all(),
        "member_since": Membership.objects.filter(organisation=organisation).member_since(today),
        "contact": policies.public_contact(organisation),
        "is_listed": not request.user.is_authenticated or policies.is_listed(organisation, today),
        "may_edit": policies.can_edit(request.user, organisation),
        **profile_parts.collected(request, organisation),
    }
    return render(request, "members/detail.html", shown)
