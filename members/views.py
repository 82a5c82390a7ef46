"""The directory, a profile, and changing one's own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kring.accounts import access
from kring.foundation import visitors
from kring.foundation.storage import media_url
from members import directory, policies, profile_parts
from members.forms import ProfileForm
from members.models import Membership, Organisation


@access.anyone
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    return visitors.shared(
        request,
        f"{today}{directory.stamp()}",
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
    state = f"{today}{directory.stamp()}{profile_parts.stamps()}"
    return visitors.shared(request, state, lambda: _detail(request, slug, today))


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


@access.anyone
@require_safe
def apply(request: HttpRequest) -> HttpResponse:
    return render(request, "members/apply.html")


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The profile form. The row is locked, so that of two who save at once the second is told."""
    every = Organisation.objects.all()
    organisation = policies.get_editable(
        access.user_of(request),
        slug,
        organisations=every.select_for_update() if request.method == "POST" else every,
    )
    name = organisation.name
    form = ProfileForm(request.POST or None, request.FILES or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        form.save_on(timezone.localdate())
        messages.success(request, _("Bewaard. Zo ziet iedereen het nu."))
        return redirect("members:detail", slug)
    shown: dict[str, Any] = {"form": form, "slug": slug, "name": name, "conflict": form.conflict()}
    return render(request, "members/edit.html", shown, status=422 if request.method == "POST" else 200)
