"""Each member's own digest: once a month, about what is theirs, and only when there is something to say."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from commitments.models import CommitmentState, EnquiryState
from kring.accounts.models import User
from kring.foundation import news
from kring.foundation.actors import Actor
from kring.mail import suppression
from kring.mail.models import Kind, Message, Suppression
from kring.newsletters import digests, tokens
from kring.newsletters.digests import DIGEST
from kring.newsletters.models import Overview
from members.models import MembershipStatus, MembershipTransition
from tests.conftest import Cast
from tests.factories import (
    CategoryFactory,
    CommitmentFactory,
    EnquiryFactory,
    NeedFactory,
    OfferingFactory,
    OrganisationFactory,
    RoleFactory,
    SectorFactory,
)

pytestmark = pytest.mark.django_db

NOVEMBER = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)


def mails() -> list[str]:
    return sorted(Message.objects.filter(kind=Kind.DIGEST).values_list("email", flat=True))


@pytest.fixture
def asked(cast: Cast) -> None:
    """Somebody waits for an answer of the member's."""
    EnquiryFactory(
        offering=OfferingFactory(organisation=cast.member, title="Taalles"), asker=cast.firm, state=EnquiryState.NEW
    )


@pytest.mark.usefixtures("asked")
def test_only_who_has_something_to_hear_gets_one(cast: Cast) -> None:
    assert DIGEST.make_due(NOVEMBER) == 2

    assert mails() == [cast.editor.email, cast.owner.email]
    looked_after = dict(Overview.objects.values_list("user__email", "had_news"))
    assert looked_after == {cast.editor.email: True, cast.owner.email: True, cast.outsider.email: False}


@pytest.mark.usefixtures("asked")
def test_once_a_month_whatever_the_clock_does(cast: Cast) -> None:
    days = [NOVEMBER, NOVEMBER, NOVEMBER + dt.timedelta(days=20), NOVEMBER + dt.timedelta(days=65)]
    made = [DIGEST.make_due(day) for day in days]

    assert made == [2, 0, 0, 2]
    assert sorted(Message.objects.values_list("key", flat=True)) == sorted(
        f"digest:{user.uuid}:{month}" for user in (cast.editor, cast.owner) for month in ("2026-11", "2027-01")
    )


@pytest.mark.usefixtures("asked")
def test_no_two_in_two_days(cast: Cast) -> None:
    last_day = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)

    made = [DIGEST.make_due(last_day + dt.timedelta(days=days)) for days in (0, 1, 20, 21, 22)]

    assert made == [2, 0, 2, 0, 0]


@pytest.mark.usefixtures("asked")
def test_what_is_wrong_with_one_keeps_it_from_nobody_else(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(user: User, span: news.Span) -> list[news.Item]:
        return [news.Item("iets", "/")] if user != cast.editor else [][1]

    monkeypatch.setitem(news._parts, "broken", news.Part("broken", "Stuk", fails))

    DIGEST.make_due(NOVEMBER)

    assert mails() == sorted([cast.owner.email, cast.outsider.email])


@pytest.mark.usefixtures("asked")
def test_who_does_not_want_it_is_left_alone(cast: Cast) -> None:
    suppression.suppress(cast.owner.email, Suppression.Reason.REQUEST, NOVEMBER, kind=Kind.DIGEST)
    DIGEST.make_due(NOVEMBER)

    assert mails() == [cast.editor.email]


@pytest.mark.usefixtures("asked")
def test_says_what_is_asked_with_a_way_there_and_a_way_out(cast: Cast) -> None:
    DIGEST.make_due(NOVEMBER)

    message = Message.objects.get(email=cast.owner.email)
    assert message.subject == "Jouw maand in de kring: een vraag aan jullie"
    assert "vraagt naar ‘Taalles’" in message.text
    assert tokens.preferences_of_user(cast.owner) in message.text
    assert f"/afmelden/{message.uuid.hex}" in message.text
    assert "Dag Owner," in message.html


def titles(user: object, since: dt.datetime) -> dict[str, list[str]]:
    now = timezone.now()
    sections = digests.sections_for(user, digests.news.Span(since, now))  # type: ignore[arg-type]
    return {section["kind"]: [item["title"] for item in section["items"]] for section in sections}


def test_parts_are_of_ones_own_and_new(cast: Cast) -> None:
    today, since = timezone.localdate(), timezone.now() - dt.timedelta(days=30)
    new, old = today - dt.timedelta(days=3), today - dt.timedelta(days=90)
    zorg, course = SectorFactory(slug="zorg"), CategoryFactory(slug="ruimte")
    other = OrganisationFactory(name="Ander", main_sector=zorg)
    NeedFactory(organisation=cast.member, title="Ruimte voor taalles gezocht", category=course)
    OfferingFactory(organisation=cast.elsewhere, title="Springkussen", published_on=new)
    OfferingFactory(organisation=cast.elsewhere, title="Oud kussen", published_on=old)
    OfferingFactory(organisation=other, title="Ruimte voor een taalles te leen", published_on=new, category=course)
    OfferingFactory(organisation=other, title="Vissen", published_on=new)
    OfferingFactory(organisation=cast.member, title="Van onszelf", published_on=new, confirmed_on=dt.date(2020, 1, 1))
    late = CommitmentFactory(promisor=cast.member, beneficiary=cast.firm, title="Verf", due_on=old)
    CommitmentFactory(
        promisor=cast.firm,
        beneficiary=cast.member,
        title="Stoelen",
        state=CommitmentState.REPORTED,
        reported_at=since,
        due_on=new,
    )
    CommitmentFactory(promisor=cast.firm, beneficiary=cast.elsewhere, title="Van anderen", due_on=old)
    fresh = OrganisationFactory(name="Nieuw huis", membership=False)
    joined = fresh.memberships.create(status=MembershipStatus.ACTIVE, period=(new, None))
    MembershipTransition.note_first(joined, Actor.system(), since + dt.timedelta(days=27), "")

    assert titles(cast.owner, since) == {
        "promises": [late.title, "Stoelen"],
        "offerings_to_confirm": ["Klopt ‘Van onszelf’ nog?"],
        "members_in_sector": ["Nieuw in de kring: Nieuw huis"],
        "offerings_in_sector": ["Springkussen"],
    }


def test_who_serves_no_member_any_more_is_not_due(cast: Cast) -> None:
    RoleFactory(user=cast.board, organisation=OrganisationFactory(membership=MembershipStatus.FORMER))
    cast.outsider.roles.update(until=timezone.localdate())

    due = DIGEST.due(timezone.now())

    assert sorted(due.values_list("email", flat=True)) == [cast.editor.email, cast.owner.email]
