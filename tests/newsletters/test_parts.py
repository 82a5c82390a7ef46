"""What the blocks tell: each thing once, in the issue after it."""

from __future__ import annotations

import datetime as dt

import pytest

from kring.foundation import news
from kring.foundation.actors import Actor
from kring.newsletters.parts import members, offerings
from members.models import MembershipStatus, MembershipTransition
from offerings.models import SearchCount
from tests.factories import OfferingFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
# Three issues, one a week: each tells of what came since the one before.
SPANS = [news.Span(NOON + days * DAY, NOON + (days + 7) * DAY) for days in (-7, 0, 7)]


@pytest.mark.parametrize(("days", "issue"), [(-1, 0), (0, 1), (1, 1)])
def test_what_comes_on_the_day_of_an_issue_stands_in_the_next(days: int, issue: int) -> None:
    """Whether it came that morning or that evening is not known."""
    OfferingFactory(title="Taalles", published_on=NOON.date() + days * DAY)

    told = [[item.title for item in offerings.new_on_the_card(span, 4)] for span in SPANS]

    assert told == [["Taalles"] if place == issue else [] for place in range(3)]


def test_what_is_searched_for_on_the_day_of_an_issue_counts_for_the_next() -> None:
    for days in (0, 1):
        SearchCount.objects.create(day=NOON.date() + days * DAY, words="kano", found=False, times=2)

    told = [[item.title for item in offerings.city_asks(span, 4)] for span in SPANS]

    assert told == [[], ["kano"], []]


def taken_in(name: str, first_day: dt.date, at: dt.datetime) -> None:
    organisation = OrganisationFactory(name=name, membership=False)
    membership = organisation.memberships.create(status=MembershipStatus.ACTIVE, period=(first_day, None))
    MembershipTransition.note_first(membership, Actor.system(), at, "")


@pytest.mark.parametrize("hours", [-2, 2])
@pytest.mark.parametrize("days_ago", [0, 20])
def test_member_is_told_of_after_it_was_taken_in(hours: int, days_ago: int) -> None:
    """By the moment: also on the day of an issue, and with a first day that lies before the last."""
    at = NOON + dt.timedelta(hours=hours)
    taken_in("Nieuw huis", (at - days_ago * DAY).date(), at)

    told = [[item.title for item in members.block(span, 4)] for span in SPANS]

    assert told == ([["Nieuw huis"], [], []] if hours < 0 else [[], ["Nieuw huis"], []])


def test_old_list_that_was_read_in_brings_nobody_new() -> None:
    taken_in("Al jaren lid", dt.date(2020, 1, 1), NOON + DAY)

    assert members.block(SPANS[1], 4) == []
