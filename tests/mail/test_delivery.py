import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from kring.mail import delivery, journal, outbox, recording, retention, suppression
from kring.mail.models import Kind, MailServer, Message, MessageState, Suppression
from kring.mail.suppression import is_suppressed, suppress
from tests.smtp_server import Behaviour, SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)


def write(number: int = 1, kind: str = Kind.TRANSACTIONAL, **fields: object) -> Message:
    return outbox.add(
        Message(
            key=f"message:{number}",
            kind=kind,
            email=f"lezer-{number}@voorbeeld.example",
            subject=f"Bericht {number}",
            text="Dag\n.\n..\nklaar é",
            html="<p>Dag é</p>",
            **fields,
        )
    )


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def later(minutes: float) -> None:
    past = timezone.now() - dt.timedelta(minutes=minutes)
    Message.objects.update(next_attempt_at=past)
    MailServer.objects.exclude(away_since=None).update(next_try_at=past)


def test_message_arrives_as_it_was_written(server: SmtpServer) -> None:
    message = write()

    assert delivery.deliver() == 1

    (mail,) = server.to("lezer-1@voorbeeld.example")
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == ["Dag", ".", "..", "klaar é"]
    assert html.get_content().strip() == "<p>Dag é</p>"
    assert mail["Message-ID"] == message.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    message.refresh_from_db()
    assert (message.state, message.attempts, message.smtp_reply) == (MessageState.SENT, 1, "2.0.0 Ok: queued")


def test_one_connection_serves_many(server: SmtpServer) -> None:
    for number in range(45):
        write(number)

    assert delivery.deliver() == 45
    assert server.connections == 1
    assert set(server.counts().values()) == {1}


@pytest.mark.parametrize("broken", [{"headers": {"Subject": "nog een"}}, {"email": "@"}])
def test_message_that_cannot_be_written_stops_no_other(server: SmtpServer, broken: dict[str, object]) -> None:
    for number in range(5):
        write(number)
    Message.objects.filter(key="message:2").update(**broken)

    assert delivery.deliver() == 4

    assert states() == ["sent", "sent", "failed", "sent", "sent"]
    assert sorted(server.counts().values()) == [1, 1, 1, 1]
    assert MailServer.objects.get().away_since is None


def test_server_that_is_asked_again_is_not_back_for_a_message_that_cannot_be_written(server: SmtpServer) -> None:
    server.mail = "550 5.1.8 not from you"
    write(1)
    delivery.deliver()
    later(5)
    Message.objects.update(next_attempt_at=timezone.now() + dt.timedelta(hours=1))
    write(2, headers={"Subject": "nog een"})

    delivery.deliver()

    assert Message.objects.get(key="message:2").state == MessageState.FAILED
    assert MailServer.objects.get().away_since is not None


def test_reply_that_postgresql_cannot_keep_is_kept_without_that(server: SmtpServer) -> None:
    server.behaviour = lambda address: Behaviour(data="250 2.0.0 Ok\0: queued")
    write(1)

    assert delivery.deliver() == 1
    assert Message.objects.get().smtp_reply == "2.0.0 Ok: queued"


