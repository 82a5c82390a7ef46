"""Who is in an audience: each address once, nobody who did not ask, but by their own association."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from kring.foundation.actors import Actor
from kring.newsletters import reaching, subscribing
from kring.newsletters.models import Audience, Group, Reach, Source, SubscriberState
from members.models import MembershipStatus, RoleKind
from tests.conftest import Cast
from tests.factories import (
    DistrictFactory,
    IssueFactory,
    NewsletterAudienceFactory,
    OrganisationFactory,
    RoleFactory,
    SectorFactory,
    SubscriberFactory,
)

pytestmark = pytest.mark.django_db


def emails(audience: Audience) -> list[str]:
    today = timezone.localdate()
    found = [each.email for each in reaching.some(audience, today, 100)]
    issue = IssueFactory()
    written = reaching.write_down(issue, audience, today)
    # However it is asked, the answer is the same.
    assert reaching.count(audience, today) == reaching.counts([audience], today)[audience.pk] == written == len(found)
    assert sorted(issue.addressees.values_list("email", flat=True)) == found
    return found


def subscribe(*people: Any) -> None:
    for each in people:
        SubscriberFactory(email=each.email, name=each.name)


def test_subscribers_are_all_who_confirmed() -> None:
    SubscriberFactory(email="a@voorbeeld.example")
    SubscriberFactory(email="b@voorbeeld.example", state=SubscriberState.PENDING, confirmed_at=None)
    SubscriberFactory(email="c@voorbeeld.example", state=SubscriberState.LEFT, left_at=timezone.now())

    assert emails(NewsletterAudienceFactory()) == ["a@voorbeeld.example"]


def test_groups_of_who_subscribed(cast: Cast) -> None:
    subscribe(cast.owner, cast.business, cast.board)
    SubscriberFactory(email="inwoner@voorbeeld.example")

    reached = {group: emails(NewsletterAudienceFactory(groups=[group])) for group in Group}

    assert reached == {
        Group.SUBSCRIBERS: sorted(
            ["inwoner@voorbeeld.example", cast.owner.email, cast.business.email, cast.board.email]
        ),
        Group.MEMBERS: [cast.owner.email],
        Group.BUSINESSES: [cast.business.email],
        Group.BOARD: [cast.board.email],
    }
    both = NewsletterAudienceFactory(groups=[Group.SUBSCRIBERS, Group.MEMBERS, Group.BOARD])
    assert len(emails(both)) == 4


def test_members_are_reached_without_asking_unless_they_left(cast: Cast) -> None:
    subscribe(cast.owner)
    subscribing.leave(email=cast.editor.email, source=Source.MAIL, at=timezone.now())
    audience = NewsletterAudienceFactory(groups=[Group.MEMBERS, Group.BOARD], reach=Reach.BELONGING)

    assert emails(audience) == sorted([cast.board.email, cast.outsider.email, cast.owner.email])


def test_words_of_a_subscriber_go_before_those_of_the_account(cast: Cast) -> None:
    SubscriberFactory(email=cast.owner.email, name="Nadia", language="en")
    audience = NewsletterAudienceFactory(groups=[Group.MEMBERS], reach=Reach.BELONGING)

    found = reaching.some(audience, timezone.localdate(), 1, email=cast.owner.email.upper())

    assert found == [reaching.Reached(cast.owner.email, "Nadia", "en", cast.owner.pk)]


def test_narrowed_by_sector_district_and_role(cast: Cast) -> None:
    sport, west = SectorFactory(slug="sport"), DistrictFactory(slug="westwijk")
    cast.member.sectors.add(sport)
    cast.elsewhere.districts.add(west)
    subscribe(cast.owner, cast.editor, cast.outsider, cast.business)
    SubscriberFactory(email="inwoner@voorbeeld.example")

    def reached(**filters: Any) -> list[str]:
        return emails(NewsletterAudienceFactory(**filters))

    assert reached(sectors=["sport"]) == [cast.editor.email, cast.owner.email]
    assert reached(sectors=["sport"], roles=[RoleKind.OWNER]) == [cast.owner.email]
    assert reached(districts=["westwijk"]) == [cast.outsider.email]
    assert reached(sectors=["sport"], districts=["westwijk"]) == []
    assert reached(sectors=["bestaat-niet"]) == []
    assert reached(groups=[Group.BUSINESSES], roles=[RoleKind.OWNER]) == [cast.business.email]


def test_who_serves_no_more_is_out(cast: Cast) -> None:
    today = timezone.localdate()
    subscribe(cast.owner, cast.outsider)
    cast.outsider.roles.update(until=today)
    RoleFactory(user=cast.board, organisation=OrganisationFactory(membership=MembershipStatus.FORMER))
    audience = NewsletterAudienceFactory(groups=[Group.MEMBERS], reach=Reach.BELONGING)

    assert emails(audience) == [cast.editor.email, cast.owner.email]
    assert cast.outsider.email in {each.email for each in reaching.some(audience, today - dt.timedelta(days=1), 100)}


@pytest.mark.parametrize(
    "wrong",
    [{"groups": []}, {"groups": ["everybody"]}, {"groups": [Group.BUSINESSES], "reach": Reach.BELONGING}],
)
def test_database_refuses_an_audience_that_nobody_agreed_to(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        NewsletterAudienceFactory(**wrong)


def test_board_counts_before_it_keeps(cast: Cast) -> None:
    subscribe(cast.owner)
    client = cast.client("board")
    typed = {"name": "Bedrijven", "groups": ["subscribers"], "reach": "subscribed", "version": "0"}
    path = "/bestuur/nieuwsbrief/doelgroepen/nieuw/"

    counted = client.post(path, typed | {"doe": "tel"})
    wrong = client.post(path, typed | {"groups": ["businesses"], "reach": "belonging"})
    kept = client.post(path, typed)

    assert "Dit is vandaag 1 mens." in counted.content.decode()
    assert (counted.status_code, wrong.status_code, kept.status_code) == (200, 422, 302)
    assert "Dit kan alleen voor mensen van leden" in wrong.content.decode()
    audience = Audience.objects.get(name="Bedrijven")
    stale = client.post(audience.get_absolute_url(), typed)
    assert (stale.status_code, "intussen veranderd" in stale.content.decode()) == (422, True)


def test_page_says_which_scheduled_issue_goes_to_whom_it_finds(cast: Cast) -> None:
    issue, other = IssueFactory(subject="Voor ‘jullie’ & ons"), IssueFactory()
    issue.schedule(Actor.system(), timezone.now(), at=dt.datetime(2027, 1, 5, 8, tzinfo=dt.UTC))

    pages = [cast.client("board").get(each.audience.get_absolute_url()).content.decode() for each in (issue, other)]

    told = "‘Voor ‘jullie’ &amp; ons’ gaat op dinsdag 5 januari 2027, 09.00 uur naar deze doelgroep."
    assert [told in page for page in pages] == [True, False]
    assert f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/" in pages[0]


def test_audience_of_an_issue_stays(cast: Cast) -> None:
    used, free = IssueFactory().audience, NewsletterAudienceFactory()
    for each in (used, free):
        cast.client("board").post(f"{each.get_absolute_url()}weg/")

    assert list(Audience.objects.filter(pk__in=[used.pk, free.pk])) == [used]
