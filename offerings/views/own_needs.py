"""An organisation's own needs: the list, the form, and the steps from open to met."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from members.models import Organisation
from offerings import matching, policies, search, suggestions
from offerings.matching import Match
from offerings.models import Need, NeedState, NeedStateNotAllowed
from offerings.need_form import NeedForm

MAX_LISTED = 100
ORDER = [NeedState.OPEN, NeedState.DRAFT, NeedState.MET, NeedState.CLOSED]
Step = Callable[[Need, dt.date], None]
STEPS: dict[str, tuple[Step, str | Promise]] = {
    "extend": (Need.extend, gettext_lazy("‘%(title)s’ staat weer drie maanden open.")),
    "meet": (Need.meet, gettext_lazy("Mooi! ‘%(title)s’ is geregeld.")),
    "close": (Need.close, gettext_lazy("‘%(title)s’ is gesloten.")),
}


@access.signed_in
@require_safe
def mine(request: HttpRequest, organisation: str) -> HttpResponse:
    owner = policies.editable_organisation(request.user, organisation)
    today = timezone.localdate()
    needs = sorted(owner.needs.all()[:MAX_LISTED], key=lambda need: ORDER.index(NeedState(need.state)))
    fitting: defaultdict[int, list[Match]] = defaultdict(list)
    for match in suggestions.offerings_for_needs(owner, today):
        fitting[match.need.pk].append(match)
    rows = [{"need": need, "has_ended": need.has_ended(today), "matches": fitting[need.pk]} for need in needs]
    return render(request, "offerings/own_needs.html", {"organisation": owner, "rows": rows})


@access.signed_in
@require_safe
def chances(request: HttpRequest, organisation: str) -> HttpResponse:
    """Whom an organisation would help with what it offers."""
    owner = policies.editable_organisation(request.user, organisation)
    matches = suggestions.needs_for_offerings(owner, timezone.localdate())
    return render(request, "offerings/chances.html", {"organisation": owner, "matches": matches})


@access.signed_in
@require_safe
def post(request: HttpRequest) -> HttpResponse:
    """From a search that found nothing to the form: of the only organisation that one serves, or of a chosen one."""
    title = search.tidy(request.GET.get("titel", ""))
    own = list(Organisation.objects.served_by(request.user).order_by("name").only("slug", "name"))
    ways = [{"name": each.name, "url": _form_url(each, title)} for each in own]
    if len(ways) == 1:
        return redirect(ways[0]["url"])
    return render(request, "offerings/post_need.html", {"ways": ways, "title": title})


def _form_url(organisation: Organisation, title: str) -> str:
    query = {"titel": title} if title else {}
    return reverse("offerings:need_create", args=[organisation.slug], query=query)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, organisation: str) -> HttpResponse:
    owner = policies.editable_organisation(request.user, organisation)
    typed = search.tidy(request.GET.get("titel", ""))
    return _written(request, Need(organisation=owner, title=typed[:1].upper() + typed[1:]))


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    need = policies.editable_need(request.user, organisation, slug)
    if request.method == "POST":
        need = need.locked()  # so that of two who save at once the second is told
    return _written(request, need)


def _written(request: HttpRequest, need: Need) -> HttpResponse:
    """The form; when it was posted and is right, the need is written, and what fits it shows on its page."""
    form = NeedForm(request.POST or None, instance=need, organisation=need.organisation)
    if request.method == "POST" and form.is_valid():
        saved = form.save_for(timezone.localdate())
        messages.success(request, _told(saved))
        return redirect(saved)
    shown = {"form": form, "organisation": need.organisation, "need": need, "conflict": form.conflict()}
    return render(request, "offerings/edit_need.html", shown, status=422 if request.method == "POST" else 200)


def _told(need: Need) -> str:
    if need.state != NeedState.OPEN:
        return _("‘%(title)s’ is bewaard.") % {"title": need.title}
    if matching.offerings_for(need, most=1):
        return _("‘%(title)s’ staat open. Hieronder zie je wat er misschien bij past.") % {"title": need.title}
    return _("‘%(title)s’ staat open. We mailen als er iets bij past.") % {"title": need.title}


@access.signed_in
@require_POST
@transaction.atomic
def move(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    """Keeps a need open, says that it is met, or closes it: as the button says."""
    need = policies.editable_need(request.user, organisation, slug)
    name = request.POST.get("step", "")
    if name not in STEPS:
        return HttpResponseBadRequest()
    step, told = STEPS[name]
    try:
        step(need, timezone.localdate())
    except NeedStateNotAllowed:
        messages.info(request, _("Dat was al gebeurd. Hieronder zie je hoe het nu staat."))
    else:
        messages.success(request, told % {"title": need.title})
    return redirect("offerings:own_needs", organisation)
