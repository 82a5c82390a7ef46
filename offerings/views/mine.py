"""An organisation's own offerings: the list, and the form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
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
from offerings import policies
from offerings.forms import OfferingForm
from offerings.models import Offering, OfferingState, OfferingStateNotAllowed

SHOWN_FIRST = [OfferingState.PUBLISHED, OfferingState.PAUSED, OfferingState.DRAFT, OfferingState.ARCHIVED]
NOT_COMPARED = {"photo"}

Step = Callable[[Offering, dt.date], None]
STEPS: dict[str, tuple[Step, str | Promise]] = {
    "publish": (Offering.publish, gettext_lazy("‘%(title)s’ staat op de menukaart.")),
    "pause": (lambda offering, today: offering.pause(), gettext_lazy("‘%(title)s’ is even van de menukaart af.")),
    "archive": (Offering.archive, gettext_lazy("‘%(title)s’ ligt in het archief.")),
    "reopen": (lambda offering, today: offering.reopen(), gettext_lazy("‘%(title)s’ is weer een concept.")),
    "confirm": (Offering.confirm, gettext_lazy("Dank je. ‘%(title)s’ is bevestigd.")),
}


@access.signed_in
@require_safe
def mine(request: HttpRequest, organisation: str) -> HttpResponse:
    owner = policies.editable_organisation(request.user, organisation)
    today = timezone.localdate()
    offerings = sorted(
        owner.offerings.order_by("order", "title"), key=lambda each: SHOWN_FIRST.index(OfferingState(each.state))
    )
    shown = {
        "organisation": owner,
        "rows": [{"offering": each, "is_fresh": each.is_fresh(today)} for each in offerings],
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
    if form.is_bound and form.is_stale:
        shown["conflict"] = _differences(form)
        form.show_version_of(Offering.objects.get(pk=offering.pk))
    return render(request, "offerings/edit.html", shown, status=422 if request.method == "POST" else 200)


def _saved(request: HttpRequest, form: OfferingForm) -> HttpResponse:
    today = timezone.localdate()
    offering = form.save_for(today)
    if "publish" in request.POST and offering.state != OfferingState.PUBLISHED:
        offering.publish(today)
        messages.success(request, _("‘%(title)s’ staat op de menukaart.") % {"title": offering.title})
    else:
        messages.success(request, _("‘%(title)s’ is bewaard.") % {"title": offering.title})
    return redirect("offerings:mine", form.organisation.slug)


def _differences(form: OfferingForm) -> list[dict[str, Any]]:
    """Field by field what stands on the site now beside what was typed, where those differ."""
    stored = OfferingForm(instance=Offering.objects.get(pk=form.instance.pk), organisation=form.organisation)
    return [
        {"label": field.label, "theirs": theirs, "yours": yours}
        for field in form.visible_fields()
        if field.name not in NOT_COMPARED
        and (theirs := stored.in_words(field.name)) != (yours := form.in_words(field.name))
    ]


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
