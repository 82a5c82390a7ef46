"""The directory, and an organisation's public page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.foundation import ratelimit, spreadsheets, visitors
from kring.foundation.storage import media_url
from members import directory, exporting, linked_data, policies, profile_parts
from members.directory import Directory
from members.models import Membership, Organisation

# Searches of one caller in a minute that are not in the cache, counted together with those on the menu card. Somebody
# who types does not come near it.
SEARCHES_A_MINUTE = 120
# A file of all organisations takes a worker some seconds.
FILES_A_MINUTE = 12

Shown = Callable[[HttpRequest, Directory], HttpResponse]
ShownProfile = Callable[[HttpRequest, Organisation, dt.date], HttpResponse]


@access.anyone
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The directory, searched and narrowed by what stands in the address."""
    return _shared_by_visitors(request, _list)


@access.anyone
@require_safe
def on_paper(request: HttpRequest) -> HttpResponse:
    """All that the directory shows at the same address, as a list to print."""
    return _shared_by_visitors(request, _paper)


@access.anyone
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    return _file(request, spreadsheets.as_csv)


@access.anyone
@require_safe
def as_xlsx(request: HttpRequest) -> HttpResponse:
    return _file(request, spreadsheets.as_xlsx)


def _shared_by_visitors(request: HttpRequest, show: Shown) -> HttpResponse:
    today = timezone.localdate()
    return visitors.shared(
        request,
        lambda: f"{today}{visitors.recently(directory.stamp)}",
        lambda: _searched(request, show),
        parameters=directory.parameters(),
    )


def _searched(request: HttpRequest, show: Shown) -> HttpResponse:
    found = _directory(request)
    if found.words and ratelimit.exceeded("search", ratelimit.caller(request), limit=SEARCHES_A_MINUTE, seconds=60):
        return _too_fast(request, found)
    return show(request, found)


def _directory(request: HttpRequest) -> Directory:
    stamp = visitors.recently(directory.stamp) if visitors.is_stranger(request) else directory.stamp()
    return Directory(request.GET, request.user, timezone.localdate(), stamp)


def _too_fast(request: HttpRequest, found: Directory) -> HttpResponse:
    return render(request, "members/too_fast.html", {"directory": found}, status=429)


def _list(request: HttpRequest, found: Directory) -> HttpResponse:
    return render(request, "members/list.html", {"directory": found})


def _paper(request: HttpRequest, found: Directory) -> HttpResponse:
    rows = exporting.printed(found.whole)
    shown = {
        "directory": found,
        "rows": rows[: exporting.MAX_PRINTED],
        "is_more": len(rows) > exporting.MAX_PRINTED,
        "most": exporting.MAX_PRINTED,
        "today": found.today,
    }
    return render(request, "members/paper.html", shown)


def _file(request: HttpRequest, write: Callable[..., Any]) -> HttpResponse:
    """What the directory shows at the same address; the board gets the columns that are the board's as well."""
    found = _directory(request)
    if ratelimit.exceeded("directory-file", ratelimit.caller(request), limit=FILES_A_MINUTE, seconds=60):
        return _too_fast(request, found)
    if access.is_board(request.user):
        header, rows = exporting.sheet_for_the_board(found.whole, found.today)
    else:
        header, rows = exporting.HEADER, exporting.rows(found.whole, most=exporting.MAX_EXPORTED)
    response: HttpResponse = write("organisaties", header, rows)
    patch_cache_control(response, private=True, no_store=True)
    return response


@access.anyone
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    return _profile_shared_by_visitors(request, slug, public_page)


@access.anyone
@require_safe
def as_linked_data(request: HttpRequest, slug: str) -> HttpResponse:
    """The block of data of the organisation's page, as a document of its own."""
    return _profile_shared_by_visitors(request, slug, _linked_data)


def _profile_shared_by_visitors(request: HttpRequest, slug: str, show: ShownProfile) -> HttpResponse:
    today = timezone.localdate()

    def made() -> HttpResponse:
        visible = Organisation.objects.visible_to(request.user, today)
        related = ("main_sector", "business_area", "contact")
        return show(request, get_object_or_404(visible.select_related(*related), slug=slug), today)

    return visitors.shared(
        request,
        lambda: f"{today}{visitors.recently(directory.own_stamp)}{visitors.recently(profile_parts.stamps)}",
        made,
    )


def public_page(
    request: HttpRequest, organisation: Organisation, today: dt.date, template: str = "members/detail.html"
) -> HttpResponse:
    prefetch_related_objects([organisation], "social_links", "districts")
    is_listed, may_edit = _standing(request, organisation, today)
    shown = {
        "organisation": organisation,
        "logo": media_url(organisation.logo.name or ""),
        "sectors": organisation.sectors.all(),
        "districts": organisation.districts.all(),
        "target_groups": organisation.target_groups.all(),
        "social_links": organisation.social_links.all(),
        "member_since": Membership.objects.filter(organisation=organisation).member_since(today),
        "contact": policies.public_contact(organisation),
        "is_listed": is_listed,
        "may_edit": may_edit,
        "linked_data": linked_data.script(linked_data.of(organisation, today, is_listed=is_listed)),
        **profile_parts.collected(request, organisation),
    }
    return render(request, template, shown)


def _linked_data(request: HttpRequest, organisation: Organisation, today: dt.date) -> HttpResponse:
    is_listed, _may_edit = _standing(request, organisation, today)
    node = linked_data.of(organisation, today, is_listed=is_listed)
    return JsonResponse(node, content_type=linked_data.MEDIA_TYPE)


def _standing(request: HttpRequest, organisation: Organisation, today: dt.date) -> tuple[bool, bool]:
    """Whether everybody sees the organisation, and whether this reader may change it."""
    if not request.user.is_authenticated:
        return True, False  # or it would not have been found
    every, this = Organisation.objects, OuterRef("pk")
    listed = Exists(every.listed(today).filter(pk=this))
    editable = Exists(every.editable_by(request.user, today).filter(pk=this))
    return every.annotate(listed=listed, editable=editable).values_list("listed", "editable").get(pk=organisation.pk)
