"""The front page, and the pages that say who we are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from commitments import totals
from commitments.models import Commitment, Visibility
from kring.accounts import access
from kring.accounts.models import BoardSeat
from kring.foundation import personal
from kring.meetings.models import Meeting, MeetingState
from members import belonging
from members.models import Organisation
from offerings import cards
from offerings.models import Need, Offering

SECONDS = 60
# As many as fill whole rows of one, two or three beside one another.
NEWEST = KEPT = 6
NEEDS = 4
MEETINGS = 2


@access.anyone
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    return render(request, "site/home.html", front(today))


def front(today: dt.date) -> dict[str, Any]:
    """What is on, the same for everybody; counted once a minute."""
    key = f"front:{today}:{get_language()}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is not None:
        return kept
    now = timezone.now()
    published = Offering.objects.published(today)
    members_offer = published.of_members()
    public = Commitment.objects.filter(visibility=Visibility.PUBLIC)
    newest = cards.rows(members_offer.order_by("-published_on", "-pk")[:NEWEST])
    shown = {
        "offerings": members_offer.count(),
        "organisations": Organisation.objects.listed(today).members().count(),
        "businesses": Organisation.objects.listed(today).businesses().count(),
        "kept": public.confirmed().count(),
        "newest": cards.rendered(newest, today),
        "promises": list(
            public.confirmed()
            .exclude(result="")
            .select_related("promisor", "beneficiary")
            .order_by("-closed_at")[:KEPT]
        ),
        "needs": list(Need.objects.open(today).select_related("organisation")[:NEEDS]),
        "totals": totals.per_unit(public),
        "meetings": list(Meeting.objects.public().filter(state=MeetingState.PUBLISHED).coming(now)[:MEETINGS]),
    }
    cache.set(key, shown, SECONDS)
    return shown


@access.anyone
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    seats = BoardSeat.objects.held(timezone.localdate()).select_related("user")
    return render(request, "site/about.html", {"seats": seats})


@access.anyone
@require_safe
def resign(request: HttpRequest) -> HttpResponse:
    """How to end a membership: the law wants it easy to find (BW 2:35 lid 6)."""
    return render(request, "site/resign.html", {"own": belonging.to_resign(request.user)})


@access.anyone
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """With the register of what is kept (AVG, article 30), made of what the rooms say of their own fields."""
    return render(request, "site/privacy.html", {"register": personal.everything()})


@access.anyone
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "site/accessibility.html")
