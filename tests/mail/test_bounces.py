"""What comes back: read as the standards write it, believed only with our own signature, and acted upon once."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import sys

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from kring.mail import delivery, life, outbox, reports, return_address, streams, suppression
from kring.mail.models import BounceKind, Kind, Message, MessageEvent, MessageState, Suppression
from kring.mail.suppression import is_suppressed
from kring.newsletters.models import Subscriber, SubscriberState
from tests.conftest import Cast
from tests.factories import SubscriberFactory
from tests.mail import returns
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

READER = "lezer-1@voorbeeld.example"
NOW = timezone.now()


@pytest.fixture(autouse=True)
def box(settings: Settings) -> None:
    settings.MAIL_RETURN_ADDRESS = "terug@kring.example"


def sent(number: int = 1, email: str = READER, kind: str = Kind.REMINDER, **fields: object) -> Message:
    message = Message(key=f"m:{number}", kind=kind, email=email, subject="Bericht", text="Dag", **fields)
    message = outbox.add(message)
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT, sent_at=NOW)
    message.refresh_from_db()
    return message


def back(message: Message) -> str:
    return return_address.address(message.uuid)


def test_address_fits_and_names_its_message() -> None:
    message = sent()

    local = back(message).partition("@")[0]

    assert len(local) <= 64
    assert list(return_address.found_in(f"To: <{back(message).upper()}>, {back(message)}")) == [message.uuid]


@pytest.mark.parametrize("change", [lambda a: a.replace("+", "+0", 1), lambda a: a.replace("@", "0@"), str.swapcase])
def test_address_that_we_did_not_sign_is_nobodys(change: object) -> None:
    message, other = sent(1), sent(2)
    forged = back(message).replace(message.uuid.hex, other.uuid.hex)

    assert list(return_address.found_in(forged)) == []
    assert reports.take(returns.delivery(forged), NOW) is False
    assert not is_suppressed(READER)


@pytest.mark.django_db(transaction=True)
def test_envelope_has_the_return_address_and_the_header_does_not(server: SmtpServer) -> None:
    message = outbox.add(Message(key="k", kind=Kind.TRANSACTIONAL, email=READER, subject="Dag", text="Dag"))

    delivery.deliver()

    assert server.senders == [back(message)]
    assert "terug" not in server.accepted[0]["From"]


@pytest.mark.parametrize(
    ("status", "diagnostic", "kind"),
    [
        ("5.1.1", "550 5.1.1 no such user", "hard"),
        ("5.1.10", "556 5.1.10 null MX", "hard"),
        ("5.2.1", "550 5.2.1 mailbox disabled", "hard"),
        ("5.2.2", "552 5.2.2 mailbox full", "soft"),
        ("5.7.1", "550 5.7.1 looks like spam", "soft"),
        ("4.4.1", "connection timed out", "soft"),
        ("5.0.0", "550 5.1.1 unknown", "hard"),
        ("5.0.0", "550 no such user here", "hard"),
        ("5.0.0", "554 transaction failed", "soft"),
        ("", "", "soft"),
    ],
)
def test_report_is_classed_by_what_the_server_said(status: str, diagnostic: str, kind: str) -> None:
    message = sent()

    assert reports.take(returns.delivery(back(message), status, diagnostic), NOW)

    message.refresh_from_db()
    assert (message.state, message.bounce, message.bounced_at) == (MessageState.BOUNCED, kind, NOW)
    assert is_suppressed(READER) is (kind == "hard")


def test_third_soft_bounce_in_thirty_days_suppresses() -> None:
    messages = [sent(number) for number in range(4)]
    at = [NOW - dt.timedelta(days=days) for days in (45, 20, 10, 0)]
    known = []
    for message, when in zip(messages, at, strict=True):
        reports.take(returns.delivery(back(message), "5.2.2", "552 full"), when)
        known.append(is_suppressed(READER.upper()))

    assert known == [False, False, False, True]


def soft(message: Message, at: dt.datetime) -> None:
    reports.take(returns.delivery(back(message), "5.2.2", "552 full"), at)


def test_who_says_that_the_address_is_good_begins_anew() -> None:
    for number in range(3):
        soft(sent(number), NOW - dt.timedelta(days=1))
    before = is_suppressed(READER)
    suppression.try_again(READER, NOW, by_owner=True)

    soft(sent(4), NOW + dt.timedelta(hours=1))

    assert (before, is_suppressed(READER)) == (True, False)


def test_mail_that_is_tried_again_and_again_counts_each_time(cast: Cast) -> None:
    message, known = sent(), []
    for hours in range(3):
        Message.objects.update(state=MessageState.SENT, sent_at=NOW)
        soft(message, NOW + dt.timedelta(hours=hours))
        known.append(is_suppressed(READER))
        life.retry(message, cast.board, NOW)

    assert known == [False, False, True]


def test_mail_that_arrives_after_all_asks_for_no_attention() -> None:
    message = sent()
    soft(message, NOW)

    reports.take(returns.delivery(back(message), "2.0.0", "250 ok", action="delivered"), NOW)

    message.refresh_from_db()
    assert (message.state, message.bounce, message.error) == (MessageState.SENT, "", "")
    assert not Message.objects.to_look_at().exists()


def test_same_report_twice_counts_once() -> None:
    message = sent()
    for _time in range(3):
        reports.take(returns.delivery(back(message), "5.2.2", "552 full"), NOW)

    assert not is_suppressed(READER)
    assert message.events.count() == 1


def test_held_up_and_delivered_are_part_of_its_life_only() -> None:
    message = sent()
    reports.take(returns.delivery(back(message), "4.4.1", "timed out", action="delayed"), NOW)
    reports.take(returns.delivery(back(message), "2.0.0", "250 ok", action="delivered"), NOW)

    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert list(message.events.values_list("what", flat=True)) == ["delayed", "delivered"]


def test_complaint_ends_all_but_codes_and_leaves_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[str] = []
    monkeypatch.setattr(streams, "_left", {})
    streams.register(
        Kind.NEWSLETTER, left=lambda message, now: left.append(message.email), came_back=lambda m, n: None
    )
    message = sent(kind=Kind.NEWSLETTER)

    reports.take(returns.complaint(back(message)), NOW)
    reports.take(returns.complaint(back(message)), NOW)

    message.refresh_from_db()
    assert message.bounce == BounceKind.COMPLAINT
    assert left == [READER]
    assert is_suppressed(READER, Kind.TRANSACTIONAL)
    assert not is_suppressed(READER, Kind.CODE)
    assert suppression.unwanted([message]) == {message.pk}


def test_board_gives_another_chance_but_takes_no_complaint_back() -> None:
    suppression.suppress(READER, Suppression.Reason.COMPLAINT, NOW)
    suppression.suppress("b@voorbeeld.example", Suppression.Reason.BOUNCE, NOW)

    assert suppression.try_again("b@voorbeeld.example", NOW, by_owner=False) == 1
    assert suppression.try_again(READER, NOW, by_owner=False) == 0
    assert suppression.try_again(READER, NOW, by_owner=True) == 1
    assert not is_suppressed(READER)


def test_bounce_does_not_replace_a_complaint() -> None:
    """A code still goes there, and may come back: the board would get to lift what is the reader's to take back."""
    suppression.suppress(READER, Suppression.Reason.COMPLAINT, NOW)

    reports.take(returns.delivery(back(sent(kind=Kind.CODE))), NOW)

    listed = Suppression.objects.get()
    assert (listed.reason, listed.can_be_lifted_by_board) == (Suppression.Reason.COMPLAINT, False)
    assert not suppression.try_listed_again(listed, NOW)
    suppression.try_again(READER, NOW, by_owner=True)
    suppression.suppress(READER, Suppression.Reason.BOUNCE, NOW)
    assert Suppression.objects.standing().get().reason == Suppression.Reason.BOUNCE


