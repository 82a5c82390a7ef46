"""What an organisation might do next: offerings for its needs, and needs that its offerings would meet."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from members.models import Organisation
from offerings import matching
from offerings.matching import Match
from offerings.models import Need, Offering

# Of the newest of each so many are held against the rest: an organisation with more finds its own way.
LOOKED_AT = 10
OF_EACH = 3
A_WEEK = dt.timedelta(days=7)
IN_A_MAIL = 5


def offerings_for_needs(organisation: Organisation, today: dt.date) -> list[Match]:
    """For its open needs what is on the card."""
    own = Need.objects.open(today).filter(organisation=organisation).select_related("category", "organisation")
    return matching.offerings_for_all(list(own.order_by("-created_at", "-pk")[:LOOKED_AT]), today, OF_EACH)


def needs_for_offerings(organisation: Organisation, today: dt.date) -> list[Match]:
    """For its offerings who asks for them."""
    own = Offering.objects.published(today).filter(organisation=organisation)
    return matching.needs_for_all(list(own.order_by("-published_on", "-pk")[:LOOKED_AT]), today, OF_EACH)


def suggestions(organisation: Organisation, today: dt.date, since: dt.date | None = None) -> list[Match]:
    """The best of what became possible since then, or in the last week: one side of each pair is as new as that."""
    since = since or today - A_WEEK
    every = (*offerings_for_needs(organisation, today), *needs_for_offerings(organisation, today))
    new = [match for match in every if is_new(match, since)]
    return sorted(new, key=lambda match: (-match.score, match.need.pk, match.offering.pk))[:IN_A_MAIL]


def is_new(match: Match, since: dt.date) -> bool:
    asked_on, offered_on = timezone.localdate(match.need.created_at), match.offering.published_on
    return asked_on >= since or (offered_on is not None and offered_on >= since)
