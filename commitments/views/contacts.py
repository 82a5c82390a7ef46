"""Choosing who is the contact person of the own side."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from commitments import parties
from commitments.contacts import ContactForm
from commitments.models import StepNotAllowed
from commitments.views.commitments import CHANGED, visible_commitment
from kring.accounts import access
from kring.foundation.actors import Actor


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    commitment = visible_commitment(request, uuid)
    sides = parties.sides_of(request.user, commitment)
    if not sides:
        raise PermissionDenied
    form = ContactForm(request.POST if request.method == "POST" else None, commitment=commitment, sides=sides)
    if request.method != "POST" or not form.is_valid():
        shown = {"form": form, "commitment": commitment}
        return render(request, "commitments/contact.html", shown, status=422 if form.is_bound else 200)
    try:
        form.write(Actor.of(access.user_of(request)), timezone.now())
    except StepNotAllowed:
        messages.info(request, CHANGED)
    else:
        messages.success(request, _("Bewaard. Onze mail over deze afspraak gaat vanaf nu daarheen."))
    return redirect(commitment)