def test_report_that_overtakes_the_record_stands() -> None:
    """The receiving server may say no before we wrote down that ours said yes."""
    message = outbox.add(Message(key="k", kind=Kind.TRANSACTIONAL, email=READER, subject="Dag", text="Dag"))
    (claimed,) = delivery.claim("worker", timezone.now())
    reports.take(returns.delivery(back(message)), NOW)
    delivery.settle(claimed, MessageState.SENT)
    claimed.sent_at = NOW
    delivery.save([claimed], "worker", [])

    message.refresh_from_db()
    assert message.state == MessageState.BOUNCED


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: Ik ben op vakantie\r\nAuto-Submitted: auto-replied\r\n\r\nTot maandag!",
        b"\xff\xfe\x00" * 500,
        b"Content-Type: message/delivery-status\n\n",
        b'Content-Type: multipart/report; boundary="X"\n\n--X\nContent-Type: message/feedback-report\n\n\n--X--',
    ],
)
def test_what_is_no_report_changes_nothing(raw: bytes) -> None:
    message = sent()

    assert reports.take(raw + f"\n{back(message)}".encode(), NOW) is False

    assert not MessageEvent.objects.exists()


def written_to(to: str, subject: str = "Afmelden", more: str = "") -> bytes:
    return f"From: Lezer <ander@voorbeeld.example>\nTo: {to}\nSubject: {subject}\n{more}\n\nGraag.".encode()


