"""What an organisation might do next: offerings for its needs, and needs that its offerings would meet."""

from __future__ import annotations

import datetime as dt

from members.models import Organisation
from offerings import matching
from offerings.matching import Match, Wanted, any_match
from offerings.models import Need, Offering

# Of the newest of each so many are held against the rest: an organisation with more finds its own way.
LOOKED_AT = 10
OF_EACH = 3
IN_A_MAIL = 5


def offerings_for_needs(organisation: Organisation, today: dt.date, wanted: Wanted = any_match) -> list[Match]:
    """For its open needs what is on the card."""
    own = Need.objects.open(today).filter(organisation=organisation).select_related("category", "organisation")
    newest = list(own.order_by("-created_at", "-pk")[:LOOKED_AT])
    return matching.offerings_for_all(newest, today, OF_EACH, wanted)


def needs_for_offerings(organisation: Organisation, today: dt.date, wanted: Wanted = any_match) -> list[Match]:
    """For its offerings who asks for them."""
    own = Offering.objects.published(today).filter(organisation=organisation)
    newest = list(own.order_by("-published_on", "-pk")[:LOOKED_AT])
    return matching.needs_for_all(newest, today, OF_EACH, wanted)


def suggestions(organisation: Organisation, *, since: dt.date, until: dt.date) -> list[Match]:
    """The best of what became possible from the one day up to the other.

    What comes on `until` itself is for the next time: not all of it has come yet, and nothing is suggested twice.
    """
    is_new = possible_between(since, until)
    return best_of(
        *offerings_for_needs(organisation, until, is_new), *needs_for_offerings(organisation, until, is_new)
    )


def answers(organisation: Organisation, *, since: dt.date, until: dt.date) -> list[Match]:
    """As `suggestions`, of its needs alone: who has what it looks for."""
    return best_of(*offerings_for_needs(organisation, until, possible_between(since, until)))


def possible_between(since: dt.date, until: dt.date) -> Wanted:
    return lambda match: since <= match.possible_since < until


def best_of(*matches: Match) -> list[Match]:
    return sorted(matches, key=best_first)[:IN_A_MAIL]


def best_first(match: Match) -> tuple[float, int, int]:
    return -match.score, match.need.pk, match.offering.pk
