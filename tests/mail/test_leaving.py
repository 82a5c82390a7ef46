"""Leaving with one click (RFC 8058): a program may do it without a page, twice, and for nobody else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone
from django.utils.crypto import salted_hmac

from kring.accounts.models import User
from kring.mail import delivery, leaving, mime, outbox, signatures, streams
from kring.mail.models import CAN_BE_LEFT, Kind, Message, MessageState, Suppression
from kring.mail.suppression import is_suppressed, suppress
from kring.newsletters.models import Subscriber, SubscriberState
from tests.factories import SubscriberFactory, UserFactory
from tests.smtp_server import SmtpServer

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
READER, OTHER = "lezer@voorbeeld.example", "ander@voorbeeld.example"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("secret", [None, "een ander geheim"])
def test_signatures_are_those_of_django(secret: str | None) -> None:
    expected = salted_hmac("zout", "wat is getekend é", secret=secret, algorithm="sha256")

    assert signatures.digest("zout", "wat is getekend é", secret) == expected.digest()


def write(email: str = READER, kind: str = Kind.REMINDER, number: int = 1) -> Message:
    return outbox.add(
        Message(key=f"{email}:{kind}:{number}", kind=kind, email=email, subject="Denk eraan", text="Dag")
    )


def path_of(message: Message) -> str:
    return urlsplit(leaving.address(message.uuid)).path


def test_looking_leaves_nothing(client: Client) -> None:
    """A scanner of mail follows every address it sees."""
    path = path_of(write())

    for _look in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200

    assert not is_suppressed(READER, Kind.REMINDER)


def test_program_may_leave_without_a_page_and_twice() -> None:
    """No cookie, no token of ours, no origin."""
    path = path_of(write())
    strict = Client(enforce_csrf_checks=True)

    answers = [strict.post(path, ONE_CLICK) for _press in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not answers[0].cookies
    assert is_suppressed(READER, Kind.REMINDER)


def test_leaving_is_of_one_reader_and_one_kind(client: Client) -> None:
    write(OTHER)
    client.post(path_of(write()), ONE_CLICK)

    assert is_suppressed("LEZER@Voorbeeld.example", Kind.REMINDER)
    assert not is_suppressed(OTHER, Kind.REMINDER)
    assert not is_suppressed(READER, Kind.TRANSACTIONAL)
    assert not is_suppressed(READER, Kind.CODE)


def test_who_left_gets_no_more_of_it_and_all_the_rest(client: Client, server: SmtpServer) -> None:
    client.post(path_of(write(number=0)), ONE_CLICK)
    Message.objects.all().delete()
    reminder, other = write(), write(kind=Kind.TRANSACTIONAL)

    delivery.deliver()

    assert [message.state for message in (refreshed(reminder), refreshed(other))] == [
        MessageState.SUPPRESSED,
        MessageState.SENT,
    ]


def refreshed(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def test_who_left_may_come_back(client: Client) -> None:
    path = path_of(write())
    client.post(path, ONE_CLICK)

    page = client.post(path, {"terug": "1"})

    assert "Geen herinneringen meer?" in page.content.decode()
    assert not is_suppressed(READER, Kind.REMINDER)


def test_room_that_keeps_a_list_hears_of_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(streams, "_left", {})
    monkeypatch.setattr(streams, "_came_back", {})
    streams.register(
        Kind.NEWSLETTER,
        left=lambda message, now: heard.append(("left", message.email)),
        came_back=lambda message, now: heard.append(("came back", message.email)),
    )
    path = path_of(write(kind=Kind.NEWSLETTER))

    client.post(path, ONE_CLICK)
    client.post(path, {"terug": "1"})
    client.post(path_of(write(kind=Kind.REMINDER)), ONE_CLICK)

    assert heard == [("left", READER), ("came back", READER)]


def test_who_moved_leaves_by_an_old_mail(client: Client) -> None:
    user = UserFactory(email=READER)
    path = path_of(
        outbox.add(Message(key="k", kind=Kind.REMINDER, user=user, email=READER, subject="Dag", text="Dag"))
    )
    User.objects.update(email=OTHER)

    client.post(path, ONE_CLICK)
    left = [is_suppressed(email, Kind.REMINDER) for email in (READER, OTHER)]
    client.post(path, {"terug": "1"})

    assert left == [True, True]
    assert [is_suppressed(email, Kind.REMINDER) for email in (READER, OTHER)] == [False, False]


def test_subscriber_who_moved_leaves_the_newsletter_by_an_old_one(client: Client) -> None:
    subscriber = SubscriberFactory(email=OTHER)
    letter = {"email": READER, "recipient": f"subscriber:{subscriber.uuid}", "subject": "Brief", "text": "Dag"}
    path = path_of(outbox.add(Message(key="k", kind=Kind.NEWSLETTER, **letter)))

    client.post(path, ONE_CLICK)
    left = Subscriber.objects.get(pk=subscriber.pk).state
    client.post(path, {"terug": "1"})

    assert left == SubscriberState.LEFT
    assert Subscriber.objects.get(state=SubscriberState.ACTIVE).email == OTHER


def test_coming_back_does_not_revive_an_address_that_bounced(client: Client) -> None:
    path = path_of(write())
    suppress(READER, Suppression.Reason.BOUNCE, timezone.now())

    client.post(path, {"terug": "1"})

    assert is_suppressed(READER, Kind.REMINDER)


@pytest.mark.parametrize("kind", sorted(set(Kind.values) - set(CAN_BE_LEFT)))
def test_what_one_has_to_know_cannot_be_left(client: Client, kind: str) -> None:
    message = write(kind=kind)

    assert client.post(path_of(message), ONE_CLICK).status_code == 404
    assert "List-Unsubscribe" not in mime.build(message).decode()
    assert not is_suppressed(READER, kind)


def tampered(token: str, other: str) -> list[str]:
    name, _sign, signature = token.partition("~")
    return [
        "",
        name,
        f"{name}~",
        f"~{signature}",
        f"{name}~{signature[:-1]}",
        f"{name}~{signature.swapcase()}",
        f"{other.partition('~')[0]}~{signature}",
        f"{name}~{other.partition('~')[2]}",
        Signer(salt="another", sep="~").sign(name),
        Signer(salt=leaving.SALT, sep="~", key="another").sign(name),
        Signer(salt=leaving.SALT, sep="~").sign("f" * 32),
        f"{token}%00",
        token + "x" * 3000,
    ]


def test_nobody_can_make_an_address_up(client: Client) -> None:
    token, other = (path_of(write(email)).strip("/").split("/")[-1] for email in (READER, OTHER))

    for made_up in tampered(token, other):
        path = f"/afmelden/{made_up}/"
        assert client.post(path, ONE_CLICK).status_code in {400, 404}, made_up
        assert client.get(path).status_code in {400, 404}, made_up

    assert not is_suppressed(READER, Kind.REMINDER)
    assert not is_suppressed(OTHER, Kind.REMINDER)


def test_page_is_discreet(client: Client) -> None:
    page = client.get(path_of(write()))

    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("same-origin", "noindex")
    assert {"no-store", "private"} <= {part.strip() for part in page["Cache-Control"].split(",")}


@pytest.mark.parametrize("reason", [Suppression.Reason.BOUNCE, Suppression.Reason.COMPLAINT])
def test_who_holds_the_link_says_that_the_address_works(client: Client, reason: str) -> None:
    path = path_of(write())
    suppress(READER, reason, timezone.now())

    before = client.get(path).content.decode()
    after = client.post(path, {"klopt": "1"}).content.decode()

    assert "Het adres klopt: stuur weer mail" in before
    assert "Stuur mij geen herinneringen meer" in before  # it bounced, but nobody left
    assert "Het adres klopt" not in after
    assert not is_suppressed(READER, Kind.REMINDER)
