"""The board sends an issue: what is still to be mended, a test, the moment, and how far it is."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.foundation.wording import long_datetime
from kring.newsletters import checking, composing, figures, reaching, sending
from kring.newsletters.forms.composing import MomentForm, OnceForm, SeenForm, suggested_moment
from kring.newsletters.models import Issue, IssueState, StepNotAllowed

TEST, NOW, LATER, BACK = "proef", "nu", "later", "terug"
PAUSE, RESUME, STOP = "pauze", "verder", "stop"


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def send(request: HttpRequest, uuid: UUID) -> HttpResponse:
    issue = get_object_or_404(Issue.objects.select_related("audience"), uuid=uuid)
    if request.method == "POST":
        issue = issue.locked()  # so that what goes out is what was on the screen
    if issue.state not in {IssueState.DRAFT, IssueState.SCHEDULED}:
        return redirect(composing.page_of(issue))
    deed, now = request.POST.get("doe", ""), timezone.now()
    moment = MomentForm(request.POST if deed == LATER else None, instance=issue, now=now, prefix=LATER)
    at_once = SeenForm(request.POST if deed == NOW else None, instance=issue)
    if not moment.is_bound:
        moment.initial["at"] = suggested_moment(now)
    done = _sent(request, issue, moment, at_once) if request.method == "POST" else None
    return done or _before_sending(request, issue, moment, at_once)


def _before_sending(request: HttpRequest, issue: Issue, moment: MomentForm, at_once: SeenForm) -> HttpResponse:
    now = timezone.now()
    numbers = reaching.numbers(issue.audience, timezone.localdate(now)) if issue.audience else None
    findings = checking.findings(issue, now, numbers)
    is_stale = moment.is_stale or at_once.is_stale
    if moment.is_stale:
        moment.take_version_of(issue)
    shown: dict[str, Any] = {
        "issue": issue,
        "stopping": [each for each in findings if each.stops],
        "doubts": [each for each in findings if not each.stops],
        "numbers": numbers,
        "is_overdue": issue.is_overdue(now),
        "is_stale": is_stale,
        "moment": moment,
        "at_once": SeenForm(instance=issue),
        "form": OnceForm(),
    }
    status = 409 if is_stale else 422 if request.method == "POST" else 200
    return render(request, "newsletters/board/send.html", shown, status=status)


def _sent(request: HttpRequest, issue: Issue, moment: MomentForm, at_once: SeenForm) -> HttpResponse | None:
    """Does what the button says; nothing where something has to be mended, or looked at, first."""
    deed, user, now = request.POST.get("doe", ""), access.user_of(request), timezone.now()
    if deed not in {TEST, NOW, LATER, BACK}:
        return HttpResponseBadRequest()
    try:
        if deed == TEST:
            return _tested(request, issue, user)
        if deed == BACK:
            issue.unschedule(Actor.of(user), now)
            return redirect("newsletters:compose", issue.uuid)
        if deed == NOW and at_once.is_valid():
            sending.begin(issue, Actor.of(user), now)
            return redirect("newsletters:progress", issue.uuid)
        if deed == LATER:
            return _planned(request, issue, moment, now)
    except StepNotAllowed:
        messages.info(request, _("Dat was al gebeurd. Hieronder zie je hoe het nu staat."))
        return redirect("newsletters:send", issue.uuid)
    except sending.NotReady:
        pass
    return None


def _planned(request: HttpRequest, issue: Issue, moment: MomentForm, now: dt.datetime) -> HttpResponse | None:
    """Raises StepNotAllowed for what is planned already."""
    if not issue.is_open:
        raise StepNotAllowed(f"{issue.state} is not planned")
    if not moment.is_valid() or any(each.stops for each in checking.findings(issue, now)):
        return None
    at = moment.cleaned_data["at"]
    issue.schedule(Actor.of(access.user_of(request)), now, at=at)
    messages.success(request, _("Hij gaat weg op %(moment)s.") % {"moment": long_datetime(at)})
    return redirect("newsletters:send", issue.uuid)


def _tested(request: HttpRequest, issue: Issue, user: User) -> HttpResponse:
    form = OnceForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    if not issue.blocks.exists():
        messages.error(request, _("Er staat nog niets in deze editie."))
    elif sending.send_test(issue, user, timezone.now(), once=str(form.cleaned_data["once"])):
        messages.success(request, _("De proefmail is onderweg naar %(email)s.") % {"email": user.email})
    else:
        sentence = _("Naar %(email)s sturen we geen nieuwsbrieven: je hebt je afgemeld, of het adres werkt niet.")
        messages.error(request, sentence % {"email": user.email})
    return redirect("newsletters:send", issue.uuid)


# --- On its way ------------------------------------------------------------------------------------------------------


@access.board
@require_safe
def progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far it is, and how it fares. Asks itself again every few seconds while it is on its way."""
    issue = get_object_or_404(Issue.objects.select_related("audience"), uuid=uuid)
    if not issue.is_out:
        return redirect(composing.page_of(issue))
    shown: dict[str, Any] = {"issue": issue, "figures": figures.of(issue, timezone.now())}
    if request.headers.get("HX-Target") == "voortgang":
        part = render(request, "newsletters/board/_progress.html", shown)
        if issue.state != IssueState.SENDING:
            part["HX-Refresh"] = "true"  # its buttons, and who did what, are about something else now
        return part
    steps = issue.steps.select_related("actor").order_by("-at", "-pk")
    shown |= {
        "links": issue.links.all()[:50],
        "timeline": [
            {"title": each.get_after_display(), "at": each.at, "by": each.actor or "", "text": each.note}
            for each in steps[:30]
        ],
    }
    return render(request, "newsletters/board/progress.html", shown)


@access.board
@require_POST
@transaction.atomic
def move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Pauses it, goes on, or stops for good."""
    issue = get_object_or_404(Issue, uuid=uuid)
    deed, by, now = request.POST.get("doe", ""), Actor.of(access.user_of(request)), timezone.now()
    try:
        if deed == PAUSE:
            sending.pause(issue, by, now)
            messages.success(request, _("Het versturen staat even stil."))
        elif deed == RESUME:
            sending.resume(issue, by, now)
            messages.success(request, _("Het versturen gaat verder."))
        elif deed == STOP:
            spared = sending.stop(issue, by, now)
            told = ngettext(
                "Gestopt. %(number)d mens krijgt hem niet meer.",
                "Gestopt. %(number)d mensen krijgen hem niet meer.",
                spared,
            )
            messages.success(request, told % {"number": spared})
        else:
            return HttpResponseBadRequest()
    except StepNotAllowed:
        messages.info(request, _("Dat was al gebeurd. Hieronder zie je hoe het nu staat."))
    return redirect("newsletters:progress", uuid)


@access.board
@require_safe
def ask_to_stop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What stopping would mean, before it is done."""
    issue = get_object_or_404(Issue.objects.filter(state__in=[IssueState.SENDING, IssueState.PAUSED]), uuid=uuid)
    shown = {"issue": issue, "figures": figures.of(issue, timezone.now())}
    return render(request, "newsletters/board/stop.html", shown)
