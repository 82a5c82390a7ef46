"""After the evening: what was caught becomes commitments, needs and offerings, and the minutes are written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from kring.foundation.actors import Actor
from kring.meetings import ideas, pledging, policies, writing
from kring.meetings.forms.evening import IdeaForm, OutcomeForm
from kring.meetings.forms.meetings import MinutesForm
from kring.meetings.models import Meeting, Minutes, Outcome, OutcomeKind, SamePerson, StepNotAllowed

SHOWN = 300
RELATED = ("organisation", "beneficiary", "commitment", "need", "offering__organisation", "sign_up", "item")


def _outcomes(meeting: Meeting) -> Any:
    return meeting.outcomes.select_related(*RELATED).order_by("at", "pk")


@access.board
@require_safe
def outcomes(request: HttpRequest, slug: str) -> HttpResponse:
    """What was caught, each with what it still lacks or has become."""
    meeting = policies.board_meeting(slug)
    every = list(_outcomes(meeting)[:SHOWN])
    groups = [
        {"label": kind.label, "outcomes": [each for each in every if each.kind == kind]}
        for kind in (OutcomeKind.PLEDGE, OutcomeKind.ACTION, OutcomeKind.IDEA, OutcomeKind.DECISION)
    ]
    waiting = Outcome.objects.of(meeting).to_propose().count()
    return render(
        request,
        "meetings/outcomes.html",
        {"meeting": meeting, "groups": [group for group in groups if group["outcomes"]], "waiting": waiting},
    )


@access.board
@require_POST
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """All promises with a maker go out as proposals."""
    meeting = policies.board_meeting(slug)
    try:
        made = pledging.propose_all(meeting, Actor.of(access.user_of(request)), timezone.now())
    except StepNotAllowed:
        messages.info(request, _("Voorstellen sturen kan alleen bij een bijeenkomst die doorgaat."))
        return redirect("meetings:outcomes", slug)
    if made:
        words = ngettext(
            "%(n)d toezegging is voorgesteld. Wie het doet, krijgt mail en zegt ja.",
            "%(n)d toezeggingen zijn voorgesteld. Wie het doet, krijgt mail en zegt ja.",
            made,
        )
        messages.success(request, words % {"n": made})
    else:
        messages.info(request, _("Er is niets om voor te stellen. Vul bij een regel in wie het doet."))
    return redirect("meetings:outcomes", slug)


def _outcome(meeting: Meeting, uuid: str, *, lock: bool = False) -> Outcome:
    every = _outcomes(meeting)
    found: Outcome = get_object_or_404(every.select_for_update(of=("self",)) if lock else every, uuid=uuid)
    found.meeting = meeting
    return found


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def outcome(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    found = _outcome(meeting, uuid, lock=request.method == "POST")
    form = OutcomeForm(request.POST if request.method == "POST" else None, outcome=found)
    if request.method == "POST" and form.is_valid():
        form.save(timezone.localdate())
        messages.success(request, _("Bewaard."))
        return redirect("meetings:outcomes", slug)
    return _page(request, meeting, found, form, IdeaForm(), status=422 if request.method == "POST" else 200)


def _page(
    request: HttpRequest, meeting: Meeting, found: Outcome, form: OutcomeForm, idea: IdeaForm, *, status: int
) -> HttpResponse:
    may_turn = found.kind == OutcomeKind.IDEA and not found.became_something
    shown: dict[str, Any] = {"meeting": meeting, "outcome": found, "form": form, "idea": idea, "may_turn": may_turn}
    if form.is_stale:
        shown["conflict"] = form.conflict_with(OutcomeForm(outcome=_outcome(meeting, str(found.uuid))))
    return render(request, "meetings/outcome.html", shown, status=status)


@access.board
@require_POST
def turn_idea(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """An idea becomes a need, an offering or a commitment of an organisation."""
    meeting = policies.board_meeting(slug)
    found = _outcome(meeting, uuid)
    form = IdeaForm(request.POST)
    if not form.is_valid():
        return _page(request, meeting, found, OutcomeForm(outcome=found), form, status=422)
    data, now = form.cleaned_data, timezone.now()
    try:
        match data["into"]:
            case "need":
                ideas.to_need(found, data["organisation"], now)
                messages.success(request, _("Er staat een vraag klaar als concept. De organisatie krijgt mail."))
            case "offering":
                ideas.to_offering(found, data["organisation"], data["category"], now)
                messages.success(request, _("Er staat een aanbod klaar als concept. De organisatie krijgt mail."))
            case _commitment:
                ideas.to_pledge(found, data["organisation"], Actor.of(access.user_of(request)), now)
                messages.success(request, _("De toezegging is voorgesteld. De organisatie krijgt mail en zegt ja."))
    except StepNotAllowed:
        messages.info(request, _("Dit idee is al iets geworden."))
    return redirect("meetings:outcomes", slug)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def remove_outcome(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """A line that was caught by mistake: asks first. What became something stays."""
    meeting = policies.board_meeting(slug)
    found = _outcome(meeting, uuid)
    back = reverse("meetings:evening" if request.GET.get("terug") == "avond" else "meetings:outcomes", args=[slug])
    if found.became_something:
        messages.info(request, _("Hier is al iets van gekomen. De regel blijft staan."))
    elif request.method == "POST":
        found.delete()
        messages.success(request, _("De regel is weg."))
    else:
        title = _("Haal ‘%(text)s’ weg") % {"text": found.text}
        explains = _("De regel verdwijnt voorgoed.")
        return render(
            request, "meetings/remove.html", {"meeting": meeting, "title": title, "explains": explains, "back": back}
        )
    return redirect(back)


# --- the minutes ---


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Begins with a draft of what was caught; what is published is only read."""
    meeting = policies.board_meeting(slug)
    minutes = writing.to_write(meeting) if request.method == "POST" else _minutes(meeting)
    if not minutes.pk:
        minutes.text = writing.draft(meeting)
    form = MinutesForm(request.POST if request.method == "POST" else None, minutes=minutes)
    if request.method == "POST" and minutes.published_at is not None:
        form.add_error(
            None, _("Het verslag is intussen gepubliceerd. Jouw tekst staat hieronder, maar is niet bewaard.")
        )
    elif request.method == "POST" and form.is_valid():
        _save(request, meeting, form)
        return redirect("meetings:write", slug)
    shown: dict[str, Any] = {"meeting": meeting, "minutes": minutes if minutes.pk else None, "form": form}
    if form.is_stale and minutes.published_at is None:
        shown["conflict"] = form.conflict_with(MinutesForm(minutes=minutes))
    shown["version"] = minutes.version
    return render(request, "meetings/write.html", shown, status=422 if request.method == "POST" else 200)


