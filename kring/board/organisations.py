"""The board's pages of an organisation: its membership, its people, and what only the board can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from kring.board.register import Register
from kring.foundation import spreadsheets, trail
from kring.foundation.actors import Actor
from kring.mail import suppression
from members import belonging, duplicates, exporting, timeline
from members.forms.membership import form_for
from members.forms.people import AppointForm
from members.models import Application, Membership, NoOwner, Organisation, Role, TransitionNotAllowed
from members.models.memberships import ENDING
from members.views.own import give_back


@access.board
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    return render(request, "board/organisations.html", {"register": Register(request.GET, timezone.localdate())})


@access.board
@require_safe
def register_csv(request: HttpRequest) -> HttpResponse:
    return _file(request, spreadsheets.as_csv)


@access.board
@require_safe
def register_xlsx(request: HttpRequest) -> HttpResponse:
    return _file(request, spreadsheets.as_xlsx)


def _file(request: HttpRequest, write: Callable[..., Any]) -> HttpResponse:
    """What the register shows at the same address."""
    found = Register(request.GET, timezone.localdate())
    response: HttpResponse = write("organisaties", *exporting.sheet_for_the_board(found.whole, found.today))
    patch_cache_control(response, private=True, no_store=True)
    return response


def _organisation(slug: str) -> Organisation:
    return get_object_or_404(Organisation.objects.select_related("main_sector"), slug=slug)


@access.board
@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    found, today = _organisation(slug), timezone.localdate()
    memberships = timeline.memberships(found)
    current = next((each for each in memberships if not each.is_over), None)
    roles = list(Role.objects.of(found).held(today).select_related("user"))
    shown = {
        "organisation": found,
        "membership": current,
        "application": Application.objects.open().filter(organisation=found).first(),
        "steps": belonging.steps_of(current) if current else [],
        "line": timeline.line(memberships, today),
        "events": timeline.events(memberships),
        "roles": roles,
        "without_mail": suppression.standing(role.user.email for role in roles),
        "is_answered_for": any(role.role == "owner" and role.user.is_active for role in roles),
        "duplicates": duplicates.likely(found),
    }
    return render(request, "board/organisation.html", shown)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A step in the membership: first what will happen, then it does."""
    found = _organisation(slug)
    membership = Membership.objects.of(found).going_on().first()
    wanted = next((each for each in belonging.STEPS if each.name == name), None)
    if wanted is None:
        raise Http404
    form = form_for(wanted)(request.POST or None)
    if membership is None or wanted not in belonging.steps_of(membership):
        give_back(request, form.data.get("reason", ""))
        return _not_now(request, slug)
    if request.method != "POST" or not form.is_valid():
        ends = wanted.after in ENDING
        shown = {
            "organisation": found,
            "step": wanted,
            "form": form,
            "consequences": belonging.consequences_of_leaving(found) if ends else [],
        }
        return render(request, "board/step.html", shown, status=422 if request.method == "POST" else 200)
    try:
        belonging.take(membership, wanted, access.user_of(request), timezone.now(), **form.cleaned_data)
    except TransitionNotAllowed:
        give_back(request, form.cleaned_data["reason"])
        return _not_now(request, slug)
    except NoOwner:
        messages.error(request, _("Wijs eerst een beheerder aan: een lid heeft altijd iemand die het beheert."))
        give_back(request, form.cleaned_data["reason"])
        return redirect("board:appoint", slug)
    messages.success(request, _("Gedaan. De beheerders krijgen er mail over."))
    return redirect("board:organisation", slug)


def _not_now(request: HttpRequest, slug: str) -> HttpResponse:
    messages.info(request, _("Dat kan nu niet. Hieronder zie je hoe het lidmaatschap ervoor staat."))
    return redirect("board:organisation", slug)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: HttpRequest, slug: str) -> HttpResponse:
    """Makes somebody owner when nobody answers."""
    found = _organisation(slug)
    form = AppointForm(request.POST or None)
    is_sent = request.method == "POST" and form.is_valid()
    role = form.appoint(found, access.user_of(request), timezone.now()) if is_sent else None
    if role is None:
        shown: dict[str, Any] = {"organisation": found, "form": form}
        return render(request, "board/appoint.html", shown, status=422 if request.method == "POST" else 200)
    messages.success(request, _("%(name)s is nu beheerder, en krijgt er mail over.") % {"name": role.user})
    return redirect("board:organisation", slug)


def _business(request: HttpRequest, slug: str, now: dt.datetime) -> Organisation:
    """Locked, and signed for by who changes it."""
    businesses = Organisation.objects.businesses().select_for_update(of=("self",))
    found = get_object_or_404(businesses, slug=slug)
    trail.sign(Actor.of(access.user_of(request)), now)
    return found


@access.board
@require_POST
@transaction.atomic
def partner_business(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether it belongs to the association of entrepreneurs: what a business says of itself need not be so."""
    found = _business(request, slug, timezone.now())
    found.partner_member = request.POST.get("lid") == "ja"
    found.save(update_fields=["partner_member", "updated_at"])
    messages.success(request, _("Bewaard. Zo staat het nu op de pagina van %(name)s.") % {"name": found})
    return redirect("board:organisation", slug)


@access.board
@require_POST
@transaction.atomic
def list_business(request: HttpRequest, slug: str) -> HttpResponse:
    """On the list on the board's word, or off it."""
    now = timezone.now()
    found = _business(request, slug, now)
    found.listed_on = timezone.localdate(now) if request.POST.get("op_de_lijst") == "ja" else None
    found.save(update_fields=["listed_on", "updated_at"])
    if found.listed_on:
        messages.success(request, _("%(name)s staat op de lijst.") % {"name": found})
    else:
        messages.success(request, _("%(name)s staat niet meer op de lijst.") % {"name": found})
    return redirect("board:organisation", slug)
