"""When an issue begins: at its time, or when the board says so; what was on the screen, and nothing else."""

from __future__ import annotations

import datetime as dt
import re
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from kring.mail import stencils
from kring.mail.models import Message
from kring.newsletters import giving_back, sending
from kring.newsletters.models import Issue, IssueLink, StepNotAllowed
from tests.conftest import Cast
from tests.factories import (
    IssueFactory,
    NewsletterAudienceFactory,
    SubscriberFactory,
)
from tests.newsletters.issues import SYSTEM, S, now, state_of, version_of

pytestmark = pytest.mark.django_db


def test_scheduled_begins_when_its_time_has_come_also_after_a_missed_day() -> None:
    SubscriberFactory()
    at = now() + dt.timedelta(hours=1)
    issue = IssueFactory()
    issue.schedule(SYSTEM, now(), at=at)

    assert sending.begin_scheduled(at - dt.timedelta(seconds=1)) == 0
    assert sending.begin_scheduled(at + dt.timedelta(days=1)) == 1
    assert sending.begin_scheduled(at + dt.timedelta(days=1)) == 0
    assert (state_of(issue), issue.addressees.count()) == (S.SENDING, 1)


def test_clock_passes_over_what_was_taken_back_or_moved_since_it_looked() -> None:
    SubscriberFactory()
    issue = IssueFactory()
    issue.schedule(SYSTEM, now(), at=now())
    seen = Issue.objects.to_begin(now()).get()

    def passed_over() -> str:
        for step in (sending.begin_due, giving_back.give_back):
            with pytest.raises(StepNotAllowed):
                step(seen, now())
        return state_of(issue)

    issue.unschedule(SYSTEM, now())
    taken_back = passed_over()
    tomorrow = now() + dt.timedelta(days=1)
    issue.schedule(SYSTEM, now(), at=tomorrow)

    assert (taken_back, passed_over()) == (S.DRAFT, S.SCHEDULED)
    assert Issue.objects.get().scheduled_at == tomorrow
    assert Message.objects.count() == 0


def test_scheduled_that_does_not_go_is_told_after_an_hour(cast: Cast) -> None:
    SubscriberFactory()
    issue = IssueFactory(subject="Nieuws")
    board, path = cast.client("board"), f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/"

    def pages(late: dt.timedelta) -> list[bool]:
        Issue.objects.update(state=S.SCHEDULED, scheduled_at=now() - late)
        attention, page = (board.get(each).content.decode() for each in ("/bestuur/", path))
        return [f'href="{path}"' in attention, "Had weg moeten gaan op" in page, "Hij ging niet weg" in page]

    assert pages(dt.timedelta(minutes=59)) == [False] * 3
    assert pages(dt.timedelta(minutes=61)) == [True] * 3
    assert "De nieuwsbrief ‘Nieuws’ had weg moeten gaan" in board.get("/bestuur/").content.decode()


def test_no_version_comes_twice() -> None:
    issue = IssueFactory()
    older = Issue.objects.get()
    issue.locked().keep()
    written = Issue.objects.get().version

    older.schedule(SYSTEM, now(), at=now())

    assert Issue.objects.get().version > written