def test_next_to_go_are_found_in_order_whatever_the_planner_thinks(db: None) -> None:
    for number in range(300):
        write(number, priority=40 - number % 3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mail_message")  # as when a newsletter was not there yet
        Message.objects.update(state=MessageState.SENT, sent_at=timezone.now())
        cursor.execute("ANALYZE mail_message")
        Message.objects.update(state=MessageState.QUEUED, sent_at=None)

    first = delivery.claim("een", timezone.now(), 100)
    rest = delivery.claim("twee", timezone.now(), 300)

    taken = [(message.priority, message.pk) for message in [*first, *rest]]
    assert (len(first), len(rest)) == (100, 200)
    assert taken == sorted(taken)


def test_code_overtakes_a_newsletter(server: SmtpServer) -> None:
    write(1, Kind.NEWSLETTER, priority=40)
    write(2, Kind.CODE, priority=0)

    delivery.deliver()

    assert server.recipients == ["lezer-2@voorbeeld.example", "lezer-1@voorbeeld.example"]


def test_temporary_refusal_is_tried_again_later(server: SmtpServer) -> None:
    server.behaviour = lambda address: Behaviour(rcpt="450 4.2.1 busy")
    message = write()

    for attempt, wait in enumerate(recording.BACK_OFF, start=1):
        before = timezone.now()
        delivery.deliver()
        message.refresh_from_db()
        assert (message.state, message.attempts) == (MessageState.QUEUED, attempt)
        assert wait <= message.next_attempt_at - before < wait + dt.timedelta(seconds=10)
        later(0)

    delivery.deliver()
    message.refresh_from_db()
    assert message.state == MessageState.FAILED


def test_refusal_for_good_fails_and_spares_the_others(server: SmtpServer) -> None:
    server.behaviour = lambda address: Behaviour(rcpt="550 5.1.1 no such user" if "-2@" in address else "250 ok")
    for number in (1, 2, 3):
        write(number)

    delivery.deliver()

    assert states() == ["sent", "failed", "sent"]
    assert is_suppressed("LEZER-2@voorbeeld.example")
    assert not is_suppressed("lezer-1@voorbeeld.example")


def test_refusal_of_the_text_does_not_suppress_the_address(server: SmtpServer) -> None:
    server.behaviour = lambda address: Behaviour(data="554 5.7.1 looks like spam")
    write()

    delivery.deliver()

    assert states() == ["failed"]
    assert not is_suppressed("lezer-1@voorbeeld.example")


def test_suppressed_address_gets_nothing(server: SmtpServer) -> None:
    server.behaviour = lambda address: Behaviour(rcpt="550 5.1.1 no such user")
    write(1)
    delivery.deliver()
    server.behaviour = lambda address: Behaviour()

    Message.objects.filter(key="message:1").update(key="earlier")
    write(1)
    delivery.deliver()

    assert states() == ["failed", "suppressed"]
    assert server.accepted == []


def test_code_is_tried_once_a_day_at_an_address_that_bounced(server: SmtpServer) -> None:
    to = {"kind": Kind.CODE, "email": "lezer@voorbeeld.example", "subject": "Je code", "text": "1234"}
    suppress("lezer@voorbeeld.example", Suppression.Reason.BOUNCE, timezone.now())
    for number in (1, 2):
        outbox.add(Message(key=f"code:{number}", **to))
        delivery.deliver()
    outbox.add(Message(key="brief", **to | {"kind": Kind.TRANSACTIONAL}))
    delivery.deliver()

    Message.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))
    outbox.add(Message(key="code:3", **to))
    delivery.deliver()

    assert states() == ["sent", "suppressed", "suppressed", "sent"]


def test_line_cut_before_the_dot_is_sent_again(server: SmtpServer) -> None:
    server.behaviour = lambda address: Behaviour(drop_before_dot=True)
    write()
    delivery.deliver()
    assert states() == ["queued"]

    server.behaviour = lambda address: Behaviour()
    later(0)
    delivery.deliver()

    assert states() == ["sent"]
    assert len(server.accepted) == 1


@pytest.mark.parametrize(("choice", "state", "received"), [("resend", "sent", 2), ("hold", "held", 1)])
def test_line_cut_after_the_dot_is_the_ambiguous_case(
    server: SmtpServer, settings: Settings, choice: str, state: str, received: int
) -> None:
    settings.MAIL_AMBIGUOUS = choice
    server.behaviour = lambda address: Behaviour(drop_after_dot=True)
    write()
    delivery.deliver()

    server.behaviour = lambda address: Behaviour()
    later(0)
    delivery.deliver()

    assert states() == [state]
    assert list(server.counts().values()) == [received]  # the same Message-ID each time


def test_server_that_is_away_loses_nothing(server: SmtpServer, settings: Settings) -> None:
    settings.EMAIL_PORT = 1
    for number in range(3):
        write(number)

    assert delivery.deliver() == 0
    assert states() == ["queued"] * 3

    settings.EMAIL_PORT = server.port
    later(0)
    assert delivery.deliver() == 3


def test_late_code_is_not_sent(server: SmtpServer) -> None:
    write(1, Kind.CODE, expires_at=timezone.now() - dt.timedelta(seconds=1))

    delivery.deliver()

    assert states() == ["expired"]
    assert server.accepted == []


@contextmanager
def worker() -> Iterator[None]:
    """One run of another worker, at the same time; waits for its end."""

    def work() -> None:
        try:
            delivery.deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        run = pool.submit(work)
        yield
        run.result()


def test_two_workers_at_once_send_each_message_once(server: SmtpServer) -> None:
    for number in range(100):
        write(number)

    with worker(), worker(), worker():
        pass

    assert len(server.counts()) == 100
    assert set(server.counts().values()) == {1}


