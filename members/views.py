"""The directory, a profile, and changing one's own."""

from __future__ import annotations

import datetime as dt

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


@access.anyone
@require_safe
def apply(request: HttpRequest) -> HttpResponse:
    return render(request, "members/apply.html")


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        return _save(request, slug)
    organisation = policies.get_editable(access.user_of(request), slug)
    return _form(request, slug, organisation.name, ProfileForm(instance=organisation))


@transaction.atomic
def _save(request: HttpRequest, slug: str) -> HttpResponse:
    """The row is locked, so that of two who save at once the second is told."""
    locked = Organisation.objects.select_for_update(of=("self",))
    organisation = policies.get_editable(access.user_of(request), slug, organisations=locked)
    name = organisation.name
    form = ProfileForm(request.POST, request.FILES, instance=organisation)
    if not form.is_valid():
        return _form(request, slug, name, form, status=422)
    form.save_on(timezone.localdate())
    messages.success(request, _("Bewaard. Zo ziet iedereen het nu."))
    return redirect("members:detail", slug)


def _form(request: HttpRequest, slug: str, name: str, form: ProfileForm, status: int = 200) -> HttpResponse:
    shown = {"form": form, "slug": slug, "name": name, "conflict": form.conflict()}
    return render(request, "members/edit.html", shown, status=status)
