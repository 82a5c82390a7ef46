"""The commitments board, and one commitment with what its parties can do."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from commitments import parties, promising
from commitments.filters import CommitmentFilter
from commitments.forms import AnswerForm, ConfirmForm, DeedForm, ReportForm
from commitments.models import Commitment, CommitmentState, StepNotAllowed, Transition
from commitments.models.choices import RUNNING_STATES
from kring.accounts import access
from kring.foundation.actors import Actor, ActorKind

PER_PAGE = 24
MAX_PAGES = 100
S = CommitmentState

# The line of steps that everybody can follow.
STEPS = (
    (S.PROPOSED, gettext_lazy("Voorgesteld")),
    (S.AGREED, gettext_lazy("Afgesproken")),
    (S.REPORTED, gettext_lazy("Uitgevoerd")),
    (S.KEPT, gettext_lazy("Bevestigd")),
)


def items(commitments: QuerySet[Commitment], today: dt.date, circle: str) -> list[dict[str, Any]]:
    """What components/commitment.html shows of each."""
    related = commitments.select_related("promisor", "beneficiary", "sector")
    return [
        {
            "url": each.get_absolute_url(),
            "title": each.title,
            "promisor": each.promisor.name,
            "beneficiary": each.beneficiary.name if each.beneficiary else circle,
            "state": each.state,
            "state_label": each.get_state_display(),
            "due_on": each.due_on,
            "is_late": each.is_late(today),
            "sector": each.sector.hue if each.sector else "none",
            "value": each.delivered if each.state in {*RUNNING_STATES, S.REPORTED, S.KEPT} else None,
            "max": each.quantity,
            "unit": each.unit,
        }
        for each in related
    ]


@access.anyone
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    visible = Commitment.objects.visible_to(request.user)
    found = CommitmentFilter(request.GET, queryset=visible)
    ordered = found.qs.order_by("-moved_at", "-pk")
    page = Paginator(ordered[: MAX_PAGES * PER_PAGE], PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "filter": found,
        "groups": filter_groups(found),
        "page": page,
        "items": items(page.object_list, timezone.localdate(), _("de hele kring")),  # type: ignore[arg-type]
        "total": page.paginator.count,
    }
    return render(request, "commitments/list.html", shown)


def filter_groups(found: CommitmentFilter) -> list[dict[str, Any]]:
    """The choices of the filter column."""
    chosen = found.form.cleaned_data
    return [
        {
            "title": found.filters[name].label,
            "name": name,
            "options": [
                {"value": value, "label": label, "count": None, "selected": value in (chosen.get(name) or ())}
                for value, label in found.form.fields[name].choices
                if value != S.DRAFT
            ],
        }
        for name in ("stand", "sector", "m", "wijk")
    ]


def visible_commitment(request: HttpRequest, uuid: Any) -> Commitment:
    related = ("promisor__main_sector", "beneficiary", "proposed_by_organisation", "sector", "district")
    visible = Commitment.objects.visible_to(request.user).select_related(*related, "counter_favour_of")
    return get_object_or_404(visible, uuid=uuid)


@access.anyone
@require_safe
def detail(request: HttpRequest, uuid: Any) -> HttpResponse:
    return _page(request, visible_commitment(request, uuid), bound=None)


def _page(request: HttpRequest, commitment: Commitment, bound: DeedForm | None) -> HttpResponse:
    transitions = list(commitment.transitions.select_related("actor"))
    deed = deed_for(request, commitment)
    shown = {
        "commitment": commitment,
        "steps": steps(commitment, transitions),
        "history": history(commitment, transitions),
        "is_late": commitment.is_late(timezone.localdate()),
        "form": bound or (deed(subject=commitment) if deed else None),
        "may_withdraw": commitment.state == S.PROPOSED and parties.may_withdraw(request.user, commitment),
        "counter": counter_favour(request, commitment),
    }
    return render(request, "commitments/detail.html", shown, status=422 if bound else 200)


def counter_favour(request: HttpRequest, commitment: Commitment) -> Commitment | None:
    """What comes back for it, or what it comes back for, where the reader may see that."""
    visible = Commitment.objects.visible_to(request.user)
    if commitment.counter_favour_of_id:
        return visible.filter(pk=commitment.counter_favour_of_id).first()
    return visible.filter(counter_favour_of=commitment).first()


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


def steps(commitment: Commitment, transitions: list[Transition]) -> list[dict[str, Any]]:
    """The line of steps, with when and by whom each was taken."""
    taken = {transition.after: transition for transition in transitions}
    reached = max((index for index, (state, _label) in enumerate(STEPS) if state in taken), default=-1)
    stopped = commitment.state in {S.DECLINED, S.WITHDRAWN, S.LAPSED, S.GIVEN_BACK}
    line = []
    for index, (state, label) in enumerate(STEPS):
        transition = taken.get(state) if index <= reached else None
        line.append(
            {
                "label": label,
                "state": "done" if index <= reached else "now" if index == reached + 1 and not stopped else "todo",
                "on": transition.at if transition else None,
                "by": who(transition) if transition else "",
            }
        )
    if stopped:
        last = transitions[-1] if transitions else None
        line = line[: reached + 1]
        line.append(
            {
                "label": commitment.get_state_display(),
                "state": "stopped",
                "on": last.at if last else None,
                "by": who(last) if last else "",
            }
        )
    return line


def who(trace: Transition | Any) -> str:
    """The one behind a step, by first name: the pages are public."""
    if trace.actor_kind == ActorKind.SYSTEM:
        return ""
    name = trace.actor.get_short_name() if trace.actor else trace.actor_name.split(" ")[0]
    return "" if "@" in name else name


def history(commitment: Commitment, transitions: list[Transition]) -> list[dict[str, Any]]:
    """Steps and progress, the newest first."""
    tones = {S.KEPT: "good", S.GIVEN_BACK: "alert", S.DECLINED: "alert"}
    told = [
        {
            "title": step.get_after_display(),
            "at": step.at,
            "by": who(step),
            "text": step.note,
            "tone": tones.get(CommitmentState(step.after), ""),
        }
        for step in transitions
        if step.after != S.DRAFT
    ]
    told += [
        {"title": _("Voortgang"), "at": update.at, "by": who(update), "text": update.note}
        for update in commitment.updates.select_related("actor").filter(is_final=False)
    ]
    return sorted(told, key=lambda event: event["at"], reverse=True)


@access.signed_in
@require_POST
def act(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Does what the form on the page says, for the side that the user is on."""
    commitment = visible_commitment(request, uuid)
    deed = deed_for(request, commitment)
    if deed is None:
        return refused(request, commitment)
    form = deed(request.POST, subject=commitment)
    if not form.is_valid():
        return _page(request, commitment, bound=form)
    try:
        form.act(Actor.of(request.user), timezone.now())  # type: ignore[arg-type]
    except StepNotAllowed:
        messages.info(request, _("Dit was al veranderd. Hieronder zie je hoe het nu staat."))
    else:
        messages.success(request, _("Gelukt. De ander krijgt er mail over."))
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
def withdraw(request: HttpRequest, uuid: Any) -> HttpResponse:
    commitment = visible_commitment(request, uuid)
    if not parties.may_withdraw(request.user, commitment):
        raise PermissionDenied
    try:
        promising.withdraw(commitment, Actor.of(request.user), timezone.now())  # type: ignore[arg-type]
    except StepNotAllowed:
        messages.info(request, _("Dit was al veranderd. Hieronder zie je hoe het nu staat."))
    else:
        messages.success(request, _("Het voorstel is ingetrokken."))
    return redirect(commitment)
