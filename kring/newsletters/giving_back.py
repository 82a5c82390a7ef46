"""A scheduled issue whose time came and that could not go: it is a draft again, and its writers hear of it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kring.foundation.actors import Actor
from kring.mail import outbox
from kring.mail.models import Kind
from kring.newsletters import checking
from kring.newsletters.models import Issue, StepNotAllowed
from members import notices


@transaction.atomic
def give_back(issue: Issue, now: dt.datetime) -> None:
    """Raises StepNotAllowed where it moved on meanwhile, also to a later day."""
    issue = issue.locked()
    if not issue.is_due(now):
        raise StepNotAllowed(f"{issue.state}, for {issue.scheduled_at}")
    issue.unschedule(Actor.system(), now, note=_("Er is nog iets te herstellen; daarom is de editie niet verstuurd."))
    url = settings.SITE_URL + reverse("newsletters:send", args=[issue.uuid])
    for writer in notices.board():
        with translation.override(writer.language):
            faults = [finding.sentence for finding in checking.findings(issue, now) if finding.stops]
            told = {"issue": issue, "faults": faults, "action_url": url, "action_label": _("Bekijk wat er nog moet")}
        outbox.queue(
            "newsletters/mail/not_sent",
            writer,
            told,
            key=f"newsletter-not-sent:{issue.uuid}:{now.isoformat()}:{writer.email}"[:200],
            kind=Kind.TRANSACTIONAL,
        )
