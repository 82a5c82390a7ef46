"""The mail server is away, silent, or says no for a while: mail waits and then goes once, and no page waits for it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from kring.mail import delivery, outbox
from kring.mail.models import Kind, MailServer, Message, MessageState
from tests.factories import UserFactory
from tests.product import free_port
from tests.smtp_server import Behaviour, SmtpServer, smtp_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

MAILS = 8
TIMEOUT = 1


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[SmtpServer]:
    with smtp_server() as server:
        settings.MAIL_TRANSPORT = "smtp"
        settings.EMAIL_TIMEOUT = settings.MAIL_ANSWER_SECONDS = TIMEOUT
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.MAIL_JOURNAL = tmp_path / "journal"
        yield server


def away(server: SmtpServer, settings: Settings) -> None:
    settings.EMAIL_PORT = free_port()


def silent(server: SmtpServer, settings: Settings) -> None:
    server.greeting = ""


def closed(server: SmtpServer, settings: Settings) -> None:
    server.greeting = "421 4.3.2 we are closed"


def not_now(server: SmtpServer, settings: Settings) -> None:
    server.greeting = "554 no service here"


def busy(server: SmtpServer, settings: Settings) -> None:
    server.behaviour = lambda address: Behaviour(rcpt="451 4.7.1 greylisted, come back")


def full(server: SmtpServer, settings: Settings) -> None:
    server.behaviour = lambda address: Behaviour(data="452 4.3.1 no room")


def dropping(server: SmtpServer, settings: Settings) -> None:
    server.behaviour = lambda address: Behaviour(drop_before_dot=True)


def not_english(server: SmtpServer, settings: Settings) -> None:
    server.greeting = "\xff\xfe hallo"


Fault = Callable[[SmtpServer, Settings], None]
FAULTS: list[Fault] = [away, silent, closed, not_now, busy, full, dropping, not_english]


def write() -> None:
    for number in range(MAILS):
        email = f"lezer-{number}@voorbeeld.example"
        outbox.add(Message(key=f"m:{number}", kind=Kind.TRANSACTIONAL, email=email, subject="Dag", text="Dag"))


@pytest.mark.parametrize("fault", FAULTS)
def test_mail_waits_and_goes_once(server: SmtpServer, settings: Settings, fault: Fault) -> None:
    greeting, behaviour = server.greeting, server.behaviour
    write()
    fault(server, settings)
    started = time.monotonic()
    meanwhile = [delivery.deliver() for _run in range(3)]
    took = time.monotonic() - started
    waiting = set(Message.objects.values_list("state", flat=True))

    server.greeting, server.behaviour, settings.EMAIL_PORT = greeting, behaviour, server.port
    past = timezone.now() - dt.timedelta(seconds=1)
    Message.objects.update(next_attempt_at=past)
    MailServer.objects.update(next_try_at=past)
    delivery.deliver()
    delivery.deliver()

    assert (meanwhile, waiting) == ([0, 0, 0], {MessageState.QUEUED})
    assert took < 4 * TIMEOUT  # a server that says nothing is asked once a run, not once a message
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}
    assert len(server.counts()) == MAILS
    assert set(server.counts().values()) == {1}


def test_no_page_waits_for_a_silent_server(server: SmtpServer, settings: Settings, client: Client) -> None:
    settings.EMAIL_BACKEND = "kring.mail.backend.OutboxBackend"
    server.greeting = ""
    user = UserFactory(email="anna@voorbeeld.example")

    answer = client.post("/inloggen/", {"email": user.email})

    assert answer.status_code == 302
    assert Message.objects.get().state == MessageState.QUEUED
    assert server.connections == 0
