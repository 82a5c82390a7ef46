"""The agenda of a meeting: add an item, change it, move it up or down, take it off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from kring.meetings import agenda as agendas
from kring.meetings import filling, policies
from kring.meetings.forms.meetings import ItemForm
from kring.meetings.models import AgendaItem, Meeting


@access.board
@require_safe
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    items = list(meeting.agenda.order_by("order"))
    slots = agendas.slots(meeting, items, filling.fillings(meeting, items))
    over = int(agendas.runs_over(meeting, slots).total_seconds() // 60)
    return render(request, "meetings/agenda.html", {"meeting": meeting, "slots": slots, "runs_over": over})


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    return _written(request, meeting, AgendaItem(meeting=meeting))


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    items = meeting.agenda.select_for_update() if request.method == "POST" else meeting.agenda.all()
    return _written(request, meeting, get_object_or_404(items, pk=key))


def _written(request: HttpRequest, meeting: Meeting, item: AgendaItem) -> HttpResponse:
    form = ItemForm(request.POST or None, request.FILES or None, instance=item)
    if request.method == "POST" and form.is_valid():
        if item.pk:
            agendas.change(form.instance)
        else:
            item.once = form.cleaned_data["once"]
            agendas.add(item)
        messages.success(request, _("‘%(title)s’ staat op de agenda.") % {"title": item.title})
        return redirect("meetings:agenda", meeting.slug)
    shown: dict[str, Any] = {"meeting": meeting, "form": form, "item": item}
    if form.is_stale:
        shown["conflict"] = form.conflict_with(ItemForm(instance=meeting.agenda.get(pk=item.pk)))
    return render(request, "meetings/agenda_item.html", shown, status=422 if request.method == "POST" else 200)


@access.board
@require_POST
def move(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    meeting = policies.board_meeting(slug)
    agendas.move(get_object_or_404(meeting.agenda, pk=key), up=request.POST.get("kant") != "omlaag")
    return redirect("meetings:agenda", slug)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Asks first: what goes with the item goes too."""
    meeting = policies.board_meeting(slug)
    item = get_object_or_404(meeting.agenda, pk=key)
    if request.method != "POST":
        title = _("Haal ‘%(title)s’ van de agenda") % {"title": item.title}
        explains = _(
            "Het punt verdwijnt, met zijn toelichting en bijlagen. Wat eronder is opgeschreven, blijft bewaard."
        )
        back = reverse("meetings:agenda", args=[slug])
        return render(
            request, "meetings/remove.html", {"meeting": meeting, "title": title, "explains": explains, "back": back}
        )
    agendas.remove(item)
    messages.success(request, _("‘%(title)s’ is van de agenda af.") % {"title": item.title})
    return redirect("meetings:agenda", slug)
