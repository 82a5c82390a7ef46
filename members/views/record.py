"""What the circle keeps of an organisation, for its owners and the board: what changed, and all there is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.foundation import records
from members import history as histories
from members import policies, record_parts
from members.views import own


@access.signed_in
@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = policies.get_owned(access.user_of(request), slug)
    shown = histories.page(organisation, request.GET.get("page"))
    frame = own.frame(request, organisation, "members:history")
    return render(request, "members/history.html", {**frame, "entries": shown.entries, "page": shown.place})


@access.signed_in
@require_safe
def record(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = policies.get_owned(access.user_of(request), slug)
    frame = own.frame(request, organisation, "members:record")
    leaf = records.leaf(record_parts.sections(), request.GET.get("page"))
    sections = [section.shown(organisation) for section in leaf]
    return render(request, "members/record.html", {**frame, "page": leaf, "sections": sections})


@access.signed_in
@require_safe
def record_file(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = policies.get_owned(access.user_of(request), slug)
    parts = {section.key: section.rows(organisation) for section in record_parts.sections()}
    parts["history"] = histories.all_changes(organisation)
    return records.file(organisation.slug, records.document("organisation", organisation.name, parts))