def test_mail_to_the_address_to_leave_by_leaves() -> None:
    message, other = sent(1, kind=Kind.NEWSLETTER), sent(2, kind=Kind.REMINDER)

    taken = reports.take(written_to(return_address.to_leave(message.uuid).upper()), NOW)

    assert taken
    assert is_suppressed(message.email, Kind.NEWSLETTER)
    assert not is_suppressed(other.email, Kind.REMINDER)
    assert Subscriber.objects.get().state == SubscriberState.LEFT


@pytest.mark.parametrize(
    ("subject", "more"), [("Re: De brief", ""), ("Afmelden", "Auto-Submitted: auto-replied\n"), ("", "")]
)
def test_other_mail_to_that_address_leaves_nothing(subject: str, more: str) -> None:
    message = sent(1, kind=Kind.NEWSLETTER)

    assert not reports.take(written_to(return_address.to_leave(message.uuid), subject, more), NOW)
    assert not reports.take(written_to(back(message)), NOW)
    assert not reports.take(written_to("ik@voorbeeld.example", more=return_address.to_leave(message.uuid)), NOW)
    assert not Suppression.objects.exists()


def test_address_to_leave_by_reports_nothing() -> None:
    message = sent()

    assert not reports.take(returns.delivery(return_address.to_leave(message.uuid)), NOW)
    assert Message.objects.get().bounce == ""


def test_mail_server_may_pipe_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    message = sent()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(returns.delivery(back(message)))))

    call_command("take_return", stdout=io.StringIO())

    assert Message.objects.get().bounce == BounceKind.HARD


def test_report_about_an_address_that_is_erased_suppresses_nobody() -> None:
    message = sent(kind=Kind.NEWSLETTER, email="")

    assert reports.take(returns.delivery(back(message)), NOW)

    assert Message.objects.get().bounce == BounceKind.HARD
    assert not Suppression.objects.exists()


def test_complaint_that_only_holds_the_address_to_leave_by_counts() -> None:
    """As some providers send it: the mail itself, without the envelope that it came in."""
    message = sent(kind=Kind.NEWSLETTER)

    assert reports.take(returns.complaint(f"https://k.example/, <mailto:{return_address.to_leave(message.uuid)}"), NOW)

    assert Message.objects.get().bounce == BounceKind.COMPLAINT
    assert is_suppressed(READER, Kind.TRANSACTIONAL)


def test_complaint_about_any_mail_ends_the_newsletter_too() -> None:
    message = sent(kind=Kind.REMINDER)

    reports.take(returns.complaint(back(message)), NOW)

    assert Subscriber.objects.get().state == SubscriberState.LEFT


