"""Asking for something, and the conversation that follows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from commitments import conversations, enquiry_limits, enquiry_list, parties
from commitments.enquiry_forms import (
    MOST_AT_ONCE,
    AskForm,
    AskingForm,
    AskSeveralForm,
    EnquiryAnswerForm,
    HelpForm,
    MessageForm,
    WithdrawForm,
)
from commitments.forms import DeedForm
from commitments.models import Enquiry, EnquiryState, StepNotAllowed
from kring.accounts import access
from kring.accounts.access import is_board
from kring.foundation.actors import Actor
from offerings import shortlists
from offerings.models import Need, Offering

PER_PAGE = 30
MAX_PAGES = 100


@access.anyone
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    # What left the card while somebody typed is told on the form, with what was typed.
    offerings = Offering.objects.was_published() if request.method == "POST" else Offering.objects.published()
    offering = get_object_or_404(offerings.select_related("organisation__main_sector"), slug=slug)
    form = AskForm(request.POST or None, offering=offering, user=request.user)
    return _asked(request, form, "commitments/ask.html", {"offering": offering})


@access.anyone
@require_http_methods(["GET", "HEAD", "POST"])
def ask_several(request: HttpRequest) -> HttpResponse:
    """What was set aside, asked for in one go."""
    keys = shortlists.keys(request)
    found = Offering.objects.published().filter(pk__in=keys).select_related("organisation")
    offerings = sorted(found, key=lambda each: keys.index(each.pk))
    if not keys or (not offerings and request.method != "POST"):
        messages.info(request, _("Zet eerst iets op je bewaarlijst. Dan vraag je het hier in één keer aan."))
        return redirect("offerings:shortlist")
    form = AskSeveralForm(request.POST or None, offerings=offerings, user=request.user)
    shown = {"most": MOST_AT_ONCE, "are_many": len(offerings) > MOST_AT_ONCE}
    return _asked(request, form, "commitments/ask_several.html", shown)


@access.anyone
@require_http_methods(["GET", "HEAD", "POST"])
def answer_need(request: HttpRequest, slug: str) -> HttpResponse:
    """'I can help with that.'"""
    needs = Need.objects.not_draft() if request.method == "POST" else Need.objects.open(timezone.localdate())
    need = get_object_or_404(needs.select_related("organisation"), slug=slug)
    form = HelpForm(request.POST or None, need=need, user=request.user)
    return _asked(request, form, "commitments/answer_need.html", {"need": need})


def _asked(request: HttpRequest, form: AskingForm, template: str, shown: dict[str, Any]) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        if not enquiry_limits.too_often(request, form):
            return render(request, "commitments/asked.html", {"asked": form.ask(timezone.now())})
        form.add_error(None, _("Je hebt nu erg veel aanvragen gedaan. Probeer het over een uur nog eens."))
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"form": form, **shown}, status=status)


@access.signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    narrowed = enquiry_list.narrowed(request.GET)
    found = enquiry_list.found(narrowed, access.user_of(request), timezone.now())
    related = found.select_related("offering", "need", "receiver", "asker")
    page = Paginator(related[: PER_PAGE * MAX_PAGES], PER_PAGE).get_page(narrowed.page)
    shown = {"page": page, "stands": narrowed.ways("stand"), "sides": narrowed.ways("kant")}
    return render(request, "commitments/enquiries.html", shown)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def enquiry(request: HttpRequest, uuid: str) -> HttpResponse:
    """The conversation, for both sides; the form is that of the side the user is on."""
    visible = Enquiry.objects.visible_to(request.user)
    related = visible.select_related("offering__contact", "need", "receiver", "asker", "asked_by", "alternative")
    found = get_object_or_404(related, uuid=uuid)
    form_class = form_for(request, found)
    form = form_class(request.POST or None, subject=found) if form_class else None
    if request.method == "POST":
        if form is None:
            return _too_late(request, found)
        if form.is_valid():
            return acted(request, form, found)
    return _conversation(request, found, form, 422 if request.method == "POST" else 200)


def _too_late(request: HttpRequest, found: Enquiry) -> HttpResponse:
    """It is over: the page says so, and gives back what was typed. Who is on neither side has nothing to say."""
    sides = (found.receiver, *([found.asker] if found.asker else []))
    if not any(parties.serves(request.user, side) for side in sides):
        raise PermissionDenied
    if not conversations.unsent(found, request.POST):
        messages.info(request, _("Er was al een antwoord. Hieronder zie je hoe het nu staat."))
        return redirect(found)
    return _conversation(request, found, None, 409)


def _conversation(request: HttpRequest, found: Enquiry, form: DeedForm | None, status: int) -> HttpResponse:
    withdrawal = form if isinstance(form, WithdrawForm) else None
    asks = isinstance(form, MessageForm | WithdrawForm)
    shown = {
        "enquiry": found,
        "form": MessageForm(subject=found) if withdrawal else form,
        "withdraw": withdrawal or (WithdrawForm(subject=found) if asks else None),
        "conversation": conversations.conversation(found),
        "commitments": conversations.agreed(found, request.user),
        "for_board": is_board(request.user),
        "too_late": status == 409,
        "unsent": conversations.unsent(found, request.POST) if status == 409 else "",
        "may_be_met": found.may_be_met and parties.serves(request.user, found.receiver),
    }
    return render(request, "commitments/enquiry.html", shown, status=status)


def form_for(request: HttpRequest, enquiry: Enquiry) -> type[DeedForm] | None:
    if enquiry.state not in {EnquiryState.NEW, EnquiryState.TALKING}:
        return None
    if parties.serves(request.user, enquiry.receiver):
        return EnquiryAnswerForm
    if enquiry.asker is None or not parties.serves(request.user, enquiry.asker):
        return None
    return WithdrawForm if "intrekken" in request.POST else MessageForm


def acted(request: HttpRequest, form: DeedForm, enquiry: Enquiry) -> HttpResponse:
    try:
        form.act(Actor.of(access.user_of(request)), timezone.now())
    except StepNotAllowed:
        enquiry.refresh_from_db()
        return _too_late(request, enquiry)
    messages.success(request, _("Gelukt. De ander krijgt er mail over."))
    return redirect(enquiry)
