"""The board's reminders: which go out when, in which words, and what became of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from commitments import reminder_mails, reminder_plan, reminder_words
from commitments.models import Outcome, ReminderHours, ReminderRule
from commitments.reminder_forms import HoursForm, RuleForm, TryForm, to_try_on
from kring.accounts import access
from kring.mail.recipients import Recipient
from kring.mail.rendering import Rendered

MOST_RULES = 40


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """All rules with what they did; and the hours, which are set here."""
    form = HoursForm(request.POST if request.method == "POST" else None, instance=ReminderHours.current())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Bewaard. Buiten deze uren gaat er geen herinnering weg."))
        return redirect("board:reminders")
    said = Count("reminders", filter=Q(reminders__outcome=Outcome.SAID))
    last = Max("reminders__date", filter=Q(reminders__outcome=Outcome.SAID))
    shown = {
        "rules": sorted(ReminderRule.objects.annotate(said=said, last=last)[:MOST_RULES], key=ReminderRule.place),
        "waiting": reminder_plan.waiting_now().count(),
        "form": form,
    }
    return render(request, "board/reminders.html", shown, status=422 if request.method == "POST" else 200)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    return _written(request, ReminderRule())


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def rule(request: HttpRequest, slug: str) -> HttpResponse:
    found = ReminderRule.objects.all()
    if request.method == "POST":  # so that of two who save at once the second is told
        found = found.select_for_update()
    return _written(request, get_object_or_404(found, slug=slug))


@access.board
@require_POST
@transaction.atomic
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    """One that never spoke goes; another is switched off, since it stands in the history."""
    found = get_object_or_404(ReminderRule.objects.select_for_update(), slug=slug)
    if found.reminders.exists():
        found.is_active = False
        found.save(update_fields=["is_active"])
        messages.success(request, _("‘%(name)s’ staat uit. Wat al verstuurd is, blijft te zien.") % {"name": found})
        return redirect("board:reminder", slug)
    found.delete()
    messages.success(request, _("‘%(name)s’ is weg.") % {"name": found})
    return redirect("board:reminders")


def _written(request: HttpRequest, found: ReminderRule) -> HttpResponse:
    """The form, with the mail as it would be; a look at other words saves nothing."""
    stored = found.name
    form = RuleForm(request.POST if request.method == "POST" else None, instance=found)
    right = form.is_valid() if request.method == "POST" else False
    if right and "voorbeeld" not in request.POST:
        saved = form.write()
        messages.success(request, _("‘%(name)s’ is bewaard.") % {"name": saved})
        return redirect("board:reminder", saved.slug)
    status = 422 if form.is_bound and not right else 200
    is_stale = form.is_bound and form.is_stale
    shown: dict[str, Any] = {
        "form": form,
        "conflict": form.conflict_with(RuleForm(instance=ReminderRule.objects.get(pk=found.pk))) if is_stale else [],
        "rule": found,
        "name": stored,
        "placeholders": reminder_words.PLACEHOLDERS.items(),
    }
    return render(
        request, "board/reminder.html", {**shown, **_looks(request, found, wrong=status == 422)}, status=status
    )


def _looks(request: HttpRequest, found: ReminderRule, *, wrong: bool) -> dict[str, Any]:
    """The mail on a real commitment, to whoever looks; and what the rule did last."""
    now = timezone.now()
    trial = TryForm(request.POST or None, commitments=to_try_on(found))
    seen: Rendered | None = None
    if trial.chosen is not None and found.anchor and not wrong:
        to = Recipient.of(access.user_of(request))
        seen = reminder_mails.preview(found, trial.chosen, to, timezone.localdate(now))
    latest = reminder_plan.latest(found, now) if found.pk else []
    return {"trial": trial, "seen": seen, "tried_on": trial.chosen, "latest": latest}
