"""Writing a commitment down: free, quickly during a meeting, and again."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from commitments import making, parties
from commitments.making_forms import EditForm, MakeForm, PledgeForm, names_for
from commitments.models import EDITABLE_STATES, UNITS, Commitment, Origin, StepNotAllowed, Transition
from kring.accounts import access
from kring.accounts.models import User
from members.models import Organisation

JUST_MADE = dt.timedelta(hours=3)
SHOWN = 10
PROPOSED = gettext_lazy("‘%(title)s’ is voorgesteld. De ander krijgt er mail over.")
PROPOSED_TO_BOTH = gettext_lazy("‘%(title)s’ is voorgesteld. Beide kanten krijgen er mail over.")
KEPT = gettext_lazy("‘%(title)s’ is bewaard als concept. Alleen jullie zien het.")
CHANGED = gettext_lazy("Dit was al voorgesteld. Hieronder zie je hoe het nu staat.")


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    user = _maker(request)
    if request.method != "POST":
        return _form(request, MakeForm(user=user, initial=_wanted(request, user)))
    form = MakeForm(request.POST, user=user)
    if not form.is_valid() or _too_often(form, user):
        return _form(request, form, status=422)
    is_draft = "concept" in request.POST
    commitment = form.write(timezone.now(), propose=not is_draft)
    return _made(request, commitment, is_draft=is_draft)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def quick(request: HttpRequest) -> HttpResponse:
    """Typed during a meeting: after each the form is there for the next one."""
    user = _maker(request)
    form = PledgeForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid() and not _too_often(form, user):
        commitment = form.write(timezone.now(), origin=Origin.MEETING)
        messages.success(request, _told(commitment))
        return redirect("commitments:quick")
    since = timezone.now() - JUST_MADE
    made = Transition.objects.filter(actor=user, before="", at__gte=since, commitment__origin=Origin.MEETING)
    shown = {
        "form": form,
        "names": names_for(user),
        "units": UNITS,
        "made": [step.commitment for step in made.select_related("commitment").order_by("-at", "-pk")[:SHOWN]],
    }
    return render(request, "commitments/quick.html", shown, status=422 if request.method == "POST" else 200)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A draft, or what lapsed and is proposed again."""
    user = access.user_of(request)
    visible = Commitment.objects.visible_to(user).select_related("promisor", "beneficiary", "sector", "district")
    commitment = get_object_or_404(visible, uuid=uuid)
    if not parties.may_withdraw(user, commitment):
        raise PermissionDenied
    if commitment.counter_favour_of is not None:  # its terms stand with those of what it comes back for
        return redirect("commitments:edit", commitment.counter_favour_of.uuid)
    if request.method == "POST":  # so that of two who save at once the second is told
        commitment = get_object_or_404(Commitment.objects.select_for_update(of=("self",)), pk=commitment.pk)
    if commitment.state not in EDITABLE_STATES:
        messages.info(request, CHANGED)
        return redirect(commitment)
    form = EditForm(request.POST if request.method == "POST" else None, instance=commitment)
    if request.method != "POST" or not form.is_valid() or _too_often(form, user):
        return _edited(request, form)
    is_draft = "concept" in request.POST
    try:
        form.write(user, timezone.now(), propose=not is_draft)
    except StepNotAllowed:
        messages.info(request, CHANGED)
        return redirect(commitment)
    return _made(request, commitment, is_draft=is_draft)


def _edited(request: HttpRequest, form: EditForm) -> HttpResponse:
    conflict = []
    if form.is_bound and form.is_stale:
        conflict = form.conflict_with(EditForm(instance=Commitment.objects.get(pk=form.instance.pk)))
    return _form(request, form, status=422 if form.is_bound else 200, commitment=form.instance, conflict=conflict)


def _maker(request: HttpRequest) -> User:
    user = access.user_of(request)
    if not making.may_make(user):
        raise PermissionDenied
    return user


def _wanted(request: HttpRequest, user: User) -> dict[str, Any]:
    """Who does it is most often the own organisation; `?voor=` names the other one."""
    own = list(Organisation.objects.served_by(user).order_by("name").values_list("name", flat=True)[:2])
    other = Organisation.objects.visible_to(user).filter(slug=request.GET.get("voor", "")).first()
    return {"promisor": own[0] if len(own) == 1 else "", "beneficiary": other.name if other else ""}


def _too_often(form: Any, user: User) -> bool:
    if not making.too_often(user):
        return False
    form.add_error(None, _("Je hebt nu erg veel voorstellen gedaan. Probeer het over een uur nog eens."))
    return True


def _form(request: HttpRequest, form: Any, status: int = 200, **shown: Any) -> HttpResponse:
    names = names_for(access.user_of(request)) if "promisor" in form.fields else []
    return render(
        request, "commitments/make.html", {"form": form, "names": names, "units": UNITS, **shown}, status=status
    )


def _made(request: HttpRequest, commitment: Commitment, *, is_draft: bool) -> HttpResponse:
    messages.success(request, KEPT % {"title": commitment.title} if is_draft else _told(commitment))
    return redirect(commitment)


def _told(commitment: Commitment) -> str:
    told = PROPOSED if commitment.proposing_side else PROPOSED_TO_BOTH
    return told % {"title": commitment.title}
