"""An organisation's own offerings: the list, and the form."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from members.models import Organisation
from offerings import copying, policies, previews
from offerings.forms import CopyForm, OfferingForm, TakeAwayForm
from offerings.models import Offering, OfferingState, OfferingStateNotAllowed

PER_PAGE = 50

Step = Callable[[Offering, dt.date], None]
STEPS: dict[str, tuple[Step, str | Promise]] = {
    "publish": (Offering.publish, gettext_lazy("‘%(title)s’ staat op de menukaart.")),
    "archive": (Offering.archive, gettext_lazy("‘%(title)s’ ligt in het archief.")),
    "reopen": (lambda offering, today: offering.reopen(), gettext_lazy("‘%(title)s’ is weer een concept.")),
    "up": (lambda offering, today: offering.change_place(-1), gettext_lazy("‘%(title)s’ staat een plek hoger.")),
    "down": (lambda offering, today: offering.change_place(1), gettext_lazy("‘%(title)s’ staat een plek lager.")),
    "confirm": (Offering.confirm, gettext_lazy("Dank je. ‘%(title)s’ is bevestigd.")),
}


@access.signed_in
@require_safe
def mine(request: HttpRequest, organisation: str) -> HttpResponse:
    owner = policies.editable_organisation(request.user, organisation)
    today = timezone.localdate()
    page = Paginator(Offering.objects.filter(organisation=owner).by_state(), PER_PAGE).get_page(
        request.GET.get("page")
    )
    shown = {
        "organisation": owner,
        "page": page,
        "rows": [
            {
                "offering": each,
                "is_fresh": each.is_fresh(today),
                "is_asked": each.is_asked_about(today),
                "once": uuid.uuid4(),
            }
            for each in page
        ],
        "is_listed": Organisation.objects.listed(today).filter(pk=owner.pk).exists(),
    }
    return render(request, "offerings/mine.html", shown)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, organisation: str) -> HttpResponse:
    owner = policies.editable_organisation(request.user, organisation)
    return _written(request, owner, Offering(organisation=owner))


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    offering = policies.editable_offering(request.user, organisation, slug)
    if request.method == "POST":
        offering = offering.locked()  # so that of two who save at once the second is told
    return _written(request, offering.organisation, offering)


def _written(request: HttpRequest, owner: Organisation, offering: Offering) -> HttpResponse:
    """The form; when it was posted and is right, the offering is written."""
    form = OfferingForm(request.POST or None, request.FILES or None, instance=offering, organisation=owner)
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    shown: dict[str, Any] = {"form": form, "organisation": owner, "offering": offering}
    shown["conflict"] = form.conflict()
    shown["card"] = previews.card(form)
    return render(request, "offerings/edit.html", shown, status=422 if request.method == "POST" else 200)


def _saved(request: HttpRequest, form: OfferingForm) -> HttpResponse:
    today = timezone.localdate()
    offering = form.save_for(today)
    if "publish" in request.POST and offering.state != OfferingState.PUBLISHED:
        offering.put_on_card(today)
        messages.success(request, _("‘%(title)s’ staat op de menukaart.") % {"title": offering.title})
    else:
        messages.success(request, _("‘%(title)s’ is bewaard.") % {"title": offering.title})
    return redirect("offerings:mine", form.organisation.slug)


@access.signed_in
@require_POST
@transaction.atomic
def move(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    """Puts an offering on the card, takes it off, archives it, or confirms it: as the button says."""
    offering = policies.editable_offering(request.user, organisation, slug)
    name = request.POST.get("step", "")
    if name not in STEPS:
        return HttpResponseBadRequest()
    step, told = STEPS[name]
    try:
        step(offering, timezone.localdate())
    except OfferingStateNotAllowed:
        messages.info(request, _("Dat was al gebeurd. Hieronder zie je hoe het nu staat."))
    else:
        messages.success(request, told % {"title": offering.title})
    return redirect("offerings:mine", organisation)


@access.signed_in
@require_POST
def preview(request: HttpRequest, organisation: str) -> HttpResponse:
    """The card as it would be of what was typed so far: for htmx the card alone, else a page. Nothing is written."""
    owner = policies.editable_organisation(request.user, organisation)
    there = owner.offerings.filter(slug=request.POST.get("welk", "")[:100]).first()
    form = OfferingForm(request.POST, instance=there or Offering(organisation=owner), organisation=owner)
    template = "_preview" if request.htmx else "preview"  # type: ignore[attr-defined]
    return render(request, f"offerings/{template}.html", {"card": previews.card(form), "organisation": owner})


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def pause(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    """Off the card for a while, with the day on which it comes back by itself."""
    offering = policies.editable_offering(request.user, organisation, slug)
    form = TakeAwayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            offering.pause(form.cleaned_data["until"])
        except OfferingStateNotAllowed:
            messages.info(request, _("Dat was al gebeurd. Hieronder zie je hoe het nu staat."))
        else:
            messages.success(request, _("‘%(title)s’ is even van de menukaart af.") % {"title": offering.title})
        return redirect("offerings:mine", organisation)
    shown = {"form": form, "offering": offering, "organisation": offering.organisation}
    return render(request, "offerings/pause.html", shown, status=422 if request.method == "POST" else 200)


@access.signed_in
@require_POST
def copy(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    """A draft that starts as this one is."""
    offering = policies.editable_offering(request.user, organisation, slug)
    form = CopyForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    made = copying.copy(offering, form.cleaned_data["once"], timezone.localdate())
    messages.success(request, _("Dit is de kopie. Pas aan wat anders is."))
    return redirect("offerings:edit", organisation, made.slug)
