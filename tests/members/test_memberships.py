import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from kring.foundation.actors import Actor
from members.models import (
    Membership,
    MembershipStatus,
    MembershipTransition,
    Organisation,
    RoleKind,
    TransitionNotAllowed,
)
from members.models.memberships import TRANSITIONS
from tests.factories import OrganisationFactory, RoleFactory

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def application(db: None) -> Membership:
    """Of an organisation with somebody who answers for it."""
    organisation = OrganisationFactory(membership=MembershipStatus.APPLIED)
    RoleFactory(organisation=organisation, role=RoleKind.OWNER)
    return organisation.memberships.get()


def test_accept_starts_the_period_and_leaves_a_trace(application: Membership) -> None:
    application.accept(Actor.system(), NOW, note="welkom")

    application.refresh_from_db()
    assert application.status == MembershipStatus.ACTIVE
    assert (application.period.lower, application.period.upper) == (TODAY, None)
    step = application.transitions.get()
    assert (step.before, step.after, step.at, step.note) == ("applied", "active", NOW, "welkom")


def test_accepted_organisation_is_listed_from_that_day(application: Membership) -> None:
    assert not Organisation.objects.listed(TODAY).exists()

    application.accept(Actor.system(), NOW)

    assert Organisation.objects.listed(TODAY).get() == application.organisation
    assert not Organisation.objects.listed(TODAY - dt.timedelta(days=1)).exists()


def test_resigned_organisation_stays_until_its_last_day(application: Membership) -> None:
    application.accept(Actor.system(), NOW)
    last_day = dt.date(2026, 12, 31)

    application.resign(Actor.system(), NOW, last_day=last_day, reason="We stoppen.")

    assert Organisation.objects.listed(last_day).exists()
    assert not Organisation.objects.listed(last_day + dt.timedelta(days=1)).exists()


def test_rejected_application_cannot_be_accepted(application: Membership) -> None:
    application.reject(Actor.system(), NOW, reason="Winstoogmerk")

    with pytest.raises(TransitionNotAllowed):
        application.accept(Actor.system(), NOW)

    application.refresh_from_db()
    assert application.status == MembershipStatus.REJECTED


def test_every_status_says_where_it_may_go() -> None:
    assert set(TRANSITIONS) == set(MembershipStatus.values)
    assert set().union(*TRANSITIONS.values()) <= set(MembershipStatus.values)


def test_periods_of_one_organisation_cannot_overlap(db: None) -> None:
    organisation = OrganisationFactory()

    with pytest.raises(IntegrityError, match="membership_periods_apart"), transaction.atomic():
        Membership.objects.create(
            organisation=organisation,
            status=MembershipStatus.FORMER,
            period=(dt.date(2015, 1, 1), dt.date(2016, 1, 1)),
        )


def test_one_open_application_at_a_time(application: Membership) -> None:
    with pytest.raises(IntegrityError, match="membership_one_application"), transaction.atomic():
        Membership.objects.create(organisation=application.organisation, status=MembershipStatus.INFO_REQUESTED)


def test_first_step_of_what_was_noted_by_mistake_goes_and_no_other(application: Membership) -> None:
    noted = OrganisationFactory().memberships.get()
    MembershipTransition.note_first(noted, Actor.system(), NOW, "Uit de lijst")
    application.accept(Actor.system(), NOW)

    MembershipTransition.take_back_first(noted)
    MembershipTransition.take_back_first(application)

    assert [step.membership for step in MembershipTransition.objects.all()] == [application]


@pytest.mark.parametrize(
    "statement", ["UPDATE members_membershiptransition SET note = ''", "DELETE FROM members_membershiptransition"]
)
def test_trace_cannot_be_changed_or_erased(application: Membership, statement: str) -> None:
    application.accept(Actor.system(), timezone.now())

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert MembershipTransition.objects.count() == 1
