"""What is erased is erased wherever it stands: servers repeat the address in what they say."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from kring.mail import bounces, delivery, keeping, outbox, retention, suppression
from kring.mail.models import Kind, Message, MessageEvent, Suppression
from tests.smtp_server import Behaviour, SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

READER = "lezer@voorbeeld.example"
LATER = timezone.now() + dt.timedelta(days=31)


def everything_kept() -> str:
    rows = [*Message.objects.values_list("email", "error", "smtp_reply"), *MessageEvent.objects.values_list("detail")]
    return str([*rows, *Suppression.objects.values_list("note"), *keeping.lines()])


def refused(server: SmtpServer, number: int) -> Message:
    server.behaviour = lambda address: Behaviour(rcpt=f"550 5.1.1 <{address}>: Recipient address rejected")
    message = outbox.add(
        Message(key=f"m:{number}", kind=Kind.NEWSLETTER, email=READER, subject="Dag", text="Dag", about="issue:1")
    )
    delivery.deliver()
    return message


def test_who_is_forgotten_stands_in_no_answer_of_a_server(server: SmtpServer) -> None:
    refused(server, 1)
    before = everything_kept()

    assert retention.forget_whom(["issue:1"], LATER) == 1

    assert READER in before
    assert READER not in everything_kept()
    assert "<<address>>" in Suppression.objects.get().note


def test_reader_of_an_old_newsletter_stands_in_no_answer_of_a_server(server: SmtpServer) -> None:
    message = refused(server, 1)
    suppression.try_again(READER, timezone.now(), by_owner=False)

    assert retention.erase_readers(LATER) == 1
    bounces.note(message, "soft", f"452 4.2.2 <{READER}> is full", LATER)

    assert READER not in everything_kept()
