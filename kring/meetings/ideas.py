"""An idea of the evening becomes a draft of an organisation: a need or an offering, which it finishes itself."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from commitments import parties
from kring.foundation.actors import Actor
from kring.foundation.wording import day_date
from kring.meetings import notices, pledging
from kring.meetings.models import Outcome, OutcomeKind, StepNotAllowed
from members.models import Organisation
from offerings.forms import free_slug
from offerings.models import Audience, Category, Means, Need, NeedState, Offering, OfferingState

LONGEST_TITLE = 100


def _locked(outcome: Outcome) -> Outcome:
    """Raises StepNotAllowed for what is no idea, or became something already."""
    locked = Outcome.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=outcome.pk)
    if locked.kind != OutcomeKind.IDEA or locked.became_something:
        raise StepNotAllowed(locked.kind)
    return locked


def _told(outcome: Outcome) -> str:
    where = {"meeting": outcome.meeting.title, "day": day_date(outcome.meeting.starts_at), "text": outcome.text}
    return _("Een idee van ‘%(meeting)s’, %(day)s: %(text)s") % where


@transaction.atomic
def to_need(outcome: Outcome, organisation: Organisation, at: dt.datetime) -> Need:
    idea = _locked(outcome)
    base = slugify(idea.text)[:80] or "vraag"
    need = Need.objects.create(
        organisation=organisation,
        slug=f"{base}-{secrets.token_hex(3)}" if Need.objects.filter(slug=base).exists() else base,
        title=idea.text[:LONGEST_TITLE],
        description=_told(idea),
        means=Means.PEOPLE,
        state=NeedState.DRAFT,
        confirmed_on=timezone.localdate(at),
        created_at=at,
    )
    idea.need, idea.organisation = need, organisation
    idea.save(update_fields=["need", "organisation"])
    _tell(idea, organisation, "idea_need", need.title, need.get_absolute_url())
    return need


@transaction.atomic
def to_offering(outcome: Outcome, organisation: Organisation, category: Category, at: dt.datetime) -> Offering:
    idea = _locked(outcome)
    offering = Offering.objects.create(
        organisation=organisation,
        slug=free_slug(idea.text[:LONGEST_TITLE]),
        title=idea.text[:LONGEST_TITLE],
        summary=idea.text[:160],
        description=_told(idea),
        category=category,
        audience=Audience.BOTH,
        means=Means.PEOPLE if organisation.is_business else "",
        state=OfferingState.DRAFT,
        confirmed_on=timezone.localdate(at),
        created_at=at,
    )
    idea.offering, idea.organisation = offering, organisation
    idea.save(update_fields=["offering", "organisation"])
    path = reverse("offerings:edit", args=[organisation.slug, offering.slug])
    _tell(idea, organisation, "idea_offering", offering.title, path)
    return offering


def _tell(idea: Outcome, organisation: Organisation, mail: str, title: str, path: str) -> None:
    to = parties.contacts(organisation)
    notices.tell_of_draft(mail, title, idea.meeting, to, path=path, key=f"meeting-idea:{idea.uuid}:{mail}")


@transaction.atomic
def to_pledge(outcome: Outcome, organisation: Organisation, by: Actor, at: dt.datetime) -> None:
    """The idea is now a promise, and goes out as a proposal at once."""
    idea = _locked(outcome)
    idea.kind, idea.organisation = OutcomeKind.PLEDGE, organisation
    if idea.beneficiary_id == organisation.pk:
        idea.beneficiary = None
    idea.save(update_fields=["kind", "organisation", "beneficiary"])
    pledging.propose(idea, by, at)