@pytest.mark.parametrize(
    ("note", "state"),
    [
        (lambda notes, pk: None, "queued"),
        (lambda notes, pk: notes.intend(pk), "queued"),
        (lambda notes, pk: (notes.intend(pk), notes.accept(pk, "2.0.0 yes")), "sent"),
    ],
)
def test_lease_of_a_dead_worker_is_settled_by_its_journal(
    server: SmtpServer, settings: Settings, note: Callable[[journal.Journal, int], object], state: str
) -> None:
    message = write()
    dead = journal.Journal(settings.MAIL_JOURNAL)
    delivery.claim(dead.name, timezone.now())
    note(dead, message.pk)
    dead.close()  # as the kernel does when a process is killed

    assert delivery.reclaim(timezone.now()) == 1

    assert states() == [state]
    assert not (settings.MAIL_JOURNAL / dead.name).exists()


@pytest.mark.parametrize(
    ("halt", "state"),
    [
        (outbox.pause, "paused"),
        (outbox.cancel, "cancelled"),
        (lambda about: (outbox.pause(about), outbox.cancel(about)), "cancelled"),
        (lambda about: (outbox.pause(about), outbox.resume(about)), "queued"),
    ],
)
def test_what_a_worker_has_in_hand_is_held_back_when_it_comes_back(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch, halt: Callable[[str], object], state: str
) -> None:
    """The server is slow, so that most of the batch comes back when its time is over."""
    monkeypatch.setattr(delivery, "BATCH_SECONDS", 1.5)
    monkeypatch.setattr(delivery, "RUN_SECONDS", 1.5)
    server.behaviour = lambda address: Behaviour(delay=0.4)
    for number in range(20):
        write(number, about="x")

    with worker():
        server.wait_for(1)
        assert set(states()) == {"sending"}
        halt("x")
        assert set(states()) == {"sending"}

    gone = len(server.raw)
    assert 0 < gone < 10
    assert states() == ["sent"] * gone + [state] * (20 - gone)


@pytest.mark.parametrize(("halt", "state"), [(outbox.pause, "paused"), (outbox.cancel, "cancelled")])
def test_what_a_dead_worker_had_in_hand_is_held_back(
    server: SmtpServer, settings: Settings, halt: Callable[[str], int], state: str
) -> None:
    write(about="x")
    dead = journal.Journal(settings.MAIL_JOURNAL)
    delivery.claim(dead.name, timezone.now())
    dead.close()

    held = halt("x")
    delivery.reclaim(timezone.now())

    assert (held, states()) == (0, [state])


def test_lease_of_a_living_worker_is_respected_until_it_runs_out(server: SmtpServer, settings: Settings) -> None:
    write()
    living = journal.Journal(settings.MAIL_JOURNAL)
    delivery.claim(living.name, timezone.now())

    assert delivery.reclaim(timezone.now()) == 0
    assert delivery.reclaim(timezone.now() + dt.timedelta(seconds=settings.MAIL_LEASE_SECONDS + 1)) == 1

    living.close()


def test_message_itself_is_forgotten_after_two_years(server: SmtpServer) -> None:
    write(1)
    delivery.deliver()
    write(2)

    assert retention.forget_messages(timezone.now() + dt.timedelta(days=729)) == 0
    assert retention.forget_messages(timezone.now() + dt.timedelta(days=731)) == 1
    assert states() == ["queued"]  # it waits, and that is to be seen


def test_reader_of_a_newsletter_is_kept_while_the_board_has_to_see_whose_the_address_is(server: SmtpServer) -> None:
    server.behaviour = lambda address: Behaviour(rcpt="550 5.1.1 no such user" if "-1@" in address else "250 ok")
    for number in (1, 2):
        write(number, Kind.NEWSLETTER)
    delivery.deliver()
    later = timezone.now() + dt.timedelta(days=31)

    assert retention.erase_readers(later) == 1
    suppression.try_again("lezer-1@voorbeeld.example", later, by_owner=False)
    assert retention.erase_readers(later) == 1
    assert set(Message.objects.values_list("email", "subject")) == {("", "Bericht 1"), ("", "Bericht 2")}


def test_old_bodies_are_erased_and_figures_stay(server: SmtpServer) -> None:
    message = write()
    delivery.deliver()

    assert retention.erase_bodies(timezone.now() + dt.timedelta(days=89)) == 0
    assert retention.erase_bodies(timezone.now() + dt.timedelta(days=91)) == 1

    message.refresh_from_db()
    assert (message.text, message.html, message.state) == ("", "", MessageState.SENT)
