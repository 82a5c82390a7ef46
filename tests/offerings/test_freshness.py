"""The menu card stays true: who is asked when, what leaves it, and one click behind the mail."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kring.mail.models import Message
from members.models import Role
from offerings import charts, freshness
from offerings.models import FreshnessCount, Offering, OfferingState
from tests.conftest import Cast
from tests.factories import OfferingFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2015, 11, 23)
NOW = dt.datetime(2015, 11, 23, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def offering(cast: Cast) -> Offering:
    return OfferingFactory(organisation=cast.member, contact=cast.owner, title="Varen", confirmed_on=TODAY)


def confirmed(offering: Offering, day: dt.date) -> Offering:
    Offering.objects.filter(pk=offering.pk).update(confirmed_on=day, times_asked=0, state=OfferingState.PUBLISHED)
    offering.refresh_from_db()
    return offering


def subjects() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("subject", flat=True))


def link(message: Message | None = None) -> str:
    text = (message or Message.objects.latest("pk")).text
    return re.findall(r"https?://[^/\s]+(/a/[^/\s?]+/)", text)[0]


@pytest.mark.parametrize(
    ("confirmed_on", "asked", "state"),
    [
        (dt.date(2015, 6, 24), 0, OfferingState.PUBLISHED),
        (dt.date(2015, 6, 23), 1, OfferingState.PUBLISHED),  # five months
        (dt.date(2015, 4, 24), 1, OfferingState.PUBLISHED),
        (dt.date(2015, 4, 23), 2, OfferingState.PUBLISHED),  # seven
        (dt.date(2015, 3, 24), 2, OfferingState.PUBLISHED),
        (dt.date(2015, 3, 23), 0, OfferingState.PAUSED),  # eight
    ],
)
def test_owner_is_asked_then_it_leaves_the_card(
    offering: Offering, confirmed_on: dt.date, asked: int, state: OfferingState
) -> None:
    confirmed(offering, confirmed_on)

    freshness.keep_true(NOW)
    freshness.keep_true(NOW)  # a second clock

    offering.refresh_from_db()
    assert (offering.times_asked, offering.state) == (asked, state)
    assert len(subjects()) == (1 if asked or state == OfferingState.PAUSED else 0)


def test_each_month_has_its_own_mail_and_a_yes_starts_anew(offering: Offering) -> None:
    confirmed(offering, dt.date(2015, 5, 23))
    told = []
    for month in range(6, 13):
        freshness.keep_true(dt.datetime(2015, month, 24, 8, 0, tzinfo=dt.UTC))
        told.append(len(subjects()))
    freshness.keep_true(dt.datetime(2016, 1, 24, 8, 0, tzinfo=dt.UTC))
    offering.refresh_from_db()

    assert told == [0, 0, 0, 0, 1, 1, 2]  # after five months and seven
    assert subjects()[2:] == ["‘Varen’ is van de kaart"]
    assert offering.state == OfferingState.PAUSED

    freshness.confirm(offering, dt.date(2016, 1, 25))
    offering.refresh_from_db()
    assert (offering.state, offering.confirmed_on, offering.times_asked) == (
        OfferingState.PUBLISHED,
        dt.date(2016, 1, 25),
        0,
    )


def test_one_mail_tells_of_all_that_is_due_to_who_answers_for_it(offering: Offering, cast: Cast) -> None:
    old = dt.date(2015, 6, 1)
    confirmed(offering, old)
    for number in range(9):
        OfferingFactory(organisation=cast.member, contact=cast.owner, title=f"Klus {number}", confirmed_on=old)
    OfferingFactory(organisation=cast.elsewhere, title="Schommelen", confirmed_on=old)
    OfferingFactory(organisation=cast.member, contact=cast.outsider, title="Zeilen", confirmed_on=old)

    freshness.ask(TODAY)

    told = {(message.email, message.subject) for message in Message.objects.all()}
    assert told == {
        (cast.owner.email, "Kloppen deze 10 gerechten nog?"),
        (cast.outsider.email, "Klopt ‘Schommelen’ nog?"),
        (cast.owner.email, "Klopt ‘Zeilen’ nog?"),  # its contact has no role here: to the owner
    }
    assert "En nog 2 andere gerechten." in Message.objects.get(subject__startswith="Kloppen").text


@pytest.mark.parametrize("state", [OfferingState.DRAFT, OfferingState.PAUSED, OfferingState.ARCHIVED])
def test_nobody_is_asked_about_what_is_not_on_the_card(offering: Offering, state: OfferingState) -> None:
    Offering.objects.update(state=state, confirmed_on=dt.date(2014, 1, 1))

    freshness.keep_true(NOW)

    assert subjects() == []


def test_pause_ends_on_its_day_also_when_that_was_missed(offering: Offering) -> None:
    offering.pause(TODAY - dt.timedelta(days=2))
    waiting: Offering = OfferingFactory(organisation=offering.organisation, confirmed_on=TODAY)
    waiting.pause(TODAY + dt.timedelta(days=1))
    for_ever: Offering = OfferingFactory(organisation=offering.organisation, confirmed_on=TODAY)
    for_ever.pause()
    old: Offering = OfferingFactory(organisation=offering.organisation, confirmed_on=dt.date(2014, 11, 1))
    old.pause(TODAY)

    freshness.keep_true(NOW)

    found = {each.pk: (each.state, each.paused_until) for each in Offering.objects.all()}
    assert found[offering.pk] == (OfferingState.PUBLISHED, None)
    assert found[waiting.pk] == (OfferingState.PAUSED, TODAY + dt.timedelta(days=1))
    assert found[for_ever.pk] == (OfferingState.PAUSED, None)
    assert found[old.pk] == (OfferingState.PAUSED, None)  # first its owner says whether it is true
    assert subjects() == [f"‘{old.title}’ is van de kaart"]


def test_what_its_owner_took_off_is_not_asked_about_nor_put_back(cast: Cast) -> None:
    today = timezone.localdate()
    old = today - dt.timedelta(days=300)
    by_choice: Offering = OfferingFactory(organisation=cast.member, contact=cast.owner, confirmed_on=old)
    by_choice.pause()
    unheard: Offering = OfferingFactory(organisation=cast.member, contact=cast.owner, confirmed_on=old)
    returning: Offering = OfferingFactory(organisation=cast.member, contact=cast.owner, confirmed_on=old)
    returning.pause(today)

    freshness.keep_true(timezone.now())
    path = link(Message.objects.filter(subject__contains="van de kaart").latest("pk"))
    Client().post(path, {"doe": "klopt", "welk": [by_choice.slug, unheard.slug, returning.slug]})

    states = {each.pk: each.state for each in Offering.objects.all()}
    assert states[by_choice.pk] == OfferingState.PAUSED
    assert states[unheard.pk] == states[returning.pk] == OfferingState.PUBLISHED
    assert not Offering.objects.to_confirm(today).exists()


def test_what_a_colleague_took_off_meanwhile_stays_off(offering: Offering) -> None:
    freshness.take_away(offering, TODAY, TODAY + dt.timedelta(days=30))

    freshness.confirm(offering, TODAY)

    offering.refresh_from_db()
    assert (offering.state, offering.paused_until) == (OfferingState.PAUSED, TODAY + dt.timedelta(days=30))


# --- behind the mail -------------------------------------------------------------------------------------------------


def asked_about(offering: Offering) -> str:
    today = timezone.localdate()
    confirmed(offering, today - dt.timedelta(days=160))
    freshness.ask(today)
    return link(Message.objects.get(email="owner@voorbeeld.example"))


def test_yes_is_one_click_and_looking_does_nothing(offering: Offering) -> None:
    path = asked_about(offering)
    visitor = Client()

    for query in ("", "?keuze=ja", "?keuze=veranderen", "?keuze=eraf"):
        assert visitor.get(path + query).status_code == 200
    offering.refresh_from_db()
    assert offering.confirmed_on != timezone.localdate()

    visitor.post(path, {"doe": "klopt", "welk": offering.slug})
    offering.refresh_from_db()
    assert offering.confirmed_on == timezone.localdate()
    assert "Dank je wel. ‘Varen’ staat op de menukaart" in visitor.get(path).content.decode()


def test_only_what_was_ticked_is_confirmed(offering: Offering, cast: Cast) -> None:
    old = timezone.localdate() - dt.timedelta(days=160)
    other = OfferingFactory(organisation=cast.member, contact=cast.owner, confirmed_on=old)
    elsewhere = OfferingFactory(organisation=cast.elsewhere, confirmed_on=old)
    path = asked_about(offering)

    Client().post(path, {"doe": "klopt", "welk": [offering.slug, elsewhere.slug]})

    fresh = {each.pk for each in Offering.objects.filter(confirmed_on=timezone.localdate())}
    assert fresh == {offering.pk}
    assert other.title in Client().get(path).content.decode()


def typed(offering: Offering, **changed: Any) -> dict[str, Any]:
    return {
        "title": offering.title,
        "summary": offering.summary,
        "category": offering.category_id,
        "audience": offering.audience,
        "price_kind": offering.price_kind,
        "place": offering.place,
        "version": offering.version,
        "once": str(uuid.uuid4()),
        "welk": offering.slug,
        "doe": "bewaar",
        **changed,
    }


def test_change_needs_no_sign_in_and_confirms(offering: Offering) -> None:
    path = asked_about(offering)
    assert Client().post(path, typed(offering, title="")).status_code == 422

    Client().post(path, typed(offering, title="Varen met de klas"))

    offering.refresh_from_db()
    assert (offering.title, offering.confirmed_on) == ("Varen met de klas", timezone.localdate())


def test_take_off_for_good_or_until_a_day(offering: Offering, cast: Cast) -> None:
    path = asked_about(offering)
    other: Offering = OfferingFactory(
        organisation=cast.member, confirmed_on=timezone.localdate() - dt.timedelta(days=160)
    )
    soon = timezone.localdate() + dt.timedelta(days=30)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    wrong = Client().post(path, {"doe": "eraf", "welk": other.slug, "until": yesterday.isoformat()})
    assert wrong.status_code == 422

    Client().post(path, {"doe": "eraf", "welk": other.slug, "until": soon.isoformat()})
    Client().post(path, {"doe": "eraf", "welk": offering.slug})

    other.refresh_from_db()
    offering.refresh_from_db()
    assert (other.state, other.paused_until) == (OfferingState.PAUSED, soon)
    assert offering.state == OfferingState.ARCHIVED


@pytest.mark.parametrize("choice", ["veranderen", "eraf"])
def test_button_of_a_mail_never_opens_another_offering(offering: Offering, cast: Cast, choice: str) -> None:
    path = asked_about(offering)
    old = timezone.localdate() - dt.timedelta(days=170)
    other = OfferingFactory(organisation=cast.member, contact=cast.owner, title="Zeilen", confirmed_on=old)
    assert Client().get(f"{path}?keuze={choice}").context["offering"] == offering
    freshness.confirm(offering, timezone.localdate())

    for query in (f"?keuze={choice}", f"?keuze={choice}&welk={offering.slug}"):
        page = Client().get(path + query)
        assert [each["offering"] for each in page.context["asked"]] == [other]


def test_board_asks_with_the_same_three_buttons(offering: Offering, cast: Cast) -> None:
    confirmed(offering, timezone.localdate() - dt.timedelta(days=200))

    cast.client("board").post(f"/bestuur/doe/aanbod/{offering.slug}/")
    message = Message.objects.get()
    Client().post(link(message), {"doe": "klopt", "welk": offering.slug})

    offering.refresh_from_db()
    assert [f"?keuze={choice}" in message.text for choice in ("ja", "veranderen", "eraf")] == [True] * 3
    assert offering.confirmed_on == timezone.localdate()


def test_own_page_offers_the_yes_from_when_it_is_asked(offering: Offering, cast: Cast) -> None:
    page = f"/mijn/{cast.member.slug}/aanbod/"
    confirmed(offering, timezone.localdate() - dt.timedelta(days=140))
    before = cast.client("owner").get(page).content.decode()
    confirmed(offering, timezone.localdate() - dt.timedelta(days=160))

    after = cast.client("owner").get(page).content.decode()
    assert ["Ja, dit klopt nog" in html for html in (before, after)] == [False, True]


def test_who_has_left_the_organisation_confirms_nothing(offering: Offering, cast: Cast) -> None:
    path = asked_about(offering)
    Role.objects.filter(user=cast.owner).update(until=timezone.localdate())

    Client().post(path, {"doe": "klopt", "welk": offering.slug})

    offering.refresh_from_db()
    assert offering.confirmed_on != timezone.localdate()


# --- the figure ------------------------------------------------------------------------------------------------------


def test_share_that_is_fresh_is_kept_per_day_and_drawn_per_month(offering: Offering, cast: Cast) -> None:
    OfferingFactory(organisation=cast.member, confirmed_on=dt.date(2015, 4, 1))
    FreshnessCount.objects.create(day=dt.date(2015, 9, 30), offerings=10, fresh=9)
    FreshnessCount.objects.create(day=dt.date(2015, 10, 1), offerings=10, fresh=1)
    FreshnessCount.objects.create(day=dt.date(2015, 10, 31), offerings=3, fresh=2)
    FreshnessCount.objects.create(day=dt.date(2014, 11, 30), offerings=10, fresh=3)  # longer ago

    freshness.count(TODAY)
    freshness.count(TODAY)

    drawn = charts.freshness(TODAY)
    assert drawn is not None
    assert [row[1] for row in drawn.rows] == ["90", "67", "50"]


def test_board_sees_the_plot_and_what_waits(offering: Offering, cast: Cast) -> None:
    today = timezone.localdate()
    confirmed(offering, today - dt.timedelta(days=300))
    OfferingFactory(organisation=cast.member, title="Vers")
    freshness.keep_true(timezone.now())

    page = cast.client("board").get("/bestuur/menukaart/")

    html = page.content.decode()
    assert [(row["offering"].title, row["is_off"]) for row in page.context["rows"]] == [("Varen", True)]
    assert "Van de 1 gerechten van leden zijn er 1" in html
    assert page.context["chart"].rows[-1][1] == "100"
