"""Asking for something, and the conversation that follows."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from commitments import parties
from commitments.forms import AskForm, DeedForm, EnquiryAnswerForm, MessageForm
from commitments.models import Enquiry, EnquiryState, StepNotAllowed
from kring.accounts import access
from kring.foundation.actors import Actor
from kring.foundation.ratelimit import caller, exceeded
from offerings.models import Offering

# A person asks for a handful of things; a robot for hundreds. Each makes a mail to somebody.
ASKS_PER_HOUR = 20
MAILS_PER_ADDRESS = 5


@access.anyone
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    offerings = Offering.objects.published().select_related("organisation__main_sector")
    offering = get_object_or_404(offerings, slug=slug)
    form = AskForm(request.POST or None, offering=offering, user=request.user)
    if request.method == "POST" and form.is_valid():
        if too_often(request, form):
            form.add_error(None, _("Je hebt nu erg veel aanvragen gedaan. Probeer het over een uur nog eens."))
        else:
            enquiry = form.ask(timezone.now())
            return render(request, "commitments/asked.html", {"enquiry": enquiry, "offering": offering})
    status = 422 if request.method == "POST" else 200
    return render(request, "commitments/ask.html", {"form": form, "offering": offering}, status=status)


def too_often(request: HttpRequest, form: AskForm) -> bool:
    """Whether this caller asks too much, or somebody has this address mailed too much."""
    email = form.cleaned_data.get("email", "")
    return exceeded("ask", caller(request), limit=ASKS_PER_HOUR, seconds=3600) or (
        bool(email) and exceeded("ask-mail", email.lower(), limit=MAILS_PER_ADDRESS, seconds=3600)
    )


@access.signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    enquiries = Enquiry.objects.visible_to(request.user).select_related("offering", "need", "receiver", "asker")
    return render(request, "commitments/enquiries.html", {"enquiries": enquiries[:100]})


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def enquiry(request: HttpRequest, uuid: str) -> HttpResponse:
    """The conversation, for both sides; the form is that of the side the user is on."""
    visible = Enquiry.objects.visible_to(request.user)
    found = get_object_or_404(visible.select_related("offering", "need", "receiver", "asker"), uuid=uuid)
    form_class = form_for(request, found)
    form = form_class(request.POST or None, subject=found) if form_class else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            return acted(request, form, found)
    shown = {
        "enquiry": found,
        "form": form,
        "conversation": found.messages.order_by("at", "pk"),
        "commitments": found.commitments.order_by("pk"),
    }
    return render(request, "commitments/enquiry.html", shown, status=422 if request.method == "POST" else 200)


def form_for(request: HttpRequest, enquiry: Enquiry) -> type[DeedForm] | None:
    if enquiry.state not in {EnquiryState.NEW, EnquiryState.TALKING}:
        return None
    if parties.serves(request.user, enquiry.receiver):
        return EnquiryAnswerForm
    asked = enquiry.asker is not None and parties.serves(request.user, enquiry.asker)
    return MessageForm if asked else None


def acted(request: HttpRequest, form: DeedForm, enquiry: Enquiry) -> HttpResponse:
    try:
        form.act(Actor.of(access.user_of(request)), timezone.now())
    except StepNotAllowed:
        messages.info(request, _("Er was al een antwoord. Hieronder zie je hoe het nu staat."))
    else:
        messages.success(request, _("Gelukt. De ander krijgt er mail over."))
    return redirect(enquiry)
