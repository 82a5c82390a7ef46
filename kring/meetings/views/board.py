"""The board prepares a meeting: makes it, changes it, publishes it, invites people, calls it off or closes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from kring.foundation.actors import Actor
from kring.foundation.forms import Form
from kring.meetings import agenda as agendas
from kring.meetings import audiences, figures, filling, inviting, policies, preparing
from kring.meetings.forms.meetings import BeginForm, CancelForm, InviteForm, MeetingForm, TemplateForm
from kring.meetings.models import Meeting, MeetingState, Minutes, StepNotAllowed, Template

S = MeetingState
PER_PAGE = 30
MAX_LISTED = 1500
ROUNDS = 10
MOST_TEMPLATES = 20


@access.board
@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """All of them; what is still to come first."""
    now = timezone.now()
    page = Paginator(Meeting.objects.past(now)[:MAX_LISTED], PER_PAGE).get_page(request.GET.get("page"))
    coming = list(Meeting.objects.coming(now)[:PER_PAGE]) if page.number == 1 else []
    return render(request, "meetings/board_list.html", {"coming": coming, "page": page})


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    wanted = " ".join(request.GET.get("uit", "").split())[:150]
    initial = {"source": wanted, **preparing.begins_like(preparing.source_named(wanted))}
    form = BeginForm(request.POST or None, instance=Meeting(), initial=initial)
    if request.method == "POST" and form.is_valid():
        meeting: Meeting = form.instance
        meeting.once = form.cleaned_data["once"]
        by = Actor.of(access.user_of(request))
        made = preparing.make(meeting, by, timezone.now(), source=form.begins_with)
        messages.success(request, _("Het concept staat klaar. Kijk de agenda na en publiceer hem dan."))
        return redirect("meetings:overview", made.slug)
    templates = [] if wanted or form.is_bound else Template.objects.all()[:MOST_TEMPLATES]
    shown = {"form": form, "meeting": None, "templates": templates}
    return render(request, "meetings/edit.html", shown, status=422 if request.method == "POST" else 200)


@access.board
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    items = list(meeting.agenda.order_by("order"))
    slots = agendas.slots(meeting, items, filling.fillings(meeting, items))
    shown = {
        "meeting": meeting,
        "slots": slots,
        "runs_over": int(agendas.runs_over(meeting, slots).total_seconds() // 60),
        "figures": figures.of(meeting),
        "minutes": Minutes.objects.filter(meeting=meeting).first(),
        "steps": [step for step in STEPS.values() if meeting.state in step.of],
        "template_form": TemplateForm(initial={"name": meeting.title[:100]}),
    }
    return render(request, "meetings/overview.html", shown)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.board_meeting(slug, lock=request.method == "POST")
    before = {field.attname: getattr(meeting, field.attname) for field in meeting._meta.concrete_fields}  # noqa: SLF001 - public in Django
    form = MeetingForm(request.POST or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        changed = preparing.change(form.instance, before, timezone.now())
        told = changed and meeting.state == S.PUBLISHED and meeting.is_to_come(timezone.now())
        messages.success(
            request,
            _("Bewaard. Wie zich aanmeldde, krijgt er mail over.") if told else _("Bewaard."),
        )
        return redirect("meetings:overview", slug)
    shown: dict[str, Any] = {"form": form, "meeting": policies.board_meeting(slug)}
    if form.is_stale:
        shown["conflict"] = form.conflict_with(MeetingForm(instance=policies.board_meeting(slug)))
    return render(request, "meetings/edit.html", shown, status=422 if request.method == "POST" else 200)


@dataclass(frozen=True)
class Step:
    """Something that the board does with a meeting: its name in addresses, its words, and what will happen."""

    name: str
    label: str | Promise
    of: tuple[str, ...]
    explains: str | Promise
    done: str | Promise
    act: Callable[..., None]
    tone: str = ""
    form: type[Form] = Form


STEPS = {
    step.name: step
    for step in (
        Step(
            "publiceren",
            gettext_lazy("Publiceer"),
            (S.DRAFT,),
            gettext_lazy("De bijeenkomst komt op de site en mensen kunnen zich aanmelden. Daarna nodig je ze uit."),
            gettext_lazy("De bijeenkomst staat op de site. Nodig nu mensen uit."),
            preparing.publish,
        ),
        Step(
            "afsluiten",
            gettext_lazy("Sluit de avond af"),
            (S.PUBLISHED,),
            gettext_lazy("De avond is geweest. Daarna stuur je de toezeggingen rond en maak je het verslag."),
            gettext_lazy("De avond is afgesloten. Kijk na wat er is opgeschreven en stuur het rond."),
            preparing.hold,
        ),
        Step(
            "afzeggen",
            gettext_lazy("Zeg de bijeenkomst af"),
            (S.DRAFT, S.PUBLISHED),
            gettext_lazy(
                "Iedereen die zich aanmeldde krijgt mail. De pagina blijft staan en zegt dat het niet doorgaat."
            ),
            gettext_lazy("De bijeenkomst is afgezegd. Wie zich aanmeldde, krijgt mail."),
            preparing.cancel,
            tone="danger",
            form=CancelForm,
        ),
    )
}


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A page that says what will happen, and does it."""
    meeting, wanted = policies.board_meeting(slug), STEPS.get(name)
    if wanted is None:
        raise Http404
    now = timezone.now()
    if refusal := _why_not(meeting, wanted):
        messages.info(request, refusal)
        return redirect("meetings:overview", slug)
    form = wanted.form(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        shown = {"meeting": meeting, "step": wanted, "form": form}
        return render(request, "meetings/step.html", shown, status=422 if request.method == "POST" else 200)
    try:
        wanted.act(meeting, Actor.of(access.user_of(request)), now, **form.cleaned_data)
    except StepNotAllowed:
        messages.info(request, _("Dat was al gebeurd. Hieronder zie je hoe het nu staat."))
    else:
        messages.success(request, str(wanted.done))
    return redirect("meetings:overview", slug)


def _why_not(meeting: Meeting, wanted: Step) -> str:
    if meeting.state not in wanted.of:
        return _("Dat kan nu niet. Hieronder zie je hoe het ervoor staat.")
    now = timezone.now()
    if wanted.name == "publiceren":
        return preparing.why_not_yet(meeting, now)
    too_soon = wanted.name == "afsluiten" and meeting.starts_at > now
    return _("De avond is nog niet begonnen. Afsluiten kan vanaf het begin.") if too_soon else ""


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    now = timezone.now()
    form = InviteForm(request.POST or None)
    can = meeting.takes_invitations(now)
    if request.method == "POST" and form.is_valid() and can:
        once = form.cleaned_data["once"]
        inviting.invite(meeting, form.cleaned_data["audience"], access.user_of(request), now, once)
        messages.success(request, _("Binnen een paar minuten gaan de uitnodigingen weg. Niemand krijgt er twee."))
        return redirect("meetings:invite", slug)
    rounds = meeting.invitation_rounds.select_related("asked_by")[:ROUNDS]
    labels = {audience.key: audience.label for audience in audiences.everything()}
    told = [{"round": each, "label": labels.get(each.audience, each.audience)} for each in rounds]
    shown = {"meeting": meeting, "form": form, "can": can, "rounds": told}
    return render(request, "meetings/invite.html", shown, status=422 if request.method == "POST" else 200)


@access.board
@require_POST
def keep_as_template(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    form = TemplateForm(request.POST)
    if form.is_valid():
        kept = preparing.keep_as_template(meeting, form.cleaned_data["name"])
        messages.success(request, _("Sjabloon ‘%(name)s’ is bewaard.") % {"name": kept})
    else:
        messages.error(request, _("Geef het sjabloon een naam van hoogstens 100 letters."))
    return redirect("meetings:overview", slug)
