"""An organisation's own membership: where it stands, how it came so, leaving and coming back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from members import applying, belonging, policies, timeline
from members.forms.membership import RejoinForm, ResignForm
from members.models import Membership, Organisation, OrganisationKind, TransitionNotAllowed
from members.views import own


@access.signed_in
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    user = access.user_of(request)
    organisation = policies.get_editable(user, slug)
    memberships = timeline.memberships(organisation)
    current = next((each for each in memberships if not each.is_over), None)
    shown = {
        **own.frame(request, organisation, "members:membership"),
        "is_own": policies.own_role(user, organisation) is not None,
        "membership": current,
        "member_since": Membership.objects.of(organisation).member_since(timezone.localdate()),
        "line": timeline.line(memberships, timezone.localdate()),
        "events": timeline.events(memberships),
        "may_resign": current is not None and current.status in belonging.CAN_RESIGN,
        "may_stay": current is not None and current.may_stay,
        "may_rejoin": current is None and organisation.kind == OrganisationKind.MEMBER,
    }
    return render(request, "members/membership.html", shown)


def _current(organisation: Organisation) -> Membership | None:
    return Membership.objects.of(organisation).going_on().first()


def _too_late(request: HttpRequest, slug: str) -> HttpResponse:
    messages.info(request, _("Dat kan nu niet. Hieronder zie je hoe het lidmaatschap ervoor staat."))
    return redirect("members:membership", slug)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def resign(request: HttpRequest, slug: str) -> HttpResponse:
    user = access.user_of(request)
    organisation = policies.get_own(user, slug)
    membership = _current(organisation)
    if membership is None or membership.status not in belonging.CAN_RESIGN:
        return _too_late(request, slug)
    form = ResignForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        shown = {
            **own.frame(request, organisation, "members:membership"),
            "form": form,
            "consequences": belonging.consequences_of_leaving(organisation),
            "usual": belonging.usual_last_day(timezone.localdate()),
        }
        return render(request, "members/resign.html", shown, status=422 if request.method == "POST" else 200)
    try:
        belonging.resign(membership, user, timezone.now(), **form.cleaned_data)
    except TransitionNotAllowed:
        own.give_back(request, form.cleaned_data["reason"])
        return _too_late(request, slug)
    messages.success(request, _("Jullie opzegging is binnen. Je krijgt een bevestiging per mail."))
    return redirect("members:membership", slug)


@access.signed_in
@require_POST
def stay(request: HttpRequest, slug: str) -> HttpResponse:
    """Takes the resignation back."""
    user = access.user_of(request)
    membership = _current(policies.get_own(user, slug))
    try:
        if membership is None:
            return _too_late(request, slug)
        belonging.stay(membership, user, timezone.now())
    except TransitionNotAllowed:
        return _too_late(request, slug)
    messages.success(request, _("Fijn dat jullie blijven. De opzegging is van de baan."))
    return redirect("members:membership", slug)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rejoin(request: HttpRequest, slug: str) -> HttpResponse:
    user = access.user_of(request)
    organisation = policies.get_own(user, slug)
    if organisation.kind != OrganisationKind.MEMBER or _current(organisation) is not None:
        return _too_late(request, slug)
    form = RejoinForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        shown: dict[str, Any] = {**own.frame(request, organisation, "members:membership"), "form": form}
        return render(request, "members/rejoin.html", shown, status=422 if request.method == "POST" else 200)
    try:
        applying.rejoin(organisation, user, timezone.now(), motivation=form.cleaned_data["motivation"])
    except applying.BelongsAlready:
        return _too_late(request, slug)
    messages.success(request, _("Jullie aanvraag ligt bij het bestuur. Je hoort het per mail."))
    return redirect("members:membership", slug)
