import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from commitments import reminders
from commitments.models import Commitment, CommitmentState, Reminder
from kring.mail.models import Message
from tests.factories import BoardSeatFactory, CommitmentFactory, RoleFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def commitment(reminder_rules: None) -> Commitment:
    BoardSeatFactory()
    commitment: Commitment = CommitmentFactory(due_on=dt.date(2026, 12, 18))
    RoleFactory(organisation=commitment.promisor, user__email="maker@voorbeeld.example")
    RoleFactory(organisation=commitment.beneficiary, user__email="ontvanger@voorbeeld.example")
    return commitment


def mails() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("email", "subject"))


def fired() -> set[tuple[str, dt.date]]:
    return set(Reminder.objects.values_list("rule__slug", "date"))


@pytest.mark.parametrize(
    ("days", "rules"),
    [
        (-15, set()),
        (-14, {"due-14"}),
        (-3, {"due-14", "due-3"}),
        (0, {"due-14", "due-3", "due-0"}),
        (6, {"due-14", "due-3", "due-0"}),
        (7, {"due-14", "due-3", "due-0", "late-weekly"}),
    ],
)
def test_rules_fire_on_their_day(commitment: Commitment, days: int, rules: set[str]) -> None:
    reminders.remind(commitment.due_on + days * DAY)

    assert {rule for rule, _date in fired()} == rules


def test_every_day_for_a_month_says_each_thing_once(commitment: Commitment) -> None:
    for days in range(-20, 30):
        reminders.remind(commitment.due_on + days * DAY)

    to_maker = [subject for email, subject in mails() if email == "maker@voorbeeld.example"]
    assert len(to_maker) == 3 + 4  # before and on the day, then the 7th, 14th, 21st and 28th day
    assert len([email for email, _subject in mails() if email != "maker@voorbeeld.example"]) == 1  # the board, once


def test_twice_in_a_row_says_it_once(commitment: Commitment) -> None:
    assert reminders.remind(commitment.due_on) == 1
    assert reminders.remind(commitment.due_on) == 0
    assert len(mails()) == 1


def test_after_missed_days_one_mail_catches_up(commitment: Commitment) -> None:
    reminders.remind(commitment.due_on + 9 * DAY)

    assert [email for email, _subject in mails()] == ["maker@voorbeeld.example"]
    assert mails()[0][1].startswith("De datum is voorbij")


def test_new_date_is_reminded_anew(commitment: Commitment) -> None:
    reminders.remind(commitment.due_on - 3 * DAY)
    commitment.due_on += 30 * DAY
    commitment.save()

    reminders.remind(commitment.due_on - 31 * DAY)
    assert len(mails()) == 1

    reminders.remind(commitment.due_on - 3 * DAY)
    assert len(mails()) == 2


def test_clock_that_comes_between_two_rules_of_another_says_nothing(commitment: Commitment) -> None:
    """The other clock has said what is due today, and has not come to the rule that fired in days that were missed."""
    reminders.remind(commitment.due_on)
    Reminder.objects.filter(rule__offset_days__lt=0).delete()

    assert reminders.remind(commitment.due_on) == 0
    assert len(mails()) == 1


@pytest.mark.parametrize("state", [CommitmentState.REPORTED, CommitmentState.GIVEN_BACK, CommitmentState.DRAFT])
def test_what_does_not_run_is_not_reminded_of_its_date(commitment: Commitment, state: str) -> None:
    Commitment.objects.update(state=state, given_back_reason="other")

    reminders.remind(commitment.due_on)

    assert mails() == []


def test_proposal_is_asked_again_after_a_week(commitment: Commitment) -> None:
    now = timezone.now()
    Commitment.objects.update(
        state=CommitmentState.PROPOSED, proposed_at=now, proposed_by_organisation=commitment.promisor
    )
    today = timezone.localdate(now)

    reminders.remind(today + 6 * DAY)
    assert mails() == []
    reminders.remind(today + 7 * DAY)
    assert [email for email, _subject in mails()] == ["ontvanger@voorbeeld.example"]


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_say_it_once(commitment: Commitment) -> None:
    def clock() -> None:
        try:
            reminders.remind(commitment.due_on)
        finally:
            connection.close()

    clocks = [threading.Thread(target=clock) for _ in range(4)]
    for each in clocks:
        each.start()
    for each in clocks:
        each.join()

    assert len(mails()) == 1


def test_the_number_of_queries_does_not_grow(commitment: Commitment, django_assert_max_num_queries: object) -> None:
    today = commitment.due_on - 40 * DAY
    CommitmentFactory.create_batch(30, due_on=commitment.due_on)

    with django_assert_max_num_queries(15):  # type: ignore[operator]
        reminders.remind(today)