@pytest.mark.django_db(transaction=True)
def test_two_that_begin_at_once_get_numbers_of_their_own() -> None:
    SubscriberFactory()
    issues = [IssueFactory() for _each in range(4)]

    together = threading.Barrier(len(issues))

    def begin(issue: Issue) -> None:
        together.wait()
        try:
            sending.begin(issue, SYSTEM, now())
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=(issue,)) for issue in issues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(Issue.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize(("readers", "said"), [(1, "Dat is nu 1 mens."), (2, "Dat zijn nu 2 mensen.")])
def test_one_reader_is_one_person(cast: Cast, readers: int, said: str) -> None:
    SubscriberFactory.create_batch(readers)

    page = cast.client("board").get(f"/bestuur/nieuwsbrief/{IssueFactory().uuid}/versturen/").content.decode()

    assert said in page
    assert f"Verstuur nu aan {readers} {'mens' if readers == 1 else 'mensen'}\n" in page


def test_writers_hear_of_a_scheduled_issue_that_did_not_go(cast: Cast) -> None:
    issue = IssueFactory(subject="Nieuws")  # nobody subscribed
    issue.schedule(SYSTEM, now(), at=now())
    board = cast.client("board")

    sending.begin_scheduled(now())
    sending.begin_scheduled(now())

    message = Message.objects.get(template="newsletters/mail/not_sent")
    pages = [board.get(f"/bestuur/nieuwsbrief/{page}").content.decode() for page in ("", f"{issue.uuid}/")]
    assert (message.email, message.subject) == (cast.board.email, "De nieuwsbrief ‘Nieuws’ is niet verstuurd")
    assert "zit niemand" in message.text
    assert f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/" in message.text
    assert all("Er is nog iets te herstellen" in page for page in pages)
    issue.schedule(SYSTEM, now(), at=now() + dt.timedelta(days=1))
    assert "Er is nog iets te herstellen" not in board.get("/bestuur/nieuwsbrief/").content.decode()


def test_scheduled_that_is_not_ready_any_more_goes_back_and_says_why() -> None:
    issue = IssueFactory()  # nobody subscribed
    issue.schedule(SYSTEM, now(), at=now())

    sending.begin_scheduled(now())

    assert state_of(issue) == S.DRAFT
    assert "Er is nog iets te herstellen" in issue.steps.latest("pk").note


# --- By the board ----------------------------------------------------------------------------------------------------


def test_test_mail_goes_to_oneself_once_and_counts_nothing(cast: Cast, settings: Settings) -> None:
    issue = IssueFactory()
    path = f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/"
    client = cast.client("board")
    once = re.findall(r'name="once" value="([^"]+)"', client.get(path).content.decode())[0]

    for _press in range(2):
        assert client.post(path, {"doe": "proef", "once": once}).status_code == 302

    message = Message.objects.select_related("stencil").get()
    html = stencils.body(message).html
    assert (message.email, message.subject) == (cast.board.email, "[proef] Nieuws uit de kring")
    assert "/nieuwsbrief/naar/" not in html
    assert IssueLink.objects.count() == 0
    assert Issue.objects.get().tested_at is not None


def test_board_sends_at_onceor_plans_or_takes_it_back(cast: Cast) -> None:
    SubscriberFactory()
    issue = IssueFactory()
    path = f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/"
    client = cast.client("board")
    tomorrow = timezone.localtime() + dt.timedelta(days=1)

    def plan(at: str) -> Any:
        return client.post(path, {"doe": "later", "later-at": at, "later-version": version_of(issue)})

    past, odd = plan("2020-01-01T09:00"), plan("morgen")
    planned = plan(f"{tomorrow:%Y-%m-%dT%H:%M}").status_code, state_of(issue)
    back = client.post(path, {"doe": "terug"}).status_code, state_of(issue)
    plan(f"{tomorrow:%Y-%m-%dT%H:%M}")
    at_once = {"doe": "nu", "version": version_of(issue)}
    sent = client.post(path, at_once).status_code, state_of(issue)
    again = client.post(path, at_once).status_code, state_of(issue)

    assert (past.status_code, odd.status_code) == (422, 422)
    assert "Dat moment is al voorbij" in past.content.decode()
    assert 'value="morgen"' in odd.content.decode()
    assert [planned, back, sent, again] == [(302, S.SCHEDULED), (302, S.DRAFT), (302, S.SENDING), (302, S.SENDING)]
    assert [step.after for step in issue.steps.order_by("pk")] == [S.SCHEDULED, S.DRAFT, S.SCHEDULED, S.SENDING]


def versions(page: Any) -> dict[str, str]:
    """What its hidden fields hold."""
    return dict(re.findall(r'name="((?:later-)?version)" value="(\d+)"', page.content.decode()))


@pytest.mark.parametrize("deed", ["nu", "later"])
def test_only_what_was_on_the_screen_goes_out(cast: Cast, deed: str) -> None:
    SubscriberFactory()
    issue = IssueFactory()
    path = f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/"
    client = cast.client("board")
    at = f"{timezone.localtime() + dt.timedelta(days=1):%Y-%m-%dT%H:%M}"
    seen = versions(client.get(path))
    issue.locked().keep()

    stale = client.post(path, {"doe": deed, "later-at": at, **seen})
    before = state_of(issue)
    unsaid = client.post(path, {"doe": deed, "later-at": at})
    again = versions(stale)
    gone = client.post(path, {"doe": deed, "later-at": at, **again})

    assert (stale.status_code, unsaid.status_code, gone.status_code, before) == (409, 409, 302, S.DRAFT)
    assert "Deze editie is intussen veranderd" in stale.content.decode()
    assert f'value="{at}"' in stale.content.decode() or deed == "nu"
    assert state_of(issue) == (S.SENDING if deed == "nu" else S.SCHEDULED)


def test_planned_twice_is_planned_once(cast: Cast) -> None:
    SubscriberFactory()
    issue = IssueFactory()
    path = f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/"
    client = cast.client("board")
    at = f"{timezone.localtime() + dt.timedelta(days=1):%Y-%m-%dT%H:%M}"
    plan = {"doe": "later", "later-at": at, **versions(client.get(path))}

    answers = [client.post(path, plan).status_code for _press in range(2)]

    assert (answers, issue.steps.count()) == ([302, 302], 1)


def test_nothing_goes_out_that_is_not_ready(cast: Cast) -> None:
    issue = IssueFactory(audience=NewsletterAudienceFactory(name="Niemand"))
    answer = cast.client("board").post(f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/", {"doe": "nu", "version": 0})

    assert (answer.status_code, state_of(issue)) == (422, S.DRAFT)
    assert "In de doelgroep ‘Niemand’ zit niemand." in answer.content.decode()
