"""The counts beside the filters, against a count by hand."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from members.models import MembershipStatus
from offerings import kept
from offerings.card_page import CardPage
from offerings.choices import AUDIENCES, GROUPS, MEANS, PRICES
from offerings.filters import OfferingFilter
from offerings.lists import Lists
from offerings.models import CARD_ORDER, Audience, Means, Offering, OfferingState, PriceKind
from offerings.tally import Facets, Tally
from tests.factories import (
    BusinessFactory,
    CategoryFactory,
    DistrictFactory,
    OfferingFactory,
    OrganisationFactory,
    SectorFactory,
)

pytestmark = pytest.mark.django_db

DICE = random.Random(1)


@pytest.fixture
def card() -> None:
    """Eighty offerings, among them hidden ones, businesses' ones and ones without this or that."""
    sectors = [SectorFactory(slug=slug) for slug in ("sport", "zorg", "jeugd")]
    centre = DistrictFactory(slug="centrum")
    districts = [centre, DistrictFactory(slug="holy"), DistrictFactory(slug="haven", parent=centre)]
    mains = [CategoryFactory(slug=f"rubriek-{n}", order=n) for n in range(3)]
    subs = [CategoryFactory(slug=f"deel-{n}", parent=mains[n % 3], order=n) for n in range(6)]
    organisations = [OrganisationFactory(main_sector=DICE.choice(sectors)) for _ in range(6)]
    organisations += [BusinessFactory(), OrganisationFactory(membership=MembershipStatus.FORMER)]
    for each in organisations:
        each.districts.set(DICE.sample(districts, DICE.randrange(3)))
    for _ in range(80):
        owner = DICE.choice(organisations)
        smallest = DICE.choice([None, 1, 8, 20])
        OfferingFactory(
            organisation=owner,
            category=DICE.choice(mains + subs),
            district=DICE.choice([None, *districts]),
            audience=DICE.choice(Audience.values),
            means=DICE.choice(Means.values) if owner.is_business else "",
            price_kind=DICE.choice([PriceKind.FREE, PriceKind.ON_REQUEST, PriceKind.COUNTER_FAVOUR]),
            counter_favour="verf",
            group_min=smallest,
            group_max=DICE.choice([None, (smallest or 1) + 9, 60]),
            state=DICE.choice([OfferingState.PUBLISHED] * 4 + [OfferingState.PAUSED]),
        )


def values() -> dict[str, list[str]]:
    lists = Lists.read()
    return {
        "voor": list(AUDIENCES),
        "rubriek": list(lists.categories.by_slug),
        "sector": list(lists.sectors.by_slug),
        "wijk": list(lists.districts.by_slug),
        "prijs": list(PRICES),
        "groep": list(GROUPS),
        "m": list(MEANS),
    }


def by_hand(chosen: dict[str, list[str]]) -> int:
    """What the filter of the page and the API finds."""
    asked = QueryDict(mutable=True)
    for name, wanted in chosen.items():
        asked.setlist(name, wanted)
    return OfferingFilter(asked, queryset=Offering.objects.published()).qs.count()


def counted(chosen: dict[str, list[str]]) -> Facets:
    return Tally.read(timezone.localdate(), Lists.read()).facets(chosen)


def recounted(chosen: dict[str, list[str]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for name, possible in values().items():
        numbers = {value: by_hand(chosen | {name: [value]}) for value in possible}
        counts[name] = {value: number for value, number in numbers.items() if number}
    return counts


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"voor": ["stad"]},
        {"sector": ["sport"]},
        {"sector": ["sport", "zorg"], "wijk": ["centrum"]},
        {"rubriek": ["rubriek-1"], "prijs": ["gratis", "overleg"]},
        {"rubriek": ["deel-1"], "groep": ["10-24"]},
        {"van": ["bedrijven"]},
        {"van": ["bedrijven"], "m": ["mensen"], "voor": ["bedrijven"]},
        {"sector": ["jeugd"], "wijk": ["holy"], "prijs": ["gratis"], "groep": ["50-plus"], "voor": ["bedrijven"]},
    ],
)
def test_each_count_is_what_choosing_that_value_would_find(card: None, chosen: dict[str, list[str]]) -> None:
    facets = counted(chosen)

    assert facets.total == by_hand(chosen)
    assert facets.counts == recounted(chosen)


def test_counts_among_what_was_searched_for(card: None) -> None:
    keys = [key for key in Offering.objects.published().values_list("pk", flat=True) if key % 3 == 0]
    tally = Tally.read(timezone.localdate(), Lists.read())

    facets = tally.facets({"voor": ["stad"]}, among=[*keys, 10**9])

    members = Offering.objects.published().filter(pk__in=keys, means="")
    assert facets.total == members.filter(audience__in=[Audience.CITY, Audience.BOTH]).count()
    assert sum(facets.of("prijs").values()) == facets.total


def test_an_empty_card_is_counted() -> None:
    facets = counted({"sector": ["sport"]})

    assert facets.total == 0
    assert not any(facets.counts.values())


def test_more_combinations_than_fit_in_a_byte_are_counted() -> None:
    districts = [DistrictFactory(slug=f"wijk-{n}") for n in range(10)]
    combinations = [each for size in (1, 2, 3, 4) for each in itertools.combinations(districts, size)][:300]
    for combination in combinations:
        organisation = OrganisationFactory()
        organisation.districts.set(combination)
        OfferingFactory(organisation=organisation)

    facets = counted({})

    assert facets.of("wijk") == {
        each.slug: sum(each in combination for combination in combinations) for each in districts
    }


def page(**asked: Any) -> CardPage:
    today = timezone.localdate()
    query = QueryDict(mutable=True)
    query.update(asked)
    return CardPage(query, today, kept.stamp())


def test_what_is_kept_is_made_anew_after_each_change() -> None:
    offering = OfferingFactory()
    assert page().total == 1

    OfferingFactory(organisation=offering.organisation)
    assert page().total == 2

    offering.pause()
    assert page().total == 1

    offering.organisation.memberships.update(status=MembershipStatus.SUSPENDED)
    assert page().total == 0


def test_what_is_kept_is_not_made_anew_without_a_change() -> None:
    OfferingFactory()
    today = timezone.localdate()

    first, second = (kept.kept(today, kept.stamp()) for _ in range(2))
    tomorrow = kept.kept(today + dt.timedelta(1), kept.stamp())

    assert first is second
    assert tomorrow is not second


@pytest.mark.parametrize("chosen", [{}, {"voor": ["stad"]}, {"sector": ["sport", "zorg"]}, {"prijs": ["gratis"]}])
def test_page_has_the_keys_in_the_order_of_the_card(card: None, chosen: dict[str, list[str]]) -> None:
    tally = Tally.read(timezone.localdate(), Lists.read())
    asked = QueryDict(mutable=True)
    for name, wanted in chosen.items():
        asked.setlist(name, wanted)

    in_order = OfferingFilter(asked, queryset=Offering.objects.published().order_by(*CARD_ORDER)).qs
    keys = list(in_order.values_list("pk", flat=True))

    assert len(keys) > 8
    assert tally.page(chosen, 0, 100) == keys
    assert tally.page(chosen, 3, 8) == keys[3:8]
    assert tally.page(chosen, 90, 100) == []
    assert tally.page(chosen, 0, 0) == []
