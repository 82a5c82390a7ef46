"""The commitments board, and one commitment with what its parties can do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from commitments import board as boards
from commitments import deeds, making, parties, promising, reminder_plan, story, totals
from commitments.deed_forms import CommitmentForm, MediateForm
from commitments.models import EDITABLE_STATES, ENDED_STATES, Commitment, CommitmentState, Evidence, StepNotAllowed
from kring.accounts import access
from kring.accounts.access import is_board
from kring.foundation import media, visitors
from kring.foundation.actors import Actor
from kring.foundation.views import back

S = CommitmentState
WITHDRAWABLE = (S.DRAFT, S.PROPOSED)
CHANGED = gettext_lazy("Dit was al veranderd. Hieronder zie je hoe het nu staat.")
NOTHING = gettext_lazy("Hier valt nu niets te doen. Hieronder zie je hoe het staat.")


@access.anyone
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    return visitors.shared(request, _state, lambda: _board(request), parameters=boards.PARAMETERS)


def _state() -> str:
    return f"{timezone.localdate()}{visitors.recently(totals.stamp)}"


def _board(request: HttpRequest) -> HttpResponse:
    found = boards.Board(request.GET, request.user, timezone.localdate())
    return render(request, "commitments/list.html", {"board": found, "may_make": making.may_make(request.user)})


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


def _page(
    request: HttpRequest,
    commitment: Commitment,
    bound: CommitmentForm | None = None,
    typed: list[dict[str, Any]] | None = None,
    told: str | Promise = "",
) -> HttpResponse:
    today = timezone.localdate()
    transitions = list(commitment.transitions.select_related("actor"))
    sides = parties.sides_of(request.user, commitment)
    involved = bool(sides) or is_board(request.user)
    asked = deeds.asked_date(commitment) if involved else None
    possible = deeds.open_to_sides(request.user, commitment, sides, asked)
    shown = {
        "commitment": commitment,
        "steps": story.steps(commitment, transitions),
        "history": story.history(commitment, transitions, involved=involved),
        "is_late": commitment.is_late(today),
        "is_nearly_due": commitment.is_nearly_due(today),
        "deeds": forms_for(commitment, possible, bound),
        "may_withdraw": commitment.state in WITHDRAWABLE and parties.may_withdraw(request.user, commitment),
        "may_edit": commitment.state in EDITABLE_STATES and parties.may_withdraw(request.user, commitment),
        "sees_contacts": involved,
        "may_choose_contact": bool(sides) and commitment.state not in ENDED_STATES,
        "reminders": reminder_plan.of(commitment, timezone.now(), asked) if involved else None,
        "is_board": is_board(request.user),
        "typed": typed,
        "told": told,
        **counter_favour(request, commitment),
    }
    return render(request, "commitments/detail.html", shown, status=422 if bound else 409 if typed else 200)


def forms_for(
    commitment: Commitment, possible: list[deeds.Deed], bound: CommitmentForm | None
) -> list[dict[str, Any]]:
    """What the reader can do now, each with its form; the ids of the fields are another's on each."""
    found = []
    for deed in possible:
        is_bound = bound is not None and bound.name == deed.name
        form = bound if is_bound else deed.filled_in(commitment, auto_id=f"{deed.name}-%s")
        found.append({"deed": deed, "form": form, "is_bound": is_bound})
    return found


def counter_favour(request: HttpRequest, commitment: Commitment) -> dict[str, Any]:
    """What comes back for it, or what it comes back for, where the reader may see that."""
    visible = Commitment.objects.visible_to(request.user)
    comes_back_for = commitment.counter_favour_of_id
    other = visible.filter(pk=comes_back_for) if comes_back_for else visible.filter(counter_favour_of=commitment)
    cards = boards.items(other.values(*boards.COLUMNS), timezone.localdate())
    return {"counter": next(iter(cards), None), "is_counter_favour": comes_back_for is not None}


@access.anyone
@require_safe
def photo(request: HttpRequest, uuid: UUID, evidence: UUID) -> HttpResponse:
    """A picture of what was done, for who may see the commitment."""
    visible = Commitment.objects.visible_to(request.user).filter(uuid=uuid)
    shown = get_object_or_404(Evidence, uuid=evidence, update__commitment__in=visible)
    return media.private(str(shown.image))


@access.signed_in
@require_POST
def act(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Does what the form on the page says, for the side that the user is on."""
    commitment = visible_commitment(request, uuid)
    possible = {deed.name: deed for deed in deeds.open_to(request.user, commitment)}
    if not possible and not may_come_late(request, commitment):
        raise PermissionDenied
    deed = possible.get(request.POST.get("deed", next(iter(possible), "")))
    if deed is None or request.POST.get("stand", commitment.state) != commitment.state:
        # The page showed another step than where it is now: its form would be taken for another.
        return moved_on(request, commitment, CHANGED if possible else NOTHING)
    form = deed.filled_in(commitment, request.POST, request.FILES, auto_id=f"{deed.name}-%s")
    if not form.is_valid():
        return _page(request, commitment, bound=form)
    try:
        form.act(Actor.of(access.user_of(request)), timezone.now())
    except StepNotAllowed as error:
        return moved_on(request, visible_commitment(request, uuid), error.told or CHANGED)
    else:
        messages.success(request, deeds.done(form))
    return redirect(back(request, commitment.get_absolute_url()))


def may_come_late(request: HttpRequest, commitment: Commitment) -> bool:
    """A party is told that nothing is to be done any more, and so is who would mediate; others may not."""
    mediates = request.POST.get("deed") == MediateForm.name and is_board(request.user)
    return mediates or bool(parties.sides_of(request.user, commitment))


def moved_on(request: HttpRequest, commitment: Commitment, told: str | Promise) -> HttpResponse:
    """How it stands now and, for who typed something that came too late, those words: nothing typed is lost."""
    is_theirs = request.POST.get("deed") != MediateForm.name or is_board(request.user)
    typed = deeds.typed_in_vain(commitment, request.POST) if is_theirs else []
    if typed:
        return _page(request, commitment, typed=typed, told=told)
    messages.info(request, str(told))
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
