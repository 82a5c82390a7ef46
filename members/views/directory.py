"""The directory, and an organisation's public page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.foundation import ratelimit, spreadsheets, visitors
from kring.foundation.storage import media_url
from members import directory, exporting, policies, profile_parts
from members.directory import Directory
from members.models import Membership, Organisation

# Searches of one caller in a minute that are not in the cache, counted together with those on the menu card. Somebody
# who types does not come near it.
SEARCHES_A_MINUTE = 120
# A file of all organisations takes a worker some seconds.
FILES_A_MINUTE = 12

Shown = Callable[[HttpRequest, Directory], HttpResponse]


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
def as_csv(request: HttpRequest) -> HttpResponseBase:
    return _file(request, spreadsheets.as_csv)


@access.anyone
@require_safe
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
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
    rows = exporting.printed(found.found)
    shown = {
        "directory": found,
        "rows": rows[: exporting.MAX_PRINTED],
        "is_more": len(rows) > exporting.MAX_PRINTED,
        "most": exporting.MAX_PRINTED,
        "today": found.today,
    }
    return render(request, "members/paper.html", shown)


def _file(request: HttpRequest, write: Callable[..., HttpResponseBase]) -> HttpResponseBase:
    """What the directory shows at the same address; the board gets the columns that are the board's as well."""
    found = _directory(request)
    if ratelimit.exceeded("directory-file", ratelimit.caller(request), limit=FILES_A_MINUTE, seconds=60):
        return _too_fast(request, found)
    header, rows = exporting.HEADER, exporting.rows(found.found, most=exporting.MAX_EXPORTED)
    if access.is_board(request.user):
        header = (*header, *exporting.BOARD_HEADER)
        rows = exporting.rows_for_the_board(found.found, found.today, most=exporting.MAX_EXPORTED)
    response = write("organisaties", header, rows)
    patch_cache_control(response, private=True, no_store=True)
    return response


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
