"""What the circle keeps of an organisation, for its owners and the board: what changed, and all there is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kring.accounts import access
from members import history as histories
from members import policies
from members.views import own


@access.signed_in
@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = policies.get_owned(access.user_of(request), slug)
    shown = histories.page(organisation, request.GET.get("page"))
    frame = own.frame(request, organisation, "members:history")
    return render(request, "members/history.html", {**frame, "entries": shown.entries, "page": shown.place})
