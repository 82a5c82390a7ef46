"""The board finds each mail, sees its life, and does something about what did not arrive."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from kring.mail import bounces, outbox, servers, suppression
from kring.mail.models import Kind, MailServer, Message, MessageState, Suppression
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

READER = "lezer@voorbeeld.example"
NOW = timezone.now()


def write(number: int = 1, kind: str = Kind.TRANSACTIONAL, email: str = READER, **fields: object) -> Message:
    written = {"subject": f"Bericht {number}", "text": "Dag, https://k.example/a/geheim/ ", "name": "Nadia Lezer"}
    return outbox.add(Message(key=f"m:{number}", kind=kind, email=email, **written | fields))


@pytest.fixture
def board(cast: Cast) -> Client:
    return cast.client("board")


def listed(client: Client, **query: str) -> list[str]:
    page = client.get("/bestuur/post/", query)
    return [row["message"].subject for row in page.context["rows"]]


def test_each_mail_is_found(board: Client) -> None:
    write(1)
    write(2, email="ander@voorbeeld.example", name="Omar")
    third = write(3, Kind.NEWSLETTER, email="derde@voorbeeld.example", name="", state=MessageState.FAILED)

    assert listed(board) == ["Bericht 3", "Bericht 2", "Bericht 1"]
    assert listed(board, q="LEZER@voorbeeld.example") == ["Bericht 1"]
    assert listed(board, q="omar") == ["Bericht 2"]
    assert listed(board, q="bericht 3") == ["Bericht 3"]
    assert listed(board, q=third.message_id) == ["Bericht 3"]
    assert listed(board, stand="aandacht") == ["Bericht 3"]
    assert listed(board, stand="queued", soort="transactional") == ["Bericht 2", "Bericht 1"]
    assert listed(board, q=" %_'\"", stand="onzin", page="-1") == []


def test_life_of_a_mail_that_came_back(board: Client) -> None:
    message = write()
    bounces.note(message, "hard", "550 5.1.1 no such user", NOW)

    page = board.get(f"/bestuur/post/{message.uuid}/").content.decode()

    assert "In de rij gezet" in page
    assert "550 5.1.1 no such user" in page
    assert "Dit adres krijgt geen mail" in page
    assert "Probeer opnieuw" in page


@pytest.mark.parametrize(
    ("kind", "of_reader", "is_shown"),
    [
        (Kind.TRANSACTIONAL, False, False),
        (Kind.TRANSACTIONAL, True, True),
        (Kind.NEWSLETTER, False, True),
        (Kind.CODE, True, False),
    ],
)
def test_text_is_for_who_may_read_it(cast: Cast, kind: str, of_reader: bool, is_shown: bool) -> None:
    message = write(
        kind=kind, text="Dag lezer, http://localhost:8000/a/geheim/", user=cast.board if of_reader else None
    )

    page = cast.client("board").get(f"/bestuur/post/{message.uuid}/").content.decode()

    assert ("Dag lezer" in page) is is_shown
    assert "/a/geheim/" not in page


def test_board_tries_again(board: Client, cast: Cast) -> None:
    message = write(expires_at=NOW - dt.timedelta(days=1))
    bounces.note(message, "hard", "550 5.1.1 no such user", NOW)

    answer = board.post(f"/bestuur/post/{message.uuid}/opnieuw/", follow=True)

    message.refresh_from_db()
    assert "De mail staat weer in de rij." in answer.content.decode()
    assert (message.state, message.attempts, message.bounce, message.expires_at) == ("queued", 0, "", None)
    assert not suppression.is_suppressed(READER)
    assert [(event.what, event.by) for event in message.events.all()] == [("bounced", None), ("retried", cast.board)]


def test_complaint_is_only_taken_back_by_its_maker(cast: Cast) -> None:
    message = write(email=cast.owner.email)
    bounces.note(message, "complaint", "abuse", NOW)
    board, owner = cast.client("board"), cast.client("owner")

    refused = board.post(f"/bestuur/post/{message.uuid}/opnieuw/", follow=True).content.decode()
    told = owner.get("/mijn/").content.decode()
    page = owner.get("/mijn/mail/").content.decode()
    still = suppression.is_suppressed(cast.owner.email)
    owner.post("/mijn/mail/")

    assert "Alleen de lezer kan dat veranderen" in refused
    assert f"Mail van ons naar {cast.owner.email} komt niet aan" in told
    assert "als ongewenst gemeld" in page
    assert still
    assert not suppression.is_suppressed(cast.owner.email)
    assert "komt niet aan" not in owner.get("/mijn/").content.decode()


def test_nobody_lifts_what_is_anothers(cast: Cast) -> None:
    suppression.suppress(READER, Suppression.Reason.BOUNCE, NOW)

    cast.client("owner").post("/mijn/mail/")

    assert suppression.is_suppressed(READER)


def test_waiting_mail_is_stopped_once(board: Client) -> None:
    message = write()
    path = f"/bestuur/post/{message.uuid}/stoppen/"

    board.post(path)
    again = board.post(path, follow=True).content.decode()

    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED
    assert "Dat kan nu niet meer" in again
    assert message.events.count() == 1
    assert board.post(f"/bestuur/post/{message.uuid}/weg/").status_code == 404


def test_dead_letter_asks_for_attention_until_it_is_dealt_with(board: Client) -> None:
    message = write(state=MessageState.FAILED, error="554 no")
    letter = write(2, Kind.NEWSLETTER)
    bounces.note(letter, "hard", "550 5.1.1", NOW)
    before = board.get("/bestuur/").content.decode()

    board.post(f"/bestuur/post/{message.uuid}/afgehandeld/")

    assert f"/bestuur/post/{message.uuid}/" in before
    assert str(letter.uuid) not in before  # its figures tell
    assert str(message.uuid) not in board.get("/bestuur/").content.decode()


def test_board_sees_that_nothing_goes_and_may_try_at_once(board: Client) -> None:
    servers.note_away(servers.current(), "421 we are closed", NOW)
    seen = [board.get(path).content.decode() for path in ("/bestuur/", "/bestuur/post/")]

    board.post("/bestuur/post/nu/")

    assert all("421 we are closed" in page for page in seen)
    server = MailServer.objects.get()
    assert server.next_try_at is not None
    assert server.next_try_at <= timezone.now()