def _minutes(meeting: Meeting) -> Minutes:
    stored = Minutes.objects.select_related("written_by", "approved_by").filter(meeting=meeting).first()
    return stored or Minutes(meeting=meeting)


def _save(request: HttpRequest, meeting: Meeting, form: MinutesForm) -> None:
    by, now = access.user_of(request), timezone.now()
    written = writing.write(meeting, by, now, **form.cleaned_data)
    if request.POST.get("doe") == "concept":
        messages.success(request, _("Bewaard als concept. Is het af, vraag dan om goedkeuring."))
    else:
        writing.ask_for_approval(written, by, now)
        messages.success(request, _("Bewaard. De anderen van het bestuur krijgen mail om het na te lezen."))


@access.board
@require_POST
def approve(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    version = request.POST.get("version", "")
    try:
        seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1
        writing.approve(meeting, access.user_of(request), timezone.now(), version=seen)
    except SamePerson:
        messages.error(request, _("Jij schreef dit verslag. Laat een ander van het bestuur het goedkeuren."))
    except StepNotAllowed:
        messages.info(request, _("De tekst is intussen veranderd of al goedgekeurd. Lees hem nog eens."))
    else:
        messages.success(request, _("Goedgekeurd. Publiceer het nu, dan krijgt iedereen die er was een samenvatting."))
    return redirect("meetings:write", slug)


@access.board
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    try:
        told = writing.publish(meeting, timezone.now())
    except StepNotAllowed:
        messages.info(request, _("Publiceren kan als de avond is afgesloten en een ander het verslag goedkeurde."))
    else:
        words = ngettext("%(n)d mens krijgt", "%(n)d mensen krijgen", told) % {"n": told}
        messages.success(request, _("Het verslag staat op de site. %(who)s een samenvatting.") % {"who": words})
    return redirect("meetings:write", slug)
