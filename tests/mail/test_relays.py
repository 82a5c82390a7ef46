"""Relays as they are: slow to answer, with limits per line, at an agreed pace; and what is wrong with ourselves."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from kring.foundation.models import Circle
from kring.mail import delivery, journal
from kring.mail.models import Kind, MailServer, Message, MessageState
from kring.newsletters.forms.public import SubscribeForm
from tests.mail.test_delivery import later, states, write
from tests.smtp_server import Behaviour, SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(runs: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def work() -> None:
    try:
        delivery.deliver()
    finally:
        connection.close()


@pytest.mark.parametrize("most", [1, 5])
@pytest.mark.parametrize("pipelining", [True, False])
def test_line_that_ends_after_so_many_costs_no_message_anything(
    server: SmtpServer, most: int, pipelining: bool
) -> None:
    server.most_per_line, server.pipelining = most, pipelining
    for number in range(12):
        write(number)

    assert delivery.deliver() == 12

    assert sorted(server.counts().values()) == [1] * 12
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_relay_may_look_at_a_mail_for_longer_than_a_command_takes(server: SmtpServer, settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = 1
    server.behaviour = lambda address: Behaviour(delay=1.5)
    write(1)
    write(2)

    assert delivery.deliver() == 2
    assert sorted(server.counts().values()) == [1, 1]


def test_code_does_not_wait_that_long(server: SmtpServer, settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = 1
    server.behaviour = lambda address: Behaviour(delay=4)
    write(1, Kind.CODE)
    began = time.monotonic()

    delivery.deliver()

    assert time.monotonic() - began < 4
    assert states() == ["queued"]


def test_what_may_have_arrived_each_time_is_for_somebody_to_look_at(server: SmtpServer) -> None:
    server.behaviour = lambda address: Behaviour(drop_after_dot=True)
    write()
    for _try in range(8):
        delivery.deliver()
        later(1)

    assert states() == ["held"]


def test_agreed_pace_is_reached_by_several_workers_too(server: SmtpServer, settings: Settings) -> None:
    settings.MAIL_CONNECTIONS, settings.MAIL_PER_SECOND = 4, 10.0
    for number in range(60):
        write(number)
    began = time.monotonic()

    for _wake in range(20):
        at_once(3)
        if set(states()) == {"sent"}:
            break

    assert set(states()) == {"sent"}
    assert 59 / 10 <= time.monotonic() - began < 2.5 * 60 / 10
    assert sorted(server.counts().values()) == [1] * 60


@pytest.mark.parametrize("reply_to", ["bestuur@kring.example\u202c", "bestuur@kring.example>"])
def test_sender_that_cannot_be_written_fails_nothing(server: SmtpServer, reply_to: str) -> None:
    Circle(pk=1, reply_to=reply_to).save()
    for number in range(3):
        write(number)

    assert delivery.deliver() == 0
    waiting, was = states(), MailServer.objects.get()
    Circle(pk=1, reply_to="bestuur@kring.example").save()
    later(1)
    delivery.deliver()

    assert waiting == ["queued"] * 3
    assert "address for answers" in was.reason
    assert states() == ["sent"] * 3


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("DEFAULT_FROM_EMAIL", "Kring <kring@kring.example>", "mail.E002"),
        ("MAIL_RETURN_ADDRESS", "te rug@kring.example", "mail.E002"),
        ("MAIL_RETURN_ADDRESS", "onbestelbare.post@kring.example", "mail.E003"),
        ("MAIL_ANSWER_SECONDS", 6000, "mail.E001"),
    ],
)
def test_settings_by_which_no_mail_would_leave_are_told(
    settings: Settings, name: str, value: object, error: str
) -> None:
    assert not [found for found in run_checks() if str(found.id).startswith("mail.")]

    setattr(settings, name, value)

    assert error in {found.id for found in run_checks()}


def test_address_that_is_more_than_an_address_is_not_even_announced(server: SmtpServer) -> None:
    """The envelope of the next goes with the dot of the one before (RFC 2920)."""
    smuggled = "x@y.example>\r\nDATA\r\nSubject: x\r\n\r\nhallo\r\n.\r\nMAIL FROM:<q@q.example"
    for number in range(3):
        write(number)
    Message.objects.filter(key="message:1").update(email=smuggled)

    delivery.deliver()

    assert states() == ["sent", "failed", "sent"]
    assert len(server.raw) == 2
    assert server.connections == 1


@pytest.mark.parametrize(
    "address", ["jan@voorbeeld.example\u202c", "=?a?=@voorbeeld.example", "jan@voor\u00adbeeld..nl"]
)
def test_form_says_which_address_no_mail_reaches(address: str) -> None:
    assert "email" in SubscribeForm({"email": address}).errors


def test_mail_that_is_worthless_by_now_is_not_taken(server: SmtpServer) -> None:
    write(1, expires_at=timezone.now() - dt.timedelta(seconds=1))
    write(2, expires_at=timezone.now() + dt.timedelta(minutes=1))
    write(3)

    assert [message.key for message in delivery.claim("wij", timezone.now())] == ["message:2", "message:3"]


def test_run_of_another_machine_is_left_to_it_for_a_while(server: SmtpServer, settings: Settings) -> None:
    settings.MAIL_AMBIGUOUS = "hold"  # one knows nothing of what it sent
    write()
    delivery.claim("elders-1-abc", timezone.now())
    lease = dt.timedelta(seconds=settings.MAIL_LEASE_SECONDS)

    assert delivery.reclaim(timezone.now() + 1.5 * lease) == 0
    assert delivery.reclaim(timezone.now() + 3.5 * lease) == 1
    assert states() == ["held"]


def test_torn_note_is_no_note(server: SmtpServer, settings: Settings) -> None:
    one, two = write(1), write(2)
    dead = journal.Journal(settings.MAIL_JOURNAL)
    delivery.claim(dead.name, timezone.now())
    dead.accept(one.pk, "2.0.0 yes")
    with (settings.MAIL_JOURNAL / dead.name).open("ab") as notes:
        notes.write(f"A {two.pk} 2.0.0 y\xe9".encode("latin-1"))
    dead.close()

    assert delivery.reclaim(timezone.now()) == 2
    assert states() == ["sent", "queued"]


def test_what_its_workers_die_of_does_not_stay_first(server: SmtpServer, settings: Settings) -> None:
    message = write()
    for _death in range(5):
        dead = journal.Journal(settings.MAIL_JOURNAL)
        delivery.claim(dead.name, timezone.now())
        dead.intend(message.pk)
        dead.close()
        delivery.reclaim(timezone.now())

    message.refresh_from_db()
    assert message.state == MessageState.QUEUED
    assert message.next_attempt_at > timezone.now() + dt.timedelta(minutes=5)
