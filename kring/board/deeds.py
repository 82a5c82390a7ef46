"""What the board does from a row of 'wat vraagt aandacht', without leaving the page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commitments import deciding
from commitments.models import Commitment, Enquiry, StepNotAllowed
from kring.accounts import access
from kring.board import nudging
from kring.board.mail import mended
from kring.board.nudging import NobodyToAsk
from kring.foundation.actors import Actor
from kring.mail.models import Message
from offerings.models import Offering


def _told(request: HttpRequest, sentence: str, *, is_done: bool = True) -> HttpResponse:
    """In the place of the row for who has scripts; else on the page, made anew."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "board/_done.html", {"sentence": sentence, "is_done": is_done})
    (messages.success if is_done else messages.info)(request, sentence)
    return redirect("board:attention")


def _nobody(request: HttpRequest) -> HttpResponse:
    return _told(request, _("Er is niemand om aan te schrijven. Wijs eerst een beheerder aan."), is_done=False)


@access.board
@require_POST
def remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Asks whose turn it is in a commitment."""
    related = ("promisor", "beneficiary", "promisor_contact", "beneficiary_contact")
    commitment = get_object_or_404(Commitment.objects.select_related(*related), uuid=uuid)
    if not Commitment.objects.open().filter(pk=commitment.pk).exists():
        return _told(request, _("Dat was al afgehandeld."), is_done=False)
    try:
        nudging.remind(commitment, timezone.localdate())
    except NobodyToAsk:
        return _nobody(request)
    return _told(request, _("De herinnering over ‘%(title)s’ is onderweg.") % {"title": commitment.title})


@access.board
@require_POST
def remind_enquiry(request: HttpRequest, uuid: UUID) -> HttpResponse:
    related = ("receiver", "offering__contact", "need")
    enquiry = get_object_or_404(Enquiry.objects.visible_to(request.user).select_related(*related), uuid=uuid)
    if not Enquiry.objects.waiting().filter(pk=enquiry.pk).exists():
        return _told(request, _("Dat was al afgehandeld."), is_done=False)
    try:
        nudging.remind_enquiry(enquiry, timezone.localdate())
    except NobodyToAsk:
        return _nobody(request)
    return _told(request, _("%(who)s krijgt een herinnering.") % {"who": enquiry.receiver})


@access.board
@require_POST
def ask_if_true(request: HttpRequest, slug: str) -> HttpResponse:
    today = timezone.localdate()
    offering = get_object_or_404(Offering.objects.select_related("organisation", "contact"), slug=slug)
    if not Offering.objects.published(today).stale(today).filter(pk=offering.pk).exists():
        return _told(request, _("Dat was al afgehandeld."), is_done=False)
    try:
        nudging.ask_if_true(offering, today)
    except NobodyToAsk:
        return _nobody(request)
    return _told(request, _("%(who)s krijgt de vraag of het nog klopt.") % {"who": offering.organisation})


@access.board
@require_POST
def settle(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """An action of the board: done, or not needed any more."""
    decision = get_object_or_404(deciding.decisions(), uuid=uuid)
    by, now = Actor.of(access.user_of(request)), timezone.now()
    try:
        if request.POST.get("doe") == "vervallen":
            deciding.drop(decision, by, now)
            return _told(request, _("‘%(title)s’ hoeft niet meer.") % {"title": decision.title})
        deciding.done(decision, by, now)
    except StepNotAllowed:
        return _told(request, _("Dat was al afgehandeld."), is_done=False)
    return _told(request, _("Mooi, ‘%(title)s’ is gedaan.") % {"title": decision.title})


@access.board
@require_POST
def mend_mail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What did not arrive: once more, or dealt with."""
    told = get_object_or_404(Message, uuid=uuid)
    sentence, is_done = mended(told, request.POST.get("doe", ""), access.user_of(request))
    return _told(request, sentence, is_done=is_done)
