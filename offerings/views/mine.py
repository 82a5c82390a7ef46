"""An organisation's own offerings: the list, and the form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from members.models import Organisation
from offerings import policies
from offerings.forms import OfferingForm
from offerings.models import Offering, OfferingState, OfferingStateNotAllowed

# What the form shows of a version that somebody else saved.
COMPARED = ("title", "summary", "description", "price", "counter_favour", "duration", "place_text")


def editable_organisation(request: HttpRequest, slug: str) -> Organisation:
    """Http404 for one that is hidden from the user, PermissionDenied for one that is not theirs."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)
    if not Organisation.objects.editable_by(request.user).filter(pk=organisation.pk).exists():
        raise PermissionDenied
    return organisation


@access.signed_in
@require_safe
def mine(request: HttpRequest, organisation: str) -> HttpResponse:
    owner = editable_organisation(request, organisation)
    today = timezone.localdate()
    offerings = list(owner.offerings.order_by("state", "order", "title"))
    rows = [{"offering": each, "is_fresh": each.is_fresh(today)} for each in offerings]
    return render(request, "offerings/mine.html", {"organisation": owner, "rows": rows})


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, organisation: str) -> HttpResponse:
    owner = editable_organisation(request, organisation)
    form = OfferingForm(request.POST or None, request.FILES or None, instance=Offering(), organisation=owner)
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    return _form(request, form, status=422 if request.method == "POST" else 200)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    owner = editable_organisation(request, organisation)
    # Locked, so that of two who save at once the second is told.
    offerings = Offering.objects.filter(organisation=owner)
    found = offerings.select_for_update(of=("self",)) if request.method == "POST" else offerings
    offering = policies.editable_or_refused(request.user, found, slug)  # type: ignore[arg-type]
    form = OfferingForm(request.POST or None, request.FILES or None, instance=offering, organisation=owner)
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    return _form(request, form, status=422 if request.method == "POST" else 200)


def _saved(request: HttpRequest, form: OfferingForm) -> HttpResponse:
    today = timezone.localdate()
    offering = form.save_for(today)
    if "publish" in request.POST and offering.state != OfferingState.PUBLISHED:
        offering.publish(today)
        messages.success(request, _("Je aanbod staat op de menukaart."))
    else:
        messages.success(request, _("Bewaard."))
    return redirect("offerings:mine", form.organisation.slug)


def _form(request: HttpRequest, form: OfferingForm, status: int) -> HttpResponse:
    shown: dict[str, Any] = {"form": form, "organisation": form.organisation, "offering": form.instance}
    if form.is_bound and form.is_stale:
        stored = Offering.objects.get(pk=form.instance.pk)
        shown["conflict"] = [
            {"label": form[name].label, "theirs": getattr(stored, name), "yours": form[name].value()}
            for name in COMPARED
            if str(getattr(stored, name) or "") != str(form[name].value() or "")
        ]
        form.data = form.data.copy()
        form.data["version"] = stored.version
    return render(request, "offerings/edit.html", shown, status=status)


@access.signed_in
@require_POST
def move(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    """Puts an offering on the card, takes it off, archives it, or confirms it: as the button says."""
    owner = editable_organisation(request, organisation)
    offering = policies.editable_or_refused(request.user, Offering.objects.filter(organisation=owner), slug)  # type: ignore[arg-type]
    today = timezone.localdate()
    steps = {
        "publish": (lambda: offering.publish(today), _("‘%(title)s’ staat op de menukaart.")),
        "pause": (lambda: offering.pause(), _("‘%(title)s’ is even van de menukaart af.")),
        "archive": (lambda: offering.archive(today), _("‘%(title)s’ is gearchiveerd.")),
        "confirm": (lambda: offering.confirm(today), _("Dank je. ‘%(title)s’ is bevestigd.")),
    }
    step, told = steps.get(request.POST.get("step", ""), (None, ""))
    if step is None:
        return HttpResponse(status=400)
    try:
        step()
    except OfferingStateNotAllowed:
        messages.info(request, _("Dat was al gebeurd. Hieronder zie je hoe het nu staat."))
    else:
        messages.success(request, told % {"title": offering.title})
    return HttpResponseRedirect(reverse("offerings:mine", args=[owner.slug]))
