import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

from kring.mail import outbox
from kring.mail.models import Kind, Message, MessageState
from kring.mail.recipients import Recipient

TO = Recipient(email="nadia@maasoever.example", name="Nadia Hoogerduijn")


def write(key: str = "sample:1", **context: object) -> Message:
    return outbox.queue(
        "tests/mail", TO, {"word": "dag", **context}, key=key, kind=Kind.TRANSACTIONAL, about="sample:1"
    )


@pytest.mark.django_db(transaction=True)
def test_mail_of_a_rolled_back_transaction_is_never_sent() -> None:
    def write_and_fail() -> None:
        with transaction.atomic():
            write()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()

    assert not Message.objects.exists()


@pytest.mark.django_db
def test_same_key_twice_is_one_mail() -> None:
    first, second = write(), write(word="anders")

    assert first.pk == second.pk
    assert "dag" in Message.objects.get().text


@pytest.mark.django_db
def test_mail_has_subject_text_and_html_twin() -> None:
    message = write()

    assert message.subject == "Dag Nadia Hoogerduijn, dit is een proef"
    assert message.text.startswith("Beste Nadia,")
    assert "https://" not in message.subject
    assert "<p" in message.html
    assert 'style="' in message.html  # the style sheet stands in the elements
    assert (message.state, message.priority, message.language) == (MessageState.QUEUED, 10, "nl")


@pytest.mark.django_db
def test_text_typed_by_somebody_is_escaped_in_html_and_plain_in_text() -> None:
    message = write(word="<script>alert(1)</script> & zo")

    assert "<script>" not in message.html
    assert "<script>alert(1)</script> & zo" in message.text


@pytest.mark.django_db
def test_subject_cannot_break_out_of_its_header() -> None:
    recipient = Recipient(email=TO.email, name="Nadia\r\nBcc: ander@example.org")

    message = outbox.queue("tests/mail", recipient, {"word": "x"}, key="k", kind=Kind.TRANSACTIONAL)

    assert "\n" not in message.subject + message.name
    assert "\r" not in message.subject + message.name


@pytest.mark.django_db(transaction=True)
def test_many_mails_in_one_transaction_wake_once(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[int] = []
    monkeypatch.setattr(outbox, "publish", lambda task: woken.append(1))
    monkeypatch.setattr(outbox, "_broker_away_until", 0.0)

    with transaction.atomic():
        for number in range(5):
            write(key=f"sample:{number}")

    assert woken == [1]


@pytest.mark.django_db
def test_broker_that_is_away_is_asked_once_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    asked: list[int] = []

    def away(task: str) -> None:
        asked.append(1)
        raise OperationalError("no route")

    monkeypatch.setattr(outbox, "publish", away)
    monkeypatch.setattr(outbox, "_broker_away_until", 0.0)

    for number in range(3):
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
            write(key=f"sample:{number}")

    assert asked == [1]
    assert Message.objects.due(timezone.now()).count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("pace", "waits"), [(0.0, 3600), (2.0, 60)])
def test_newsletter_at_an_agreed_pace_is_not_late(settings: Settings, pace: float, waits: int) -> None:
    settings.MAIL_PER_SECOND = pace
    at = timezone.now()
    for kind, seconds in ((Kind.NEWSLETTER, 3600), (Kind.TRANSACTIONAL, 60)):
        due = at - dt.timedelta(seconds=seconds)
        outbox.add(Message(key=kind, kind=kind, email=TO.email, subject="Dag", next_attempt_at=due))

    assert outbox.oldest_due(at) == dt.timedelta(seconds=waits)


@pytest.mark.django_db
def test_what_was_undone_is_not_sent() -> None:
    write()

    assert outbox.cancel("sample:1") == 1
    assert Message.objects.get().state == MessageState.CANCELLED


@pytest.mark.django_db
def test_what_many_tell_of_is_undone_at_once(django_assert_num_queries: Any) -> None:
    for number in range(5):
        outbox.add(Message(key=str(number), kind=Kind.TRANSACTIONAL, email=TO.email, about=f"sample:{number}"))

    with django_assert_num_queries(4):  # two of them are the savepoint
        assert outbox.cancel(*(f"sample:{number}" for number in range(4))) == 4
    assert outbox.cancel() == 0

    assert list(Message.objects.exclude(state=MessageState.CANCELLED).values_list("key", flat=True)) == ["4"]


@pytest.mark.django_db
def test_django_mail_goes_through_the_outbox_and_expires(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "kring.mail.backend.OutboxBackend"
    mail = EmailMultiAlternatives("Je code", "123456", to=["a@voorbeeld.example"], headers={"X-Expires-After": "600"})
    mail.attach_alternative("<p>123456</p>", "text/html")

    mail.send()

    message = Message.objects.get()
    assert (message.email, message.subject, message.text, message.html) == (
        "a@voorbeeld.example",
        "Je code",
        "123456",
        "<p>123456</p>",
    )
    assert message.kind == Kind.CODE
    assert message.headers == {}
    assert message.expires_at is not None
    assert abs(message.expires_at - timezone.now() - dt.timedelta(minutes=10)) < dt.timedelta(seconds=30)
