"""Whatever the mail server does, and in whatever state a message is met: each ends in one place, with its reason."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from kring.mail import delivery, journal, outbox, servers, suppression
from kring.mail.models import Kind, MailServer, Message, MessageState, Suppression
from tests.smtp_server import Behaviour, SmtpServer, smtp_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

S = MessageState


@pytest.fixture(params=[True, False], ids=["pipelining", "one at a time"])
def server(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SmtpServer]:
    with smtp_server() as server:
        server.pipelining = request.param
        settings.MAIL_TRANSPORT = "smtp"
        settings.EMAIL_TIMEOUT = settings.MAIL_ANSWER_SECONDS = 2
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.MAIL_JOURNAL = tmp_path / "journal"
        yield server


# What the server does with an address, how often it has the message in the end, and what we make of it.
FAULTS: dict[str, tuple[Behaviour, int, str]] = {
    "takes": (Behaviour(), 1, S.SENT),
    "unknown": (Behaviour(rcpt="550 5.1.1 no such user"), 0, S.FAILED),
    "bare": (Behaviour(rcpt="550 mailbox unavailable"), 0, S.FAILED),
    "refused": (Behaviour(rcpt="554 5.7.1 not you"), 0, S.FAILED),
    "spam": (Behaviour(data="554 5.7.1 looks like spam"), 0, S.FAILED),
    "bare-content": (Behaviour(data="550 not this"), 0, S.FAILED),
    "unsaid-content": (Behaviour(data="550 5.1.1 said too late"), 0, S.FAILED),
    "greylisted": (Behaviour(rcpt="450 4.7.1 come back"), 1, S.SENT),
    "full": (Behaviour(data="452 4.2.2 mailbox full"), 1, S.SENT),
    "cut-before": (Behaviour(drop_before_dot=True), 1, S.SENT),
    "cut-after": (Behaviour(drop_after_dot=True), 2, S.SENT),
    "slow": (Behaviour(delay=0.3), 1, S.SENT),
}


def test_every_fault_in_one_run(server: SmtpServer) -> None:
    """Each among good ones, so that what one does to the line is seen at the next; the faults that pass do so once."""
    met: set[str] = set()

    def behave(address: str) -> Behaviour:
        name = address.partition("@")[0]
        behaviour, _times, _state = FAULTS.get(name, FAULTS["takes"])
        lasting = behaviour.rcpt.startswith("5") or behaviour.data.startswith("5") or behaviour.delay
        if name in met and not lasting:
            return Behaviour()
        return behaviour

    server.behaviour = behave
    names = [each for name in FAULTS for each in (name, f"goed-{name}")]
    for name in names:
        add(name)

    delivery.deliver()
    met.update(FAULTS)
    for _run in range(3):
        its_time_has_come()
        delivery.deliver()

    ended = dict(Message.objects.values_list("key", "state"))
    received = {name: server.recipients.count(f"{name}@voorbeeld.example") for name in names}
    assert ended == {name: FAULTS.get(name, FAULTS["takes"])[2] for name in names}
    assert received == {name: FAULTS.get(name, FAULTS["takes"])[1] for name in names}
    assert set(server.counts().values()) <= {1, 2}
    unexplained = Message.objects.filter(state=S.FAILED, error="")
    assert not unexplained.exists()
    no_mailbox = {name for name in names if suppression.is_suppressed(f"{name}@voorbeeld.example")}
    assert no_mailbox == {"unknown", "bare"}


def add(name: str, **fields: object) -> Message:
    email = f"{name}@voorbeeld.example"
    return outbox.add(Message(key=name, kind=Kind.TRANSACTIONAL, email=email, subject="Dag", text="Dag", **fields))


def its_time_has_come() -> None:
    past = timezone.now() - dt.timedelta(seconds=1)
    Message.objects.filter(state=S.QUEUED).update(next_attempt_at=past)
    MailServer.objects.exclude(away_since=None).update(next_try_at=past)


def as_it_was(message: Message, settings: Settings) -> None:
    pass


def too_late(message: Message, settings: Settings) -> None:
    Message.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))


def undone(message: Message, settings: Settings) -> None:
    outbox.cancel("x")


def paused(message: Message, settings: Settings) -> None:
    outbox.pause("x")


def unwanted(message: Message, settings: Settings) -> None:
    suppression.suppress(message.email, Suppression.Reason.BOUNCE, timezone.now())


def of_a_dead_worker(message: Message, settings: Settings) -> None:
    dead = journal.Journal(settings.MAIL_JOURNAL)
    delivery.claim(dead.name, timezone.now())
    dead.close()


def accepted_by_a_dead_worker(message: Message, settings: Settings) -> None:
    dead = journal.Journal(settings.MAIL_JOURNAL)
    delivery.claim(dead.name, timezone.now())
    dead.intend(message.pk)
    dead.accept(message.pk, "2.0.0 Ok")
    dead.close()


def of_a_living_worker(message: Message, settings: Settings) -> None:
    Message.objects.update(state=S.SENDING, lease_by="elsewhere", lease_until=timezone.now() + dt.timedelta(minutes=5))


STATES: list[tuple[Callable[[Message, Settings], None], str, int]] = [
    (as_it_was, S.SENT, 1),
    (too_late, S.EXPIRED, 0),
    (undone, S.CANCELLED, 0),
    (paused, S.PAUSED, 0),
    (unwanted, S.SUPPRESSED, 0),
    (of_a_dead_worker, S.SENT, 1),
    (accepted_by_a_dead_worker, S.SENT, 0),  # before, by the other
    (of_a_living_worker, S.SENDING, 0),
]


@pytest.mark.parametrize(("put", "state", "times"), STATES)
def test_every_state_that_a_message_is_met_in(
    server: SmtpServer, settings: Settings, put: Callable[[Message, Settings], None], state: str, times: int
) -> None:
    message = add("een", about="x")
    put(message, settings)

    for _run in range(2):
        delivery.reclaim(timezone.now())
        delivery.deliver()

    message.refresh_from_db()
    assert (message.state, len(server.raw)) == (state, times)


def test_lines_and_pace_hold_over_all_workers(server: SmtpServer, settings: Settings) -> None:
    settings.MAIL_CONNECTIONS, settings.MAIL_PER_SECOND = 2, 40.0
    server.behaviour = lambda address: Behaviour(delay=0.002)
    for number in range(40):
        add(f"m{number}")
    started = timezone.now()
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = (timezone.now() - started).total_seconds()

    assert len(server.counts()) == 40
    assert set(server.counts().values()) == {1}
    assert took >= 39 / 40.0
    assert server.connections == 1  # one of two is kept for codes, so the others found no line


def work() -> None:
    try:
        delivery.deliver()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("mail", "rcpt"),
    [
        ("550 sender rejected", ""),
        ("553 5.1.8 sender domain not found", ""),
        ("554 5.7.1 not you", ""),
        ("", "550 5.1.8 sender address rejected"),
        ("", "553 5.1.7 sender address has bad syntax"),
    ],
)
def test_refusal_of_our_sender_costs_no_reader_anything(server: SmtpServer, mail: str, rcpt: str) -> None:
    for number in range(10):
        add(f"m{number}")
    server.mail = mail or server.mail
    server.behaviour = lambda address: Behaviour(rcpt=rcpt or "250 Ok")
    for _run in range(3):
        delivery.deliver()
        its_time_has_come()
    waiting = set(Message.objects.values_list("state", flat=True))
    server_was = MailServer.objects.get()

    server.mail, server.behaviour = "250 2.1.0 Ok", lambda address: Behaviour()
    delivery.deliver()

    assert waiting == {S.QUEUED}
    assert server_was.reason == (mail or rcpt)
    assert not Suppression.objects.exists()
    assert set(Message.objects.values_list("state", flat=True)) == {S.SENT}
    assert len(server.raw) == 10


@pytest.mark.parametrize(
    "no",
    [
        {"data": "550 we had enough of this"},
        {"rcpt": "550 relay not permitted"},
        {"rcpt": "553 5.7.1 not in my list of rcpthosts"},
        {"rcpt": "551 nee"},
        {"rcpt": "554 5.7.1 relay access denied"},
    ],
)
def test_no_that_is_said_to_all_in_a_row_costs_no_reader_anything(server: SmtpServer, no: dict[str, str]) -> None:
    for number in range(20):
        add(f"m{number}")
    server.behaviour = lambda address: Behaviour(**no)
    for _run in range(3):
        delivery.deliver()
        its_time_has_come()
    waiting = Message.objects.values_list("state", "attempts")
    tried = [attempts for _state, attempts in waiting if attempts]
    waited = {state for state, _attempts in waiting}
    was = MailServer.objects.get()

    server.behaviour = lambda address: Behaviour()
    delivery.deliver()

    assert waited == {S.QUEUED}
    assert sum(tried) == delivery.Circuit.LIMIT + 2  # one message at a time once it is open
    assert was.reason in no.values()
    assert not Suppression.objects.exists()
    assert sorted(server.counts().values()) == [1] * 20


def test_clock_of_the_codes_leaves_the_next_try_to_who_has_mail(server: SmtpServer) -> None:
    add("een")
    servers.note_away(servers.current(), "421 closing", timezone.now())
    its_time_has_come()

    delivery.deliver(only_codes=True)
    delivery.deliver()

    assert len(server.raw) == 1
    assert MailServer.objects.get().away_since is None


def test_circuit_is_tried_with_one_message_and_closes(server: SmtpServer) -> None:
    for number in range(10):
        add(f"m{number}")
    server.behaviour = lambda address: Behaviour(rcpt="421 4.3.2 closing")
    delivery.deliver()
    opened = MailServer.objects.get()
    tried = sum(Message.objects.values_list("attempts", flat=True))

    delivery.deliver()  # too soon
    still = sum(Message.objects.values_list("attempts", flat=True))
    its_time_has_come()
    delivery.deliver()
    probed = sum(Message.objects.values_list("attempts", flat=True))
    server.behaviour = lambda address: Behaviour()
    its_time_has_come()
    delivery.deliver()

    assert opened.reason == "421 4.3.2 closing"
    assert (tried, still, probed) == (delivery.Circuit.LIMIT, delivery.Circuit.LIMIT, delivery.Circuit.LIMIT + 1)
    assert MailServer.objects.get().away_since is None
    assert len(server.raw) == 10
