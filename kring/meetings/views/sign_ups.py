"""Who comes, for the board: with what they need, as a list to take along, and to sign off for somebody who rang."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kring.accounts import access
from kring.foundation import spreadsheets
from kring.meetings import figures, policies, signing_up
from kring.meetings.models import Meeting, SignUp, StepNotAllowed

PER_PAGE = 100
MAX_PAGES = 50


@access.board
@require_safe
def sign_ups(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    listed = SignUp.objects.of(meeting).real().order_by("state", "confirmed_at", "pk")
    page = Paginator(listed[: PER_PAGE * MAX_PAGES], PER_PAGE).get_page(request.GET.get("page"))
    needs = SignUp.objects.of(meeting).active().exclude(needs="").order_by("name", "pk")
    shown = {"meeting": meeting, "page": page, "figures": figures.of(meeting), "needs": needs[:PER_PAGE]}
    return render(request, "meetings/sign_ups.html", shown)


@access.board
@require_safe
def as_csv(request: HttpRequest, slug: str) -> Any:
    header = [_("Naam"), _("Organisatie"), _("Mensen"), _("Stand"), _("E-mail"), _("Dieet of nodig"), _("Gekomen")]
    response = spreadsheets.as_csv(f"aanmeldingen-{slug}"[:80], header, _rows(policies.board_meeting(slug)))
    patch_cache_control(response, private=True, no_store=True)
    return response


def _rows(meeting: Meeting) -> Iterator[list[Any]]:
    for each in SignUp.objects.of(meeting).real().order_by("name", "pk").iterator(chunk_size=500):
        state = each.get_state_display()
        yield [each.name, each.organisation_name, each.people, state, each.email, each.needs, each.came or 0]


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """For somebody who rang to say that it will not do."""
    meeting = policies.board_meeting(slug)
    sign_up: SignUp = policies.board_sign_up(meeting, uuid)
    if request.method != "POST":
        return render(request, "meetings/sign_up_cancel.html", {"meeting": meeting, "sign_up": sign_up})
    try:
        signing_up.cancel(sign_up, timezone.now())
    except StepNotAllowed:
        messages.info(request, _("Dat kon niet meer. Hieronder zie je hoe het nu staat."))
    else:
        messages.success(request, _("%(name)s is afgemeld.") % {"name": sign_up})
    return redirect("meetings:sign_ups", slug)
