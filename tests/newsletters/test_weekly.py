"""What suits an organisation, by the week: for all who take part, once, and only when there is something new."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from commitments.models import EnquiryState
from kring.accounts.models import User
from kring.foundation import news
from kring.mail import suppression
from kring.mail.models import Kind, Message, Suppression
from kring.newsletters import digests, tokens
from kring.newsletters.digests import DIGEST
from kring.newsletters.models import Overview
from kring.newsletters.parts import offerings
from kring.newsletters.weekly import TIPS
from offerings.models import Need, NeedState, Offering
from tests.conftest import Cast
from tests.factories import (
    CategoryFactory,
    EnquiryFactory,
    NeedFactory,
    OfferingFactory,
    OrganisationFactory,
    RoleFactory,
    SectorFactory,
)

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WEEK = 7 * DAY


@pytest.fixture
def pair(cast: Cast) -> tuple[Need, Offering]:
    """A business looks for what a member has had on the card for a year."""
    course = CategoryFactory(slug="ruimte")
    offering = OfferingFactory(organisation=cast.member, title="Ruimte voor een taalles te leen", category=course)
    need = NeedFactory(organisation=cast.firm, title="Ruimte voor taalles gezocht", category=course)
    Need.objects.update(created_at=MONDAY - dt.timedelta(days=2))
    return need, offering


def mails() -> list[str]:
    return sorted(Message.objects.filter(kind=Kind.DIGEST).values_list("email", flat=True))


@pytest.mark.usefixtures("pair")
def test_both_sides_hear_what_became_possible_also_a_business(cast: Cast) -> None:
    OfferingFactory(organisation=cast.elsewhere, title="Vissen", category=CategoryFactory(slug="buiten"))

    assert TIPS.make_due(MONDAY) == 3

    assert mails() == sorted([cast.business.email, cast.editor.email, cast.owner.email])
    message = Message.objects.get(email=cast.business.email)
    assert message.key == f"suggestions:{cast.business.uuid}:2026-W45"
    assert message.subject == "Past bij jullie: Ruimte voor een taalles te leen"
    assert "voor jullie vraag ‘Ruimte voor taalles gezocht’" in message.text
    assert tokens.preferences_of_user(cast.business) in message.text
    assert f"/afmelden/{message.uuid.hex}" in message.text
    assert dict(Overview.objects.values_list("user__email", "had_news"))[cast.outsider.email] is False


@pytest.mark.usefixtures("pair")
def test_once_a_week_and_nothing_twice(cast: Cast) -> None:
    days = [MONDAY, MONDAY, MONDAY + dt.timedelta(days=6), MONDAY + WEEK]
    assert [TIPS.make_due(day) for day in days] == [3, 0, 0, 0]

    NeedFactory(
        organisation=cast.firm, title="Ruimte voor nog een taalles gezocht", category=CategoryFactory(slug="ruimte")
    )
    Need.objects.filter(title__contains="nog een").update(created_at=MONDAY + WEEK + dt.timedelta(days=1))

    late = MONDAY + 3 * WEEK + dt.timedelta(days=4)  # two weeks that the clock missed
    assert [TIPS.make_due(late), TIPS.make_due(late)] == [3, 0]
    assert "nog een taalles" in Message.objects.filter(email=cast.owner.email).latest("pk").text


@pytest.mark.usefixtures("pair")
def test_what_comes_on_the_day_of_the_mail_is_told_once(cast: Cast) -> None:
    Need.objects.update(created_at=MONDAY - dt.timedelta(hours=2))

    assert [TIPS.make_due(MONDAY + weeks * WEEK) for weeks in range(3)] == [0, 3, 0]


def test_need_that_was_a_draft_first_is_new_when_it_opens(pair: tuple[Need, Offering]) -> None:
    Need.objects.update(created_at=MONDAY - 30 * DAY, state=NeedState.DRAFT)
    made = [TIPS.make_due(MONDAY)]
    need = Need.objects.get()
    need.extend(MONDAY.date() + DAY)
    made.append(TIPS.make_due(MONDAY + WEEK))
    need.close(MONDAY.date() + 8 * DAY)
    need.extend(MONDAY.date() + 9 * DAY)

    assert [*made, TIPS.make_due(MONDAY + 2 * WEEK)] == [0, 3, 0]


@pytest.mark.usefixtures("pair")
def test_no_two_in_a_few_days(cast: Cast) -> None:
    """Who is given a role on a Sunday has one that day, and nothing before Friday."""
    sunday = MONDAY - dt.timedelta(days=1)
    made = [TIPS.make_due(sunday)]
    NeedFactory(
        organisation=cast.firm, title="Ruimte voor nog een taalles gezocht", category=CategoryFactory(slug="ruimte")
    )
    Need.objects.filter(title__contains="nog een").update(created_at=sunday)

    made += [TIPS.make_due(sunday + dt.timedelta(days=days)) for days in (1, 4, 5, 6)]

    assert made == [3, 0, 0, 3, 0]


@pytest.mark.usefixtures("pair")
def test_who_fails_is_named_with_what_they_miss(caplog: pytest.LogCaptureFixture) -> None:
    def fails(user: User, span: news.Span) -> list[news.Item]:
        return [][1]

    assert replace(TIPS, find=fails).make_due(MONDAY) == 0

    assert {record.getMessage() for record in caplog.records} == {"no suggestions for somebody"}


@pytest.mark.usefixtures("pair")
def test_month_and_week_do_not_keep_one_another_back(cast: Cast) -> None:
    EnquiryFactory(offering=Offering.objects.get(), asker=cast.firm, state=EnquiryState.NEW)

    assert [each.make_due(MONDAY) for each in (DIGEST, TIPS, DIGEST, TIPS)] == [2, 3, 0, 0]
    assert [DIGEST.forget(MONDAY + 14 * WEEK), TIPS.forget(MONDAY + 14 * WEEK)] == [0, 3]


@pytest.mark.usefixtures("pair")
def test_who_left_the_digests_is_left_alone_and_who_has_nothing_is_not_asked(cast: Cast) -> None:
    suppression.suppress(cast.owner.email, Suppression.Reason.REQUEST, MONDAY, kind=Kind.DIGEST)

    TIPS.make_due(MONDAY)

    assert mails() == sorted([cast.business.email, cast.editor.email])
    assert not Overview.objects.filter(user=cast.outsider).exists()


@pytest.mark.usefixtures("pair")
def test_month_does_not_say_again_who_looks_for_what_one_has(cast: Cast) -> None:
    """That is for the week: a month is about what waits, what is new and what one looks for oneself."""
    now = timezone.now()

    sections = digests.sections_for(cast.owner, news.Span(MONDAY - WEEK, now))

    titles = [item["title"] for section in sections for item in section["items"]]
    assert [title for title in titles if "taalles" in title] == []


def test_month_says_who_has_what_one_looks_for_and_needs_nothing_else_for_it(cast: Cast) -> None:
    """Also after the week: of four weeks it has the best few, for who missed a tip."""
    course = CategoryFactory(slug="ruimte")
    NeedFactory(organisation=cast.member, title="Ruimte voor taalles gezocht", category=course)
    for number in range(5):
        OfferingFactory(
            organisation=OrganisationFactory(main_sector=SectorFactory(slug="zorg")),
            title=f"Ruimte voor een taalles te leen, zaal {number}",
            category=course,
            published_on=MONDAY.date() - 10 * DAY,
        )
    Need.objects.update(created_at=MONDAY - dt.timedelta(days=20))

    made = [DIGEST.make_due(MONDAY), DIGEST.make_due(MONDAY + 5 * WEEK)]

    message = Message.objects.get(email=cast.owner.email)
    assert made == [2, 0]
    assert message.subject == "Jouw maand in de kring: wie heeft wat jullie zoeken?"
    assert message.text.count("voor jullie vraag ‘Ruimte voor taalles gezocht’") == 3


def test_organisation_with_much_leaves_room_for_the_other_of_the_same_reader(cast: Cast) -> None:
    RoleFactory(user=cast.owner, organisation=cast.elsewhere)
    course = CategoryFactory(slug="ruimte")
    for organisation, words in ((cast.member, "taalles"), (cast.elsewhere, "zwemles")):
        for number in range(5):
            title = f"Ruimte voor {words} te leen, zaal {number}"
            OfferingFactory(
                organisation=OrganisationFactory(), title=title, category=course, published_on=MONDAY.date() - DAY
            )
        for number in range(2):
            NeedFactory(organisation=organisation, title=f"Ruimte voor {words} gezocht {number}", category=course)
    Need.objects.update(created_at=MONDAY - dt.timedelta(days=2))

    told = [item.text for item in offerings.matches(cast.owner, news.Span(MONDAY - WEEK, MONDAY))]

    assert [sum(words in text for text in told) for words in ("taalles gezocht", "zwemles gezocht")] == [3, 3]


@pytest.mark.usefixtures("pair")
def test_notes_are_forgotten(cast: Cast) -> None:
    TIPS.make_due(MONDAY)

    assert TIPS.forget(MONDAY + 12 * WEEK) == 0
    assert TIPS.forget(MONDAY + 14 * WEEK) == 3
