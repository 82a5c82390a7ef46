"""Asking to belong, without an account: the form, and the drafts that are kept of it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kring.accounts import access
from kring.foundation.ratelimit import caller, exceeded
from members import applying
from members.forms.applying import FORMS, ApplyForm, DraftForm, columns, typed_in
from members.models import Application, OrganisationKind

# A person applies once or twice; each makes a mail to somebody.
APPLICATIONS_PER_HOUR = 10
MAILS_PER_ADDRESS = 5
SAVE, SEND = "bewaren", "versturen"


@access.anyone
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    return _apply(request, OrganisationKind.MEMBER, "members/apply.html")


@access.anyone
@require_http_methods(["GET", "HEAD", "POST"])
def register_business(request: HttpRequest) -> HttpResponse:
    return _apply(request, OrganisationKind.BUSINESS, "members/register_business.html")


def _apply(request: HttpRequest, kind: OrganisationKind, template: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, template, {"form": FORMS[kind](), "draft": DraftForm(initial={"once": uuid.uuid4()})})
    form, draft = FORMS[kind](request.POST), DraftForm(request.POST)
    complete = request.POST.get("doe") != SAVE
    if draft.is_valid() and (form.is_valid() if complete else True):
        email = draft.cleaned_data["contact_email"].lower()
        if not _too_often(request, email):
            return _kept(request, kind, draft, complete=complete)
        form.add_error(None, _("Je hebt je nu erg vaak aangemeld. Probeer het over een uur nog eens."))
    return _again(request, template, form, draft, complete=complete)


def _kept(request: HttpRequest, kind: OrganisationKind, draft: DraftForm, *, complete: bool) -> HttpResponse:
    application = Application(
        kind=kind,
        email=draft.cleaned_data["contact_email"].lower(),
        language=get_language() or "nl",
        once=draft.cleaned_data["once"],
        **columns(typed_in(request.POST, FORMS[kind])),
    )
    stored = applying.begin(application, timezone.now(), complete=complete)
    return render(request, "members/applied.html", {"application": stored, "complete": complete})


def _again(request: HttpRequest, template: str, form: ApplyForm, draft: DraftForm, *, complete: bool) -> HttpResponse:
    """What was typed, with what is wrong; of a draft only the address can be."""
    if not complete:
        form = FORMS[form.kind](request.POST)
        form.errors.clear()
        for error in draft.errors.get("contact_email", []):
            form.add_error("contact_email", error)
    return render(request, template, {"form": form, "draft": draft}, status=422)


def _too_often(request: HttpRequest, email: str) -> bool:
    return exceeded("apply", caller(request), limit=APPLICATIONS_PER_HOUR, seconds=3600) or exceeded(
        "apply-mail", email, limit=MAILS_PER_ADDRESS, seconds=3600
    )
