"""Reminders with a moved clock: each rule once for a date, one mail a day for each person, never at night."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments import notices, promising, reminder_mails, reminder_plan, reminders
from commitments.models import (
    Commitment,
    CommitmentState,
    Outcome,
    Reminder,
    ReminderCopy,
    ReminderHours,
    ReminderRule,
    Side,
)
from kring.foundation.actors import Actor
from kring.mail.models import ActionLink, Message, MessageState
from tests.factories import BoardSeatFactory, CommitmentFactory, RoleFactory

pytestmark = pytest.mark.django_db

S = CommitmentState
DAY = dt.timedelta(days=1)
DUE = dt.date(2026, 12, 18)
MAKER, RECEIVER = "maker@voorbeeld.example", "ontvanger@voorbeeld.example"
SYSTEM = Actor.system()


def at(day: dt.date, hour: int = 9, minute: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def remind(day: dt.date, hour: int = 9, minute: int = 0) -> int:
    """As the clock does, in the morning; how many people were written to."""
    return reminders.remind(at(day, hour, minute))


@pytest.fixture
def commitment(reminder_rules: None) -> Commitment:
    BoardSeatFactory()
    commitment: Commitment = CommitmentFactory(due_on=DUE)
    RoleFactory(organisation=commitment.promisor, user__email=MAKER)
    RoleFactory(organisation=commitment.beneficiary, user__email=RECEIVER)
    return commitment


def another(commitment: Commitment, **given: object) -> Commitment:
    """Between the same two."""
    return CommitmentFactory(  # type: ignore[no-any-return]
        promisor=commitment.promisor, beneficiary=commitment.beneficiary, **given
    )


def mails() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("email", "subject"))


def fired() -> set[tuple[str, dt.date]]:
    return set(Reminder.objects.values_list("rule__slug", "date"))


def outcomes() -> dict[str, str]:
    return dict(Reminder.objects.values_list("rule__slug", "outcome"))


# --- once, whatever the clock does ---


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
    remind(DUE + days * DAY)

    assert {rule for rule, _date in fired()} == rules


def test_every_day_for_a_month_says_each_thing_once(commitment: Commitment) -> None:
    for days in range(-20, 30):
        remind(DUE + days * DAY)

    to_maker = [subject for email, subject in mails() if email == MAKER]
    assert len(to_maker) == 3 + 4  # before and on the day, then the 7th, 14th, 21st and 28th day
    assert len([email for email, _subject in mails() if email != MAKER]) == 1  # the board, once


def test_twice_in_a_row_says_it_once(commitment: Commitment) -> None:
    assert remind(DUE) == 1
    assert remind(DUE) == 0
    assert remind(DUE, 9, 15) == 0
    assert len(mails()) == 1


def test_after_missed_days_one_mail_catches_up(commitment: Commitment) -> None:
    """Five days around the due date without a clock: three dates went by."""
    remind(DUE - 4 * DAY)
    remind(DUE + 1 * DAY)

    assert [email for email, _subject in mails()] == [MAKER] * 2  # of two weeks before, and one that catches up
    assert mails()[1][1].startswith("De datum is voorbij")
    assert outcomes() == {"due-14": Outcome.SAID, "due-3": Outcome.SPOKEN_FOR, "due-0": Outcome.SAID}


def test_new_date_is_reminded_anew(commitment: Commitment) -> None:
    remind(DUE - 3 * DAY)
    Commitment.objects.update(due_on=DUE + 30 * DAY)

    remind(DUE - 1 * DAY)
    assert len(mails()) == 1
    remind(DUE + 27 * DAY)
    assert len(mails()) == 2


def test_clock_that_comes_between_two_rules_of_another_says_nothing(commitment: Commitment) -> None:
    """The other clock has said what is due today, and has not come to the rule that fired in days that were missed."""
    remind(DUE)
    ReminderCopy.objects.filter(reminder__rule__offset_days__lt=0).delete()
    Reminder.objects.filter(rule__offset_days__lt=0).delete()

    assert remind(DUE) == 0
    assert remind(DUE + 1 * DAY) == 0
    assert len(mails()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_say_it_once(commitment: Commitment) -> None:
    another(commitment, due_on=DUE)

    def clock() -> None:
        try:
            remind(DUE)
        finally:
            connection.close()

    clocks = [threading.Thread(target=clock) for _ in range(4)]
    for each in clocks:
        each.start()
    for each in clocks:
        each.join()

    assert len(mails()) == 1
    assert ReminderCopy.objects.filter(told_on=None).count() == 0


@pytest.mark.parametrize("day", [dt.date(2027, 3, 28), dt.date(2026, 10, 25)])
def test_when_the_clock_is_moved_it_comes_once(reminder_rules: None, day: dt.date) -> None:
    """Around the night in which summer time begins or ends, with the hours of that night as the only ones."""
    commitment = CommitmentFactory(due_on=day)
    RoleFactory(organisation=commitment.promisor, user__email=MAKER)
    ReminderHours.objects.create(pk=1, opens=dt.time(1, 0), closes=dt.time(4, 0))
    moment = at(day - DAY, 3)
    while moment < at(day + DAY, 5):
        reminders.remind(moment)
        moment += dt.timedelta(minutes=45)

    told = Reminder.objects.get(rule__slug="due-0")
    assert (told.date, told.outcome) == (day, Outcome.SAID)
    assert [email for email, _subject in mails()] == [MAKER] * 2  # of fourteen days before, caught up; and the day


def test_who_asks_is_selected_in_few_queries(commitment: Commitment) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            remind(DUE - 40 * DAY)
        return len(captured)

    few = queries()
    CommitmentFactory.create_batch(30, due_on=DUE)

    assert queries() == few


# --- what it is about ---


@pytest.mark.parametrize("state", [S.REPORTED, S.GIVEN_BACK, S.DRAFT])
def test_what_does_not_run_is_not_reminded_of_its_date(reminder_rules: None, state: str) -> None:
    CommitmentFactory(due_on=DUE, state=state, given_back_reason="other")

    remind(DUE)

    assert fired() == set()


def test_proposal_is_asked_again_after_a_week(reminder_rules: None) -> None:
    now = at(dt.date(2026, 11, 2), 15)
    made = CommitmentFactory(state=S.PROPOSED, proposed_at=now, due_on=DUE + 300 * DAY)
    made.proposed_by_organisation = made.promisor
    made.save()
    RoleFactory(organisation=made.beneficiary, user__email=RECEIVER)

    remind(now.date() + 6 * DAY)
    assert mails() == []
    remind(now.date() + 7 * DAY)
    assert [email for email, _subject in mails()] == [RECEIVER]


def test_proposal_of_the_board_asks_who_has_not_said_yes(commitment: Commitment) -> None:
    now = at(dt.date(2026, 11, 2))
    made = another(commitment, state=S.PROPOSED, proposed_at=now, due_on=DUE + 300 * DAY)
    promising.accept(made, SYSTEM, now, side=Side.PROMISOR)
    remind(now.date() + 7 * DAY)

    assert [email for email, _subject in mails()] == [RECEIVER]
    assert ActionLink.objects.latest("pk").purpose == notices.ANSWER_AS_BENEFICIARY


def test_while_a_new_date_is_asked_the_maker_has_rest_and_the_other_is_asked(commitment: Commitment) -> None:
    asked = at(DUE - 8 * DAY)
    commitment.propose_date(SYSTEM, asked, side=Side.PROMISOR, new_date=DUE + 40 * DAY, reason="De verf is op.")

    remind(DUE - 3 * DAY)
    assert mails() == []
    remind(DUE - 1 * DAY)

    assert outcomes()["due-3"] == Outcome.DATE_ASKED
    assert [email for email, _subject in mails()] == [RECEIVER]
    assert ActionLink.objects.latest("pk").purpose == notices.ANSWER_DATE


# --- one mail a day ---


def test_ten_things_of_a_day_are_one_mail(commitment: Commitment) -> None:
    for number in range(9):
        another(commitment, due_on=DUE, title=f"Klus {number}")

    assert remind(DUE) == 1

    message = Message.objects.get()
    assert message.subject == "10 afspraken vragen iets van je"
    assert all(f"Klus {number}" in message.text for number in range(9))
    assert ActionLink.objects.filter(purpose=notices.REPORT, email=MAKER).count() == 10
    spoken = ReminderCopy.objects.filter(reminder__outcome=Outcome.SAID)
    assert set(spoken.values_list("told_on", "message")) == {(DUE, message.pk)}


def test_what_comes_later_on_the_day_waits_for_tomorrow(commitment: Commitment) -> None:
    remind(DUE)
    other = another(commitment, due_on=DUE, title="Net erbij")

    assert remind(DUE, 15) == 0
    plan = reminder_plan.of(other, at(DUE, 15))
    waiting = next(line for line in plan.told if line.rule.slug == "due-0")
    assert waiting.stand == "gaat morgen mee: er is vandaag al een mail met herinneringen gestuurd"

    assert remind(DUE + DAY) == 1
    assert mails()[1] == (MAKER, "De datum is voorbij: Net erbij")


def test_more_than_fits_in_a_mail_waits_for_tomorrow(commitment: Commitment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminder_mails, "AT_ONCE", 2)
    for _ in range(2):
        another(commitment, due_on=DUE)

    remind(DUE)
    assert ReminderCopy.objects.filter(told_on=None).count() == 1
    remind(DUE + DAY)

    assert [email for email, _subject in mails()] == [MAKER, MAKER]
    assert not ReminderCopy.objects.filter(told_on=None).exists()


# --- never at night ---


def test_at_night_it_waits_and_says_until_when(commitment: Commitment) -> None:
    assert remind(DUE, 7, 59) == 0
    stand = next(line.stand for line in reminder_plan.of(commitment, at(DUE, 7, 59)).told if line.rule.slug == "due-0")

    assert stand == "wacht op de uren waarop we mailen: 18 december 2026, 08.00 uur"
    assert mails() == []
    assert remind(DUE, 8) == 1


def test_what_was_chosen_at_night_and_done_before_morning_is_not_sent(commitment: Commitment) -> None:
    remind(DUE, 6)
    commitment.report(SYSTEM, at(DUE, 7), quantity=Decimal(10), note="klaar", once=commitment.uuid)

    assert remind(DUE) == 0
    assert outcomes()["due-0"] == Outcome.OVERTAKEN


def test_date_that_moved_at_night_is_not_told_by_morning(commitment: Commitment) -> None:
    remind(DUE, 6)
    proposal = commitment.propose_date(SYSTEM, at(DUE, 7), side=Side.BENEFICIARY, new_date=DUE + 60 * DAY)
    commitment.answer_date(SYSTEM, at(DUE, 7), proposal, yes=True)

    assert remind(DUE) == 0
    assert outcomes()["due-0"] == Outcome.OVERTAKEN


def test_who_left_since_is_not_told(commitment: Commitment) -> None:
    remind(DUE, 6)
    commitment.promisor.roles.update(until=timezone.localdate())
    RoleFactory(organisation=commitment.promisor, user__email="nieuw@voorbeeld.example")

    assert remind(DUE) == 0
    assert outcomes()["due-0"] == Outcome.NOBODY


# --- why, and in which words ---


def test_plan_says_what_was_sent_what_comes_and_why_not(commitment: Commitment) -> None:
    ReminderRule.objects.filter(slug="due-3").update(is_active=False)
    remind(DUE - 14 * DAY)
    Message.objects.update(state=MessageState.SENT, sent_at=at(DUE - 14 * DAY, 9, 1))

    plan = reminder_plan.of(commitment, at(DUE - 10 * DAY))

    assert [(line.rule.slug, line.stand) for line in plan.told] == [("due-14", "verstuurd op 4 december 2026")]
    assert [(line.rule.slug, line.day, line.stand) for line in plan.coming] == [
        ("due-3", DUE - 3 * DAY, "wordt niet verstuurd: deze regel staat uit"),
        ("due-0", DUE, "wordt verstuurd vanaf 08.00 uur, als het dan nog nodig is"),
        ("late-weekly", DUE + 7 * DAY, "wordt verstuurd vanaf 08.00 uur, als het dan nog nodig is"),
        ("late-board", DUE + 14 * DAY, "wordt verstuurd vanaf 08.00 uur, als het dan nog nodig is"),
    ]


def test_plan_says_that_nobody_could_be_told_or_that_it_did_not_arrive(commitment: Commitment) -> None:
    alone = CommitmentFactory(due_on=DUE)
    remind(DUE)
    Message.objects.filter(email=MAKER).update(state=MessageState.SUPPRESSED)

    def stand(of: Commitment) -> str:
        return next(str(line.stand) for line in reminder_plan.of(of, at(DUE)).told if line.rule.slug == "due-0")

    assert stand(alone) == "niet verstuurd: er is niemand om het aan te sturen"
    assert stand(commitment) == "niet aangekomen: niet verstuurd: wil geen mail"


def test_own_words_are_filled_in_and_nothing_in_them_runs(commitment: Commitment) -> None:
    Commitment.objects.update(title="{naam} {{ 7 * 7 }} <b>verf</b>")
    ReminderRule.objects.filter(slug="due-0").update(
        subject="Vandaag: {toezegging}",
        text="Dag {naam},\n\n{maker} doet {hoeveel} voor {ontvanger}, {dagen}. {{ circle.pk }} {% now 'Y' %}",
    )
    remind(DUE)

    message = Message.objects.get()
    assert message.subject == "Vandaag: {naam} {{ 7 * 7 }} <b>verf</b>"
    sides = (commitment.promisor, commitment.beneficiary)
    assert "{} doet 10 uur voor {}, vandaag. {{{{ circle.pk }}}}".format(*sides) in message.text
    assert "<b>verf</b>" not in message.html
    assert "/a/" in message.text


# --- a worker that dies ---


def test_worker_that_dies_between_choosing_and_telling_loses_nothing(commitment: Commitment) -> None:
    reminders.choose(at(DUE))

    assert remind(DUE, 11) == 1
    assert remind(DUE, 12) == 0
    assert len(mails()) == 1
