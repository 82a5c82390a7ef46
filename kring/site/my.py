"""What somebody has to do, and where everything of theirs is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryState
from commitments.models.choices import RUNNING_STATES
from kring.accounts import access
from kring.foundation import own_pages
from kring.foundation.counting import how_many
from kring.mail import life
from members import profiling
from members.models import Organisation, Role
from members.views import own
from offerings.models import Offering

S = CommitmentState
SHOWN = 20
# What is shown of each: of rows as wide as these, naming the columns takes longer than reading them.
PROMISE = ("uuid", "title", "state", "due_on", "promisor__name", "beneficiary__name")
PROFILE = ("slug", "name", "kind", "created_at", "profile_confirmed_on", *profiling.TELLING)
REQUEST = ("uuid", "state", "organisation_name", "offering__title", "need__title", "receiver__name")


@dataclass(frozen=True)
class Todo:
    """One sentence, since when, and what to do about it."""

    sentence: str
    since: Any
    url: str
    action: str
    tone: str = ""


@access.signed_in
@require_safe
@own_pages.keep
def my(request: HttpRequest) -> HttpResponse:
    user = access.user_of(request)
    owned = Role.objects.owners().held(timezone.localdate()).filter(user=user, organisation=OuterRef("pk"))
    served = in_figures(Organisation.objects.served_by(user)).annotate(is_owned=Exists(owned))
    related = ("districts", "target_groups")
    organisations = list(served.only(*PROFILE).prefetch_related(*related).order_by("name"))
    for each in organisations:
        each.ways = own.ways(each, owns=each.is_owned)  # type: ignore[attr-defined]
    keys = [each.pk for each in organisations]
    commitments = Commitment.objects.filter(Q(promisor__in=keys) | Q(beneficiary__in=keys))
    shown = {
        "organisations": organisations,
        "may_make": bool(organisations) or access.is_board(user),
        "todos": [
            *mail_that_comes_back(user),
            *enquiries_to_answer(keys),
            *commitments_to_move(keys),
            *offerings_to_confirm(keys),
            *profiles_to_mend(organisations),
        ],
        "commitments": commitments.open()
        .order_by("due_on")
        .select_related("promisor", "beneficiary")
        .only(*PROMISE)[:SHOWN],
        "enquiries": Enquiry.objects.visible_to(user)
        .order_by("-moved_at")
        .select_related("offering", "need", "receiver")
        .only(*REQUEST)[:SHOWN],
    }
    return render(request, "site/my.html", shown)


def mail_that_comes_back(user: Any) -> list[Todo]:
    """Who gets no mail from us misses what is asked of them, and cannot know it."""
    trouble = life.trouble_of(user.email)
    if trouble is None:
        return []
    sentence = _("Mail van ons naar %(email)s komt niet aan") % {"email": user.email}
    return [Todo(sentence, trouble.since, reverse("mail:own_address"), _("Kijk wat je kunt doen"), "alert")]


def in_figures(organisations: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Each with what it has on the card, which enquiries are open, and what runs."""
    this = OuterRef("pk")
    talks = Enquiry.objects.in_progress()
    running = Commitment.objects.filter(state__in=[*RUNNING_STATES, S.REPORTED])
    return organisations.annotate(
        offered=how_many(Offering.objects.published(timezone.localdate()).filter(organisation=this)),
        asked=how_many(talks.filter(Q(receiver=this) | Q(asker=this))),
        running=how_many(running.filter(Q(promisor=this) | Q(beneficiary=this))),
    )


def enquiries_to_answer(keys: list[int]) -> list[Todo]:
    waiting = Enquiry.objects.filter(receiver__in=keys, state=EnquiryState.NEW)
    shown = waiting.select_related("offering", "need", "receiver").only(*REQUEST, "confirmed_at", "created_at")
    return [
        Todo(
            _("%(who)s vraagt naar ‘%(about)s’") % {"who": each.organisation_name, "about": each.about},
            each.confirmed_at or each.created_at,
            each.get_absolute_url(),
            _("Geef antwoord"),
        )
        for each in shown.order_by("created_at")[:SHOWN]
    ]


def commitments_to_move(keys: list[int]) -> list[Todo]:
    """Where it is our turn: to answer a proposal, to confirm a result, to report what is late."""
    today = timezone.localdate()
    to_answer = Q(pk__in=Commitment.objects.to_answer_by(keys).values("pk"))
    to_confirm = Q(state=S.REPORTED, beneficiary__in=keys)
    to_report = Q(state__in=RUNNING_STATES, promisor__in=keys, due_on__lte=today)
    found = Commitment.objects.filter(to_answer | to_confirm | to_report).order_by("due_on")
    shown = found.only("uuid", "title", "state", "due_on", "proposed_at", "reported_at")
    return [todo_of(each) for each in shown[:SHOWN]]


def todo_of(commitment: Commitment) -> Todo:
    words = {"title": commitment.title}
    url = f"{commitment.get_absolute_url()}#doen"
    if commitment.state == S.PROPOSED:
        return Todo(_("Wat vind je van ‘%(title)s’?") % words, commitment.proposed_at, url, _("Geef antwoord"))
    if commitment.state == S.REPORTED:
        return Todo(_("Klopt het resultaat van ‘%(title)s’?") % words, commitment.reported_at, url, _("Bevestig"))
    return Todo(
        _("De datum van ‘%(title)s’ is voorbij") % words, commitment.due_on, url, _("Meld hoe het gaat"), "alert"
    )


def offerings_to_confirm(keys: list[int]) -> list[Todo]:
    asked = Offering.objects.to_confirm(timezone.localdate()).filter(organisation__in=keys)
    return [
        Todo(
            _("Klopt ‘%(title)s’ nog?") % {"title": each.title},
            each.confirmed_on,
            reverse("offerings:edit", args=[each.organisation.slug, each.slug]),
            _("Kijk het na"),
        )
        for each in asked.select_related("organisation")
        .only("slug", "title", "confirmed_on", "organisation__slug")
        .order_by("confirmed_on")[:SHOWN]
    ]


def profiles_to_mend(organisations: Sequence[Organisation]) -> list[Todo]:
    """What was not confirmed for a year, and what is not told yet: a sentence for each organisation."""
    today = timezone.localdate()
    return [
        Todo(
            profile_sentence(each, today),
            each.profile_confirmed_on,
            reverse("members:edit", args=[each.slug]),
            _("Kijk het na"),
        )
        for each in organisations
        if profiling.is_old(each, today) or profiling.missing(each)
    ]


def profile_sentence(organisation: Organisation, today: dt.date) -> str:
    who = {"who": organisation}
    if profiling.is_old(organisation, today):
        return _("Klopt het profiel van %(who)s nog?") % who
    lacks = [str(each.words) for each in profiling.missing(organisation)[:2]]
    return _("%(who)s: %(lacks)s") % {**who, "lacks": _(" en ").join(lacks)}
