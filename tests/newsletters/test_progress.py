"""What the board reads of an issue on its way: how many, of whom what became, and what can still be done."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from kring.mail import delivery, suppression
from kring.mail.models import BounceKind, Kind, Message, Suppression
from kring.newsletters import figures, sending
from kring.newsletters.figures import Figures
from kring.newsletters.models import Addressee, Issue
from tests.conftest import Cast
from tests.factories import IssueFactory, SubscriberFactory
from tests.newsletters.issues import SYSTEM, M, S, begun, now, state_of
from tests.smtp_server import Behaviour, SmtpServer

pytestmark = pytest.mark.django_db


def told_of(issue: Issue) -> Figures:
    return figures.of(Issue.objects.get(pk=issue.pk), now())


# --- Tried again -----------------------------------------------------------------------------------------------------


@pytest.fixture
def greylisted(server: SmtpServer) -> Issue:
    """Of four readers two have it; the server of the others said to come back."""
    later = {each.email for each in SubscriberFactory.create_batch(4)[:2]}
    server.behaviour = lambda address: Behaviour(rcpt="451 4.7.1 come back") if address in later else Behaviour()
    issue = begun()
    sending.carry_on(now())
    delivery.deliver()
    sending.carry_on(now())
    return issue


def test_issue_is_under_way_until_nobody_is_to_be_tried_again(greylisted: Issue, cast: Cast) -> None:
    before, told = state_of(greylisted), told_of(greylisted)
    page = cast.client("board").get(f"/bestuur/nieuwsbrief/{greylisted.uuid}/voortgang/").content.decode()
    archive = cast.client("visitor").get("/nieuwsbrief/").content.decode()

    Message.objects.filter(state=M.QUEUED).update(state=M.FAILED)
    sending.carry_on(now())

    assert (before, state_of(greylisted)) == (S.SENDING, S.SENT)
    assert (told.sent, told.to_go, told.retrying, told.time_left) == (2, 2, 2, "")
    assert "Nog 2 worden opnieuw geprobeerd" in page
    assert "per minuut" not in page
    assert greylisted.subject in archive


def test_who_is_to_be_tried_again_can_be_held_back(greylisted: Issue, server: SmtpServer) -> None:
    sending.pause(greylisted, SYSTEM, now())
    paused = Message.objects.filter(state=M.PAUSED).count()
    sending.resume(greylisted, SYSTEM, now())

    spared = sending.stop(greylisted, SYSTEM, now())
    delivery.deliver()

    assert (paused, spared, len(server.recipients)) == (2, 2, 2)
    assert told_of(greylisted).to_go == 0


# --- Figures ---------------------------------------------------------------------------------------------------------


def test_each_reader_is_counted_once_in_every_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "CHUNK", 8)
    SubscriberFactory.create_batch(10)
    issue = begun()
    summed = [sum(number for _label, number in told_of(issue).tiles)]
    sending.queue_chunk(issue.pk, now())
    becomes: list[dict[str, Any]] = [
        {"state": M.SENT, "sent_at": now()},
        {"state": M.BOUNCED, "sent_at": now(), "bounce": BounceKind.HARD},
        {"state": M.BOUNCED, "sent_at": now(), "bounce": BounceKind.SOFT},
        *({"state": state} for state in (M.FAILED, M.HELD, M.EXPIRED, M.SUPPRESSED)),
    ]

    for key, became in zip(Message.objects.order_by("pk").values_list("pk", flat=True), becomes, strict=False):
        Message.objects.filter(pk=key).update(**became)
        summed.append(sum(number for _label, number in told_of(issue).tiles))
    for step in (sending.pause, sending.resume, sending.stop):
        step(issue, SYSTEM, now())
        summed.append(sum(number for _label, number in told_of(issue).tiles))

    stopped = told_of(issue)
    assert summed == [10] * len(summed)
    assert stopped.tiles == [
        ("Verstuurd", 3),
        ("Niet gelukt", 3),
        ("Overgeslagen: afgemeld, of het adres werkt niet", 1),
        ("Tegengehouden", 3),
    ]
    assert (stopped.to_go, stopped.done) == (0, 10)
    figures.settle(now() + dt.timedelta(days=31))
    assert (Addressee.objects.count(), told_of(issue).tiles) == (0, stopped.tiles)


def test_who_gets_no_mail_is_not_promised_any(cast: Cast) -> None:
    dead, alive = SubscriberFactory(), SubscriberFactory()
    suppression.suppress(dead.email, Suppression.Reason.BOUNCE, now())
    suppression.suppress(dead.email, Suppression.Reason.REQUEST, now(), kind=Kind.NEWSLETTER)
    suppression.suppress(alive.email, Suppression.Reason.REQUEST, now(), kind=Kind.DIGEST)
    issue = IssueFactory()
    client, path = cast.client("board"), f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/"

    page = client.get(path).content.decode()
    suppression.suppress(alive.email, Suppression.Reason.BOUNCE, now())
    refused = client.post(path, {"doe": "nu", "version": issue.version})

    assert "Dat zijn nu 2 mensen." in page
    assert "1 van hen krijgt hem niet" in page
    assert "Verstuur nu aan 1 mens\n" in page
    assert (refused.status_code, state_of(issue)) == (422, S.DRAFT)
    assert "zit niemand die nog mail krijgt" in refused.content.decode()


def test_page_about_stopping_says_how_many_have_it(cast: Cast) -> None:
    SubscriberFactory.create_batch(3)
    issue = begun()
    sending.carry_on(now())
    Message.objects.filter(pk=Message.objects.latest("pk").pk).update(state=M.FAILED)

    page = cast.client("board").get(f"/bestuur/nieuwsbrief/{issue.uuid}/voortgang/stop/").content.decode()

    assert "0 mensen hebben hem al" in page
    assert "2 mensen krijgen hem dan niet meer" in page


def test_page_asks_itself_whole_once_it_is_over(cast: Cast) -> None:
    SubscriberFactory()
    issue = begun()
    client, path = cast.client("board"), f"/bestuur/nieuwsbrief/{issue.uuid}/voortgang/"

    going = client.get(path, headers={"HX-Target": "voortgang"})
    sending.stop(issue, SYSTEM, now())
    over = client.get(path, headers={"HX-Target": "voortgang"})

    assert ("HX-Refresh" in going, over["HX-Refresh"]) == (False, "true")
