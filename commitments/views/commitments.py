"""The commitments board, and one commitment with what its parties can do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from commitments import board as boards
from commitments import parties, promising, story, totals
from commitments.forms import AnswerForm, ConfirmForm, DeedForm, ReportForm
from commitments.models import Commitment, CommitmentState, StepNotAllowed
from commitments.models.choices import RUNNING_STATES
from kring.accounts import access
from kring.foundation import visitors
from kring.foundation.actors import Actor

S = CommitmentState
CHANGED = gettext_lazy("Dit was al veranderd. Hieronder zie je hoe het nu staat.")
# What is said after a deed, per form and choice.
DONE = {
    (AnswerForm, "yes"): gettext_lazy("Fijn, dat is afgesproken. De ander krijgt er mail over."),
    (AnswerForm, "no"): gettext_lazy("Je hebt nee gezegd. De ander krijgt er mail over."),
    (ReportForm, "done"): gettext_lazy("Mooi! We vragen de ontvanger of het klopt."),
    (ReportForm, "progress"): gettext_lazy("Dank je. De voortgang staat erbij."),
    (ReportForm, "give_back"): gettext_lazy("Teruggegeven. Fijn dat je het zegt. De ander krijgt er mail over."),
    (ConfirmForm, "yes"): gettext_lazy("Bevestigd. Dank je wel! Het telt nu mee in het resultaat."),
    (ConfirmForm, "not_yet"): gettext_lazy("We laten het de ander weten, met wat er nog mist."),
}


@access.anyone
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    return visitors.shared(request, _state, lambda: _board(request), parameters=boards.PARAMETERS)


def _state() -> str:
    return f"{timezone.localdate()}{visitors.recently(totals.stamp)}"


def _board(request: HttpRequest) -> HttpResponse:
    found = boards.Board(request.GET, request.user, timezone.localdate())
    return render(request, "commitments/list.html", {"board": found})


@access.anyone
@require_safe
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return visitors.shared(request, _state, lambda: _page(request, visible_commitment(request, uuid)))


def visible_commitment(request: HttpRequest, uuid: UUID) -> Commitment:
    related = ("promisor__main_sector", "beneficiary", "proposed_by_organisation", "sector", "district", "enquiry")
    visible = Commitment.objects.visible_to(request.user).select_related(
        *related, "promisor_contact", "beneficiary_contact"
    )
    return get_object_or_404(visible, uuid=uuid)


def _page(request: HttpRequest, commitment: Commitment, bound: DeedForm | None = None) -> HttpResponse:
    today = timezone.localdate()
    transitions = list(commitment.transitions.select_related("actor"))
    deed = None if bound else deed_for(request, commitment)
    shown = {
        "commitment": commitment,
        "steps": story.steps(commitment, transitions),
        "history": story.history(commitment, transitions),
        "is_late": commitment.is_late(today),
        "is_nearly_due": commitment.is_nearly_due(today),
        "form": bound or (deed(subject=commitment) if deed else None),
        "may_withdraw": commitment.state == S.PROPOSED and parties.may_withdraw(request.user, commitment),
        "sees_contacts": parties.is_involved(request.user, commitment),
        **counter_favour(request, commitment),
    }
    return render(request, "commitments/detail.html", shown, status=422 if bound else 200)


def counter_favour(request: HttpRequest, commitment: Commitment) -> dict[str, Any]:
    """What comes back for it, or what it comes back for, where the reader may see that."""
    visible = Commitment.objects.visible_to(request.user)
    comes_back_for = commitment.counter_favour_of_id
    other = visible.filter(pk=comes_back_for) if comes_back_for else visible.filter(counter_favour_of=commitment)
    cards = boards.items(other.values(*boards.COLUMNS), timezone.localdate())
    return {"counter": next(iter(cards), None), "is_counter_favour": comes_back_for is not None}


def deed_for(request: HttpRequest, commitment: Commitment) -> type[DeedForm] | None:
    """What the reader can do now."""
    user = request.user
    if commitment.state == S.PROPOSED and parties.may_answer(user, commitment):
        return AnswerForm
    if commitment.state in RUNNING_STATES and parties.may_report(user, commitment):
        return ReportForm
    if commitment.state == S.REPORTED and parties.may_confirm(user, commitment):
        return ConfirmForm
    return None


@access.signed_in
@require_POST
def act(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Does what the form on the page says, for the side that the user is on."""
    commitment = visible_commitment(request, uuid)
    deed = deed_for(request, commitment)
    if deed is None:
        return refused(request, commitment)
    if request.POST.get("stand", commitment.state) != commitment.state:
        # The page showed another step than where it is now: its form would be taken for another.
        messages.info(request, CHANGED)
        return redirect(commitment)
    form = deed(request.POST, subject=commitment)
    if not form.is_valid():
        return _page(request, commitment, bound=form)
    try:
        form.act(Actor.of(access.user_of(request)), timezone.now())
    except StepNotAllowed:
        messages.info(request, CHANGED)
    else:
        messages.success(request, DONE[deed, form.cleaned_data["choice"]])
    return redirect(commitment)


def refused(request: HttpRequest, commitment: Commitment) -> HttpResponse:
    """A party is told that there is nothing to do any more; others may not."""
    sides = (commitment.promisor, commitment.beneficiary)
    if not any(parties.serves(request.user, side) for side in sides):
        raise PermissionDenied
    messages.info(request, _("Hier valt nu niets te doen. Hieronder zie je hoe het staat."))
    return redirect(commitment)


@access.signed_in
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    commitment = visible_commitment(request, uuid)
    if not parties.may_withdraw(request.user, commitment):
        raise PermissionDenied
    try:
        promising.withdraw(commitment, Actor.of(access.user_of(request)), timezone.now())
    except StepNotAllowed:
        messages.info(request, CHANGED)
    else:
        messages.success(request, _("Het voorstel is ingetrokken."))
    return redirect(commitment)
