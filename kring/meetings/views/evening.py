"""The chair's phone on the evening: what is on now, what is said, and who is here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from kring.meetings import evening as evenings
from kring.meetings import figures, policies
from kring.meetings.forms.evening import CatchForm, PresentForm
from kring.meetings.forms.signing_up import GuestForm
from kring.meetings.models import Meeting, StepNotAllowed

CAUGHT = 30
CLOSED = gettext_lazy("Inchecken kan nog niet, of de bijeenkomst gaat niet door.")


@access.board
@require_safe
def evening(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    return _page(request, meeting, CatchForm())


def _page(request: HttpRequest, meeting: Meeting, form: CatchForm, status: int = 200) -> HttpResponse:
    shown = {
        "form": form,
        "caught": meeting.outcomes.select_related("organisation", "sign_up").order_by("-at", "-pk")[:CAUGHT],
        "figures": figures.of(meeting),
        **_now(meeting),
    }
    return render(request, "meetings/evening.html", shown, status=status)


def _now(meeting: Meeting) -> dict[str, Any]:
    slots = evenings.slots_of(meeting)
    return {"meeting": meeting, "slots": slots, "now": evenings.now_on(meeting, slots, timezone.now())}


@access.board
@require_safe
def now(request: HttpRequest, slug: str) -> HttpResponse:
    """What is on, by itself: the page asks for it twice a minute."""
    return render(request, "meetings/_now.html", _now(policies.board_meeting(slug)))


@access.board
@require_POST
def turn(request: HttpRequest, slug: str) -> HttpResponse:
    """To the item that the button names."""
    meeting = policies.board_meeting(slug)
    key = request.POST.get("punt", "")
    item = get_object_or_404(meeting.agenda, pk=int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0)
    try:
        evenings.turn_to(meeting, item, timezone.now())
    except StepNotAllowed:
        messages.info(request, _("Deze bijeenkomst loopt niet: publiceer hem eerst, of hij is al afgesloten."))
    return redirect("meetings:evening", slug)


@access.board
@require_POST
def catch(request: HttpRequest, slug: str) -> HttpResponse:
    """One line of what is said."""
    meeting = policies.board_meeting(slug)
    form = CatchForm(request.POST)
    if not form.is_valid():
        return _page(request, meeting, form, status=422)
    outcome = form.outcome(meeting)
    try:
        made = evenings.caught(outcome, access.user_of(request), timezone.now(), form.cleaned_data["once"])
    except StepNotAllowed:
        form.add_error(None, _("Opschrijven kan alleen bij een bijeenkomst die doorgaat."))
        return _page(request, meeting, form, status=409)
    messages.success(request, _("%(kind)s opgeschreven.") % {"kind": str(made.get_kind_display()).capitalize()})
    return redirect("meetings:evening", slug)


# --- who is here ---


@access.board
@require_safe
def arrivals(request: HttpRequest, slug: str) -> HttpResponse:
    return _list(request, policies.board_meeting(slug), GuestForm())


def _list(request: HttpRequest, meeting: Meeting, form: GuestForm, status: int = 200) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").split())[:80]
    expected = evenings.expected(meeting, words)
    listed = list(expected[: evenings.SHOWN + 1])
    shown = {
        "meeting": meeting,
        "words": words,
        "expected": listed[: evenings.SHOWN],
        "more": expected.count() - evenings.SHOWN if len(listed) > evenings.SHOWN else 0,
        "opens_at": evenings.door_opens_at(meeting),
        "is_open": timezone.now() >= evenings.door_opens_at(meeting),
        "figures": figures.of(meeting),
        "form": form,
    }
    return render(request, "meetings/arrivals.html", shown, status=status)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def arrival(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """Where the code of a guest leads, and the button of the list: GET shows who it is, POST lets them in."""
    meeting = policies.board_meeting(slug)
    sign_up = policies.board_sign_up(meeting, uuid)
    initial = {"people": sign_up.came or sign_up.people}
    form = PresentForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        shown = {"meeting": meeting, "sign_up": sign_up, "form": form}
        return render(request, "meetings/arrival.html", shown, status=422 if request.method == "POST" else 200)
    try:
        evenings.check_in(sign_up, timezone.now(), people=form.cleaned_data["people"])
    except StepNotAllowed:
        messages.info(request, CLOSED)
    else:
        said = _("%(name)s is er.") if form.cleaned_data["people"] else _("%(name)s is er toch niet.")
        messages.success(request, said % {"name": sign_up})
    return redirect("meetings:arrivals", slug)


@access.board
@require_POST
def walk_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody at the door who had not signed up."""
    meeting = policies.board_meeting(slug)
    form = GuestForm(request.POST)
    if not form.is_valid():
        return _list(request, meeting, form, status=422)
    try:
        guest = evenings.walk_in(form.sign_up(meeting), timezone.now())
    except StepNotAllowed:
        form.add_error(None, CLOSED)
        return _list(request, meeting, form, status=409)
    messages.success(request, _("%(name)s staat erbij.") % {"name": guest})
    return redirect("meetings:arrivals", slug)
