"""The directory, a profile, and changing one's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kring.accounts import access
from kring.foundation.storage import media_url
from members import policies, profile_parts
from members.filters import OrganisationFilter
from members.forms import ProfileForm
from members.models import MembershipStatus, Organisation

PER_PAGE = 24
MAX_PAGES = 100
COMPARED = ("name", "tagline", "story", "website", "email", "phone", "street", "postcode")


@access.anyone
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    found = OrganisationFilter(request.GET, queryset=Organisation.objects.listed())
    ordered = found.qs.order_by("name", "pk")
    page = Paginator(ordered[: MAX_PAGES * PER_PAGE], PER_PAGE).get_page(request.GET.get("page"))
    shown = {"filter": found, "groups": filter_groups(found), "page": page, "items": items(page.object_list)}
    return render(request, "members/list.html", shown)


def items(organisations: Any) -> list[dict[str, Any]]:
    """What components/organisation_card.html shows of each."""
    columns = ("slug", "name", "tagline", "logo", "kind", "branch", "main_sector__hue", "main_sector__name")
    return [
        {
            "url": f"/organisaties/{row['slug']}/",
            "slug": row["slug"],
            "name": row["name"],
            "tagline": row["tagline"],
            "logo": media_url(row["logo"]),
            "sector": row["main_sector__hue"] or "none",
            "sector_name": row["main_sector__name"] or row["branch"] or _("Bedrijf"),
        }
        for row in organisations.values(*columns)
    ]


def filter_groups(found: OrganisationFilter) -> list[dict[str, Any]]:
    chosen = found.form.cleaned_data
    return [
        {
            "title": found.filters[name].label,
            "name": name,
            "options": [
                {"value": value, "label": label, "count": None, "selected": value in (chosen.get(name) or ())}
                for value, label in found.form.fields[name].choices
            ],
        }
        for name in ("sector", "wijk")
    ]


@access.anyone
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    visible = Organisation.objects.visible_to(request.user)
    organisation = get_object_or_404(visible.select_related("main_sector", "business_area", "contact"), slug=slug)
    shown = {
        "organisation": organisation,
        "logo": media_url(organisation.logo.name or ""),
        "sectors": organisation.sectors.all(),
        "districts": organisation.districts.all(),
        "target_groups": organisation.target_groups.all(),
        "social_links": organisation.social_links.all(),
        "member_since": member_since(organisation),
        "may_edit": Organisation.objects.editable_by(request.user).filter(pk=organisation.pk).exists(),
        **profile_parts.collected(request, organisation),
    }
    return render(request, "members/detail.html", shown)


def member_since(organisation: Organisation) -> Any:
    """The start of the unbroken run of periods that goes on today."""
    since = None
    until = timezone.localdate()
    for membership in organisation.memberships.exclude(period=None).order_by("-period"):
        period = membership.period
        if period.upper is not None and period.upper < until:
            break
        if membership.status == MembershipStatus.FORMER:
            break
        since = until = period.lower
    return since


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
        request.user,  # type: ignore[arg-type]
        slug,
        organisations=every.select_for_update() if request.method == "POST" else every,
    )
    form = ProfileForm(request.POST or None, request.FILES or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        form.save_on(timezone.localdate())
        messages.success(request, _("Bewaard. Zo ziet iedereen het nu."))
        return redirect(organisation)
    shown: dict[str, Any] = {"form": form, "slug": slug, "name": Organisation.objects.get(slug=slug).name}
    if form.is_bound and form.is_stale:
        shown["conflict"] = conflict(form)
    return render(request, "members/edit.html", shown, status=422 if form.is_bound else 200)


def conflict(form: ProfileForm) -> list[dict[str, Any]]:
    """Both texts of every field that differs; saving again writes what is in the form."""
    stored = Organisation.objects.get(pk=form.instance.pk)
    form.take_version_of(stored)
    return [
        {"label": form[name].label, "theirs": getattr(stored, name), "yours": form[name].value()}
        for name in COMPARED
        if name in form.fields and str(getattr(stored, name) or "") != str(form[name].value() or "")
    ]
