"""An issue on its way: written down once, in the outbox once for each reader, whatever happens meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kring.accounts.models import User
from kring.mail import delivery, outbox, retention, stencils
from kring.mail.models import Stencil
from kring.newsletters import figures, sending, tokens
from kring.newsletters.models import Addressee, Issue, StepNotAllowed, Subscriber
from tests.conftest import Cast
from tests.factories import (
    IssueFactory,
    SubscriberFactory,
    UserFactory,
)
from tests.newsletters.issues import SYSTEM, M, S, begun, messages, now, recipients, state_of
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


def test_who_is_gone_since_it_began_holds_nobody_up() -> None:
    gone, there = SubscriberFactory(), SubscriberFactory()
    issue = begun()
    gone.delete()

    sending.carry_on(now())

    counted = figures.of(Issue.objects.get(pk=issue.pk), now())
    assert list(messages(issue).order_by("email").values_list("email", "state")) == [
        ("", M.SUPPRESSED),
        (there.email, M.QUEUED),
    ]
    assert (counted.readers, counted.unwanted, counted.to_go) == (2, 1, 1)


def test_who_moved_meanwhile_gets_it_at_the_present_address_and_once() -> None:
    moved, together, other = UserFactory(email="oud@voorbeeld.example"), UserFactory(), SubscriberFactory()
    for user in (moved, together):
        SubscriberFactory(email=user.email.lower())
    issue = begun()
    Subscriber.objects.exclude(pk=other.pk).delete()
    User.objects.filter(pk=moved.pk).update(email="Nieuw@voorbeeld.example")
    User.objects.filter(pk=together.pk).update(email=other.email)

    sending.carry_on(now())

    assert sorted(messages(issue).values_list("email", "state")) == [
        ("", M.SUPPRESSED),
        *sorted([(other.email, M.QUEUED), ("nieuw@voorbeeld.example", M.QUEUED)]),
    ]


def test_issue_that_does_not_get_on_holds_no_other_up() -> None:
    SubscriberFactory()
    broken, other = begun(), begun()
    Stencil.objects.filter(key__startswith=broken.about).delete()

    sending.carry_on(now())

    assert (messages(broken).count(), messages(other).count()) == (0, 1)


# --- Once, whatever happens ------------------------------------------------------------------------------------------


class Killed(Exception):
    """A worker that stops in the middle."""


@pytest.mark.usefixtures("small_chunks")
def test_dead_worker_leaves_its_chunk_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    SubscriberFactory.create_batch(5)
    issue = begun()
    sending.queue_chunk(issue.pk, now())
    queue_many = outbox.queue_many

    def killed(*args: Any, **kwargs: Any) -> int:
        queue_many(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "queue_many", killed)
        with pytest.raises(Killed):
            sending.queue_chunk(issue.pk, now())
    waiting = Addressee.objects.waiting().count()

    sending.carry_on(now())
    sending.carry_on(now())

    assert waiting == 3
    assert sorted(messages(issue).values_list("email", flat=True)) == sorted(
        Subscriber.objects.values_list("email", flat=True)
    )


def test_same_address_is_mailed_once_even_when_written_down_anew() -> None:
    SubscriberFactory()
    issue = begun()
    sending.carry_on(now())
    Addressee.objects.update(queued_at=None)
    sending.carry_on(now())

    assert messages(issue).count() == 1


def test_begins_once(cast: Cast) -> None:
    SubscriberFactory()
    issue = IssueFactory()
    sending.begin(issue, SYSTEM, now())

    with pytest.raises(StepNotAllowed):
        sending.begin(issue, SYSTEM, now())
    assert (Stencil.objects.count(), Addressee.objects.count()) == (1, 1)


def test_chunk_asks_as_much_for_many_as_for_few() -> None:
    def asked(number: int) -> int:
        SubscriberFactory.create_batch(number)
        issue = begun()
        with CaptureQueriesContext(connection) as queries:
            sending.queue_chunk(issue.pk, now())
        return len(queries)

    assert asked(1) == asked(60)


# --- Held back -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_chunks")
def test_pause_holds_all_that_waits_and_resume_lets_it_go(server: SmtpServer) -> None:
    SubscriberFactory.create_batch(5)
    issue = begun()
    sending.queue_chunk(issue.pk, now())
    sending.pause(issue, SYSTEM, now())

    sending.carry_on(now())
    delivery.deliver()
    held = (figures.of(Issue.objects.get(), now()).sent, Addressee.objects.waiting().count())
    sending.resume(issue, SYSTEM, now())
    sending.carry_on(now())
    delivery.deliver()
    sending.carry_on(now())

    assert held == (0, 3)
    assert recipients(server) == sorted(Subscriber.objects.values_list("email", flat=True))
    assert state_of(issue) == S.SENT


@pytest.mark.usefixtures("small_chunks")
def test_stopped_reaches_nobody_else(server: SmtpServer, client: Client) -> None:
    SubscriberFactory.create_batch(5)
    issue = begun()
    sending.queue_chunk(issue.pk, now())
    delivery.deliver()
    sending.queue_chunk(issue.pk, now())

    spared = sending.stop(issue, SYSTEM, now())
    sending.carry_on(now())
    delivery.deliver()

    told = figures.of(Issue.objects.get(), now())
    assert (spared, told.sent, told.cancelled) == (3, 2, 3)
    assert len(recipients(server)) == 2
    assert client.get(f"/nieuwsbrief/{Issue.objects.get().number}/").status_code == 404
    assert client.get(urlsplit(tokens.web_version(issue)).path).status_code == 200


def test_what_stood_still_for_months_goes_out_with_its_text() -> None:
    SubscriberFactory()
    issue = begun()
    sending.pause(issue, SYSTEM, now())

    erased = retention.erase_stencils(now() + dt.timedelta(days=91))
    sending.resume(issue, SYSTEM, now())
    sending.carry_on(now())

    body = stencils.body(messages(issue).select_related("stencil").get())
    assert (erased, "84 gerechten" in body.text) == (0, True)
    sending.stop(issue, SYSTEM, now())
    assert retention.erase_stencils(now() + dt.timedelta(days=91)) == 1


def test_steps_that_make_no_sense_are_refused_by_the_page(cast: Cast) -> None:
    SubscriberFactory()
    issue = begun()
    client = cast.client("board")

    def do(deed: str) -> str:
        assert client.post(f"/bestuur/nieuwsbrief/{issue.uuid}/voortgang/doe/", {"doe": deed}).status_code == 302
        return state_of(issue)

    assert [do("verder"), do("pauze"), do("pauze"), do("verder"), do("stop"), do("verder"), do("stop")] == [
        *(S.SENDING, S.PAUSED, S.PAUSED, S.SENDING, S.STOPPED, S.STOPPED, S.STOPPED)
    ]
    # By somebody, and only when something happened.
    assert [(each.after, each.actor) for each in issue.steps.order_by("pk")][1:] == [
        (S.PAUSED, cast.board),
        (S.SENDING, cast.board),
        (S.STOPPED, cast.board),
    ]
