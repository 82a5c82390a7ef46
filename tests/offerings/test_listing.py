"""Up to when an offering may stand on the card is kept by the database, from what becomes of its organisation."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kring.foundation.actors import Actor
from members.models import Membership, MembershipStatus, Organisation, OrganisationKind
from offerings.models import CardChange, Offering
from offerings.models.offerings import LISTED_FOREVER
from tests.factories import BusinessFactory, CategoryFactory, NeedFactory, OfferingFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2015, 11, 18)
NOW = dt.datetime(2015, 11, 18, 12, tzinfo=dt.UTC)


def listed_until(offering: Offering) -> dt.date | None:
    return Offering.objects.values_list("listed_until", flat=True).get(pk=offering.pk)


@pytest.mark.parametrize(
    ("status", "until"),
    [
        (MembershipStatus.TRIAL, LISTED_FOREVER),
        (MembershipStatus.ACTIVE, LISTED_FOREVER),
        (MembershipStatus.SUSPENDED, None),
        (MembershipStatus.EXPELLED, None),
        (MembershipStatus.FORMER, None),
        (MembershipStatus.APPLIED, None),
        (MembershipStatus.REJECTED, None),
    ],
)
def test_membership_says_whether_an_offering_is_listed(status: str, until: dt.date | None) -> None:
    offering = OfferingFactory(organisation=OrganisationFactory(membership=status))

    assert listed_until(offering) == until


def test_an_offering_leaves_the_card_on_the_day_after_the_last_one_without_anything_running() -> None:
    organisation = OrganisationFactory()
    offering, need = OfferingFactory(organisation=organisation), NeedFactory(organisation=organisation)

    organisation.memberships.get().resign(Actor.system(), NOW, last_day=dt.date(2015, 12, 31))

    need.refresh_from_db()
    assert listed_until(offering) == need.listed_until == dt.date(2016, 1, 1)
    assert list(Offering.objects.published(dt.date(2015, 12, 31))) == [offering]
    assert list(Offering.objects.published(dt.date(2016, 1, 1))) == []


def test_joining_again_lists_it_again() -> None:
    organisation = OrganisationFactory(membership=MembershipStatus.FORMER)
    offering = OfferingFactory(organisation=organisation)
    organisation.memberships.update(period=DateRange(dt.date(2014, 12, 1), dt.date(2015, 1, 1)))

    Membership.objects.create(organisation=organisation, status=MembershipStatus.ACTIVE, period=DateRange(TODAY, None))

    assert listed_until(offering) == LISTED_FOREVER


def test_an_erased_membership_takes_it_off() -> None:
    offering = OfferingFactory()

    Membership.objects.all().delete()

    assert listed_until(offering) is None


def test_a_business_is_listed_once_it_was_checked() -> None:
    firm = BusinessFactory(listed_on=None)
    offering = OfferingFactory(organisation=firm)
    assert listed_until(offering) is None

    Organisation.objects.filter(pk=firm.pk).update(listed_on=TODAY)

    assert listed_until(offering) == LISTED_FOREVER


def test_another_kind_of_organisation_is_listed_by_its_own_rule() -> None:
    offering = OfferingFactory(organisation=OrganisationFactory(membership=False))
    assert listed_until(offering) is None

    Organisation.objects.update(kind=OrganisationKind.PARTNER)

    assert listed_until(offering) == LISTED_FOREVER


def test_an_offering_that_moves_to_another_organisation_is_listed_as_that_one() -> None:
    offering = OfferingFactory()

    offering.organisation = OrganisationFactory(membership=MembershipStatus.FORMER)
    offering.save()

    assert listed_until(offering) is None


def test_the_place_on_the_card_follows_the_order_of_the_categories() -> None:
    main = CategoryFactory(slug="main", order=3)
    offering = OfferingFactory(category=CategoryFactory(slug="sub", order=2, parent=main))
    assert Offering.objects.get(pk=offering.pk).course == 30_002

    main.order = 7
    main.save()

    assert Offering.objects.get(pk=offering.pk).course == 70_002


def test_each_write_that_the_card_shows_is_a_change_of_the_card() -> None:
    offering = OfferingFactory()
    seen = {CardChange.objects.first()}

    for change in (
        lambda: offering.confirm(TODAY),
        lambda: Organisation.objects.update(name="Anders"),
        lambda: CategoryFactory(slug="nieuw"),
        lambda: NeedFactory(organisation=offering.organisation),
        lambda: Offering.objects.all().delete(),
    ):
        change()
        latest = CardChange.objects.first()
        assert latest not in seen
        seen.add(latest)


def test_no_more_than_a_hundred_changes_are_kept() -> None:
    for number in range(120):
        Offering.objects.filter(pk=number).update(order=1)

    assert CardChange.objects.count() == 100
