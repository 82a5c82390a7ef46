"""After the evening: what was caught becomes commitments, needs and offerings, and the minutes are written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
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
    made = pledging.propose_all(meeting, Actor.of(access.user_of(request)), timezone.now())
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


def _outcome(meeting: Meeting, uuid: str) -> Outcome:
    found: Outcome = get_object_or_404(_outcomes(meeting), uuid=uuid)
    found.meeting = meeting
    return found


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    found = _outcome(meeting, uuid)
    form = OutcomeForm(request.POST if request.method == "POST" else None, outcome=found)
    if request.method == "POST" and form.is_valid():
        form.save(timezone.localdate())
        messages.success(request, _("Bewaard."))
        return redirect("meetings:outcomes", slug)
    return _page(request, meeting, found, form, IdeaForm(), status=422 if request.method == "POST" else 200)


def _page(
    request: HttpRequest, meeting: Meeting, found: Outcome, form: OutcomeForm, idea: IdeaForm, *, status: int
) -> HttpResponse:
    may_turn = found.kind == OutcomeKind.IDEA and not (found.need_id or found.offering_id)
    shown = {"meeting": meeting, "outcome": found, "form": form, "idea": idea, "may_turn": may_turn}
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
@require_POST
def remove_outcome(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """A line that was caught by mistake. What became something stays."""
    meeting = policies.board_meeting(slug)
    found = _outcome(meeting, uuid)
    if found.commitment_id or found.need_id or found.offering_id:
        messages.info(request, _("Hier is al iets van gekomen. De regel blijft staan."))
    else:
        found.delete()
        messages.success(request, _("De regel is weg."))
    return redirect("meetings:evening" if request.POST.get("terug") == "avond" else "meetings:outcomes", slug)


# --- the minutes ---


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Begins with a draft of what was caught; what is published is only read."""
    meeting = policies.board_meeting(slug)
    minutes = Minutes.objects.select_related("written_by", "approved_by").filter(meeting=meeting).first()
    version = minutes.version if minutes else 0
    told = {
        "text": minutes.text if minutes else writing.draft(meeting),
        "audience": minutes.audience if minutes else Minutes._meta.get_field("audience").default,  # noqa: SLF001
        "version": version,
    }
    form = MinutesForm(request.POST if request.method == "POST" else None, initial=told)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["version"] != version:
            form.add_error("text", _("Iemand anders schreef intussen ook. Zijn tekst staat hieronder."))
        elif _saved(request, meeting, form):
            return redirect("meetings:write", slug)
    shown = {"meeting": meeting, "minutes": minutes, "form": form, "version": version}
    return render(request, "meetings/write.html", shown, status=422 if request.method == "POST" else 200)


def _saved(request: HttpRequest, meeting: Meeting, form: MinutesForm) -> bool:
    data = form.cleaned_data
    try:
        writing.write(meeting, access.user_of(request), timezone.now(), text=data["text"], audience=data["audience"])
    except StepNotAllowed:
        form.add_error("text", _("Het verslag is al gepubliceerd. Het verandert niet meer."))
        return False
    messages.success(request, _("Bewaard. De anderen van het bestuur krijgen mail om het na te lezen."))
    return True


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
