"""Which offerings fit a need and which needs an offering, and what is said about it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from members.models import MembershipStatus, Organisation
from offerings import matching, suggestions
from offerings.models import Means, OfferingState
from tests.conftest import Cast
from tests.factories import (
    BusinessFactory,
    CategoryFactory,
    DistrictFactory,
    NeedFactory,
    OfferingFactory,
    OrganisationFactory,
    SectorFactory,
)

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
LONG_AGO = timezone.now() - 50 * DAY


def suggested(organisation: Organisation, weeks: int = 0) -> set[tuple[int, int]]:
    """By what became possible in the seven days before today, or in those so many weeks later."""
    until = TODAY + weeks * WEEK
    found = suggestions.suggestions(organisation, since=until - WEEK, until=until)
    return {(match.need.pk, match.offering.pk) for match in found}


def fitting(**need: object) -> list[tuple[str, list[str]]]:
    """What fits a need, of a business if nobody else, with the reasons."""
    asked = NeedFactory(**{"organisation": BusinessFactory()} | need)
    return [(match.offering.title, match.reasons) for match in matching.offerings_for(asked)]


def test_words_match_in_any_form_and_by_the_parts_of_compounds() -> None:
    OfferingFactory(title="Vergaderzaal aan het water")
    OfferingFactory(title="Koken met buren")

    assert fitting(title="Zalen") == [("Vergaderzaal aan het water", ["gaat ook over ‘zalen’"])]


def test_category_district_sector_and_means_are_reasons_beside_the_words() -> None:
    course = CategoryFactory(slug="klussen", name="Klussen")
    paint = CategoryFactory(slug="verven", name="Verven", parent=course)
    holy = DistrictFactory(slug="holy", name="Holy")
    firm = BusinessFactory(main_sector=SectorFactory(slug="cultuur"))
    near = {"category": paint, "district": holy, "organisation": firm, "means": Means.GOODS}
    OfferingFactory(title="Blikken verf", **near)
    OfferingFactory(title="Emmers verf", organisation=BusinessFactory(), means=Means.GOODS)
    asker = OrganisationFactory(main_sector=firm.main_sector)

    found = fitting(
        title="Verf", means=Means.GOODS, category=paint, district=holy, organisation=asker, counter_favour="taart"
    )

    assert found == [
        (
            "Blikken verf",
            [
                *("gaat ook over ‘verf’", "zelfde rubriek: Verven", "het gaat om middelen", "zelfde sector: Cultuur"),
                *("ook in Holy", "in ruil voor taart"),
            ],
        ),
        ("Emmers verf", ["gaat ook over ‘verf’", "het gaat om middelen", "in ruil voor taart"]),
    ]


def test_category_alone_is_no_filter_and_no_match() -> None:
    course = CategoryFactory(slug="klussen")
    OfferingFactory(title="Timmeren", category=course)
    OfferingFactory(title="Verf over", category=CategoryFactory(slug="anders"))

    assert [title for title, _reasons in fitting(title="Verf", category=course)] == ["Verf over"]


def test_nothing_that_fits_is_an_answer() -> None:
    OfferingFactory(title="Koken met buren")

    assert fitting(title="Helikopter") == []
    assert fitting(title="!!!") == []
    assert fitting(title="de het een") == []


def test_no_organisation_drowns_the_list() -> None:
    loud = OrganisationFactory()
    for number in range(8):
        OfferingFactory(title=f"Verf en kwasten {number}", organisation=loud)
    OfferingFactory(title="Verf en een ladder en nog veel meer", organisation__name="De Stille")

    found = matching.offerings_for(NeedFactory(title="Verf en kwasten"))

    assert [match.offering.organisation == loud for match in found] == [True, True, False]


def test_only_what_others_have_on_the_card_is_found() -> None:
    asker = OrganisationFactory()
    OfferingFactory(title="Verf", organisation=asker)
    OfferingFactory(title="Verf", state=OfferingState.DRAFT, published_on=None)
    OfferingFactory(title="Verf", organisation__membership=MembershipStatus.SUSPENDED)

    assert fitting(title="Verf", organisation=asker) == []


def test_scores_go_from_nought_to_one_whatever_is_asked() -> None:
    OfferingFactory(title="Verf, kwasten, ladders en een schilder", summary="Verf")

    exact, wordy = (
        matching.offerings_for(NeedFactory(title=title, description=text))[0].score
        for title, text in (("Verf", ""), ("Verf", "Voor het hek, de schuur, de deur en het kozijn van de boerderij."))
    )

    assert 0 < wordy <= exact <= 1


def test_an_offering_finds_the_needs_that_it_would_meet() -> None:
    offering = OfferingFactory(title="Timmerman voor een dag")
    need = NeedFactory(title="Timmerman", organisation=BusinessFactory())
    NeedFactory(title="Accordeon")
    NeedFactory(title="Timmerman", organisation=offering.organisation)
    NeedFactory(title="Timmerman", expires_on=dt.date(2015, 1, 1))

    found = matching.needs_for(offering)

    assert [(match.need, match.reasons) for match in found] == [(need, ["gaat ook over ‘timmerman’"])]
    assert [(match.offering, match.score) for match in matching.offerings_for(need)] == [(offering, found[0].score)]


def test_what_is_suggested_became_possible_this_week() -> None:
    own = OrganisationFactory()
    need = NeedFactory(title="Timmerman", organisation=own, created_at=LONG_AGO)
    OfferingFactory(title="Timmerman van toen")
    new = OfferingFactory(title="Timmerman van nu", published_on=TODAY - WEEK)
    offered = OfferingFactory(title="Accordeon", organisation=own)
    asked = NeedFactory(title="Accordeon", created_at=timezone.now() - DAY)

    assert suggested(own) == {(need.pk, new.pk), (asked.pk, offered.pk)}
    assert suggested(own, weeks=3) == set()
    assert suggested(OrganisationFactory()) == set()


def test_suggested_once_when_the_later_of_the_two_has_come() -> None:
    need = NeedFactory(title="Timmerman")
    offering = OfferingFactory(title="Timmerman", published_on=TODAY - DAY)

    found = [suggested(need.organisation, weeks) for weeks in range(3)]

    assert found == [set(), {(need.pk, offering.pk)}, set()]


def test_what_is_new_is_suggested_also_beside_much_that_fits_better() -> None:
    need = NeedFactory(title="Timmerman", created_at=LONG_AGO)
    for _number in range(suggestions.OF_EACH):
        OfferingFactory(title="Timmerman")
    new = OfferingFactory(title="Timmerman, ook voor een schuur", published_on=TODAY - DAY)

    assert suggested(need.organisation) == {(need.pk, new.pk)}


def test_page_of_an_offering_tells_its_editors_also_that_nothing_fits(cast: Cast) -> None:
    offering = OfferingFactory(organisation=cast.member, title="Schommelen")

    pages = [cast.client(who).get(offering.get_absolute_url()).content.decode() for who in ("editor", "business")]

    assert ["staat nu geen goede match" in page for page in pages] == [True, False]
