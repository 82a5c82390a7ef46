"""The life of a message has an ending, whatever it was; and who sends it once more sends it with the day of today."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime

import pytest
from django.utils import timezone

from kring.mail import delivery, life, mime, outbox, suppression
from kring.mail.models import Kind, Message, MessageState, Suppression
from tests.conftest import Cast
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

READER = "lezer@voorbeeld.example"
NOW = timezone.now()


def write(**fields: object) -> Message:
    written = {"key": "m", "kind": Kind.REMINDER, "email": READER, "subject": "Dag", "text": "Dag", "about": "x:1"}
    return outbox.add(Message(**written | fields))


def told(message: Message) -> list[str]:
    message.refresh_from_db()
    return [moment.title for moment in life.story(message)]


def test_mail_that_is_held_back_says_so_and_since_when() -> None:
    message, endings = write(), []
    outbox.pause("x:1")
    endings.append(told(message)[-1])
    outbox.resume("x:1")
    endings.append(told(message)[-1])
    outbox.cancel("x:1")
    endings.append(told(message)[-1])

    assert endings == ["Even stilgezet", "In de rij gezet", "Niet meer nodig"]
    assert message.halted_at is not None
    assert message.halted_at >= NOW


def test_mail_that_a_person_stopped_says_so_once(cast: Cast) -> None:
    message = write()
    outbox.pause("x:1")

    life.stop(message, cast.board, timezone.now())

    assert told(message) == ["In de rij gezet", "Uit de rij gehaald"]


def test_mail_that_came_too_late_or_was_unwanted_says_so(server: SmtpServer) -> None:
    late = write(expires_at=NOW - dt.timedelta(hours=1))
    unwanted = write(key="u", email="ander@voorbeeld.example")
    suppression.suppress(unwanted.email, Suppression.Reason.BOUNCE, NOW - dt.timedelta(days=9), note="550 5.1.1 no")
    delivery.deliver()

    assert told(late)[-1] == "Te laat om nog te sturen"
    assert told(unwanted) == ["In de rij gezet", "Niet verstuurd"]
    assert life.story(unwanted)[-1].text == "adres bestaat niet: 550 5.1.1 no"
    suppression.try_again(unwanted.email, NOW, by_owner=False)
    Suppression.objects.all().delete()
    assert told(unwanted) == ["In de rij gezet", "Niet verstuurd"]


def test_mail_that_is_sent_once_more_has_the_date_of_then(cast: Cast) -> None:
    written_at = NOW - dt.timedelta(days=60)
    message = write(created_at=written_at, state=MessageState.FAILED)
    before = dates(message)

    life.retry(message, cast.board, NOW)
    message.refresh_from_db()

    assert before == written_at.replace(microsecond=0)
    assert dates(message) == NOW.replace(microsecond=0)
    assert message.message_id.encode() in mime.build(message)


def dates(message: Message) -> dt.datetime:
    line = next(each for each in mime.build(message).decode().splitlines() if each.startswith("Date: "))
    return parsedate_to_datetime(line.removeprefix("Date: "))