def test_complaint_about_mail_that_was_erased_counts_where_its_reader_is_now() -> None:
    subscriber = SubscriberFactory(email=READER)
    message = sent(kind=Kind.NEWSLETTER, recipient=f"subscriber:{subscriber.uuid}")
    complaint = returns.complaint(back(message))
    Message.objects.update(email="", name="")

    reports.take(complaint, NOW)

    assert is_suppressed(READER, Kind.TRANSACTIONAL)


# --- Webhooks --------------------------------------------------------------------------------------------------------

SECRET = "anymail:geheim-genoeg"
HOOK = "/mail/melding/postmark/"


@pytest.fixture
def provider(settings: Settings) -> dict[str, str]:
    settings.MAIL_PROVIDER, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": SECRET}
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(SECRET.encode()).decode()}


def told(message: Message, **fields: object) -> str:
    report = {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "TypeCode": 1,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": message.email,
        "Details": "550 5.1.1 no such user",
        "BouncedAt": "2026-11-26T12:00:00Z",
    }
    return json.dumps(report | fields)


def post(body: str, headers: dict[str, str], path: str = HOOK) -> int:
    strict = Client(enforce_csrf_checks=True)
    return strict.post(path, body, content_type="application/json", **headers).status_code  # type: ignore[arg-type]


def test_provider_reports_a_bounce(provider: dict[str, str]) -> None:
    message = sent()

    assert post(told(message), provider) == 200
    assert post(told(message), provider) == 200

    message.refresh_from_db()
    assert message.bounce == BounceKind.HARD
    assert message.events.count() == 1
    assert is_suppressed(READER)


def test_provider_names_the_message_it_means(provider: dict[str, str]) -> None:
    first, _newest = sent(1), sent(2)

    post(told(first, Metadata={"message-id": first.message_id}, Type="SoftBounce", Details="full"), provider)

    first.refresh_from_db()
    assert first.bounce == BounceKind.SOFT
    assert Message.objects.get(key="m:2").bounce == ""


def test_provider_reports_a_complaint(provider: dict[str, str]) -> None:
    message = sent()
    post(told(message, RecordType="SpamComplaint", Type="SpamComplaint", TypeCode=512), provider)

    assert Message.objects.get().bounce == BounceKind.COMPLAINT


@pytest.mark.parametrize("is_erased", [False, True])
def test_complaint_counts_however_late(provider: dict[str, str], is_erased: bool) -> None:
    message = sent(kind=Kind.NEWSLETTER)
    complaint = told(message, RecordType="SpamComplaint", Type="SpamComplaint", TypeCode=512)
    Message.objects.update(sent_at=NOW - dt.timedelta(days=45), email="" if is_erased else READER)

    post(complaint, provider)

    assert Message.objects.get().bounce == ("" if is_erased else BounceKind.COMPLAINT)
    assert is_suppressed(READER, Kind.TRANSACTIONAL)
    assert Subscriber.objects.get().state == SubscriberState.LEFT


def test_nobody_else_may_tell(provider: dict[str, str], settings: Settings) -> None:
    message = sent()
    wrong = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(b"anymail:geraden").decode()}

    assert post(told(message), wrong) == 400
    assert post(told(message), {}) == 400
    assert post(told(message), provider, "/mail/melding/mailgun/") == 404
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}
    assert post(told(message), provider) == 404
    assert Message.objects.get().bounce == ""


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "{}", '{"RecordType": 5}', '{"RecordType": "Bounce"}'])
def test_what_is_no_report_of_a_provider_is_refused_or_ignored(provider: dict[str, str], body: str) -> None:
    assert post(body, provider) in {200, 400}
    assert not MessageEvent.objects.exists()


def test_provider_may_look_first(provider: dict[str, str], client: Client) -> None:
    assert client.head(HOOK).status_code == 200
    assert client.get(HOOK).status_code == 405
