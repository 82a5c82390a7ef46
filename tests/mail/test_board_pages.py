"""The board finds each mail, sees its life, and does something about what did not arrive."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from kring.mail import bounces, leaving, outbox, servers, suppression
from kring.mail.models import Kind, MailServer, Message, MessageState, Suppression
from kring.newsletters import subscribing, tokens
from kring.newsletters.models import Consent, Subscriber, SubscriberState
from tests.conftest import Cast
from tests.factories import IssueFactory, SubscriberFactory

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
    marks = (third.message_id, third.message_id.strip("<>"), str(third.uuid), third.uuid.hex)
    assert [listed(board, q=mark) for mark in marks] == [["Bericht 3"]] * 4
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


def test_nobody_gets_hold_of_the_links_of_another(cast: Cast) -> None:
    subscriber = SubscriberFactory(email=READER)
    links = [
        tokens.preferences_of_subscriber(subscriber),
        tokens.web_version(IssueFactory()),
        "https://elders.example/~anna/blad/",
    ]
    message = write(1, Kind.NEWSLETTER, text=" ".join(links), fields={"preferences_url": links[0]})

    page = cast.client("board").get(f"/bestuur/post/{message.uuid}/").content.decode()
    admin = cast.client("administrator").get(f"/beheer/mail/message/{message.pk}/change/").content.decode()

    assert "/nieuwsbrief/voorkeuren/…/" in page
    assert links[2] in page
    assert not any(link.rstrip("/").rsplit("/", 1)[1] in shown for link in links[:2] for shown in (page, admin))


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


@pytest.mark.parametrize("kind", [Kind.REMINDER, Kind.CODE])
def test_mail_that_can_never_go_again_is_not_tried_again(board: Client, kind: str) -> None:
    """Its reader left since, or asks for another code."""
    message = write(kind=kind, state=MessageState.FAILED, error="554 no")
    leaving.leave(write(2, kind=Kind.REMINDER), NOW)
    path = f"/bestuur/post/{message.uuid}/"

    pages = [board.get(each).content.decode() for each in ("/bestuur/", path)]
    told = board.post(f"{path}opnieuw/", follow=True).content.decode()

    message.refresh_from_db()
    why = ["de lezer wil deze mail niet meer"] * 2 if kind == Kind.REMINDER else ["een nieuwe code vraagt", ""]
    assert [words in page for words, page in zip(why, pages, strict=True)] == [True, True]
    assert not any("Probeer opnieuw" in page for page in pages)
    assert ("Alleen de lezer kan dat veranderen" in told) is (kind == Kind.REMINDER)
    assert message.state == MessageState.FAILED


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


@pytest.mark.parametrize("kind", [Kind.NEWSLETTER, Kind.REMINDER])
def test_board_takes_somebody_off_who_asked(board: Client, cast: Cast, kind: str) -> None:
    message = write(kind=kind)
    path = f"/bestuur/post/{message.uuid}/"

    before = board.get(path).content.decode()
    after = board.post(f"{path}afmelden/", follow=True).content.decode()

    assert "Meld af, op verzoek" in before
    assert "De lezer krijgt dit soort mail niet meer." in after
    assert "Meld af, op verzoek" not in after
    assert suppression.is_suppressed(READER, kind)
    assert [(event.what, event.by) for event in message.events.all()] == [("left", cast.board)]
    proof = Consent.objects.values_list("step", "source")
    assert list(proof) == ([("left", "request")] if kind == Kind.NEWSLETTER else [])


def test_board_takes_a_subscriber_off_who_asked(board: Client) -> None:
    subscribing.ask(email=READER, source="site", at=NOW, proven=True)
    path = f"/bestuur/nieuwsbrief/abonnees/{Subscriber.objects.get().uuid}/afmelden/"

    told = [board.post(path, follow=True).content.decode() for _press in range(2)]

    assert f"{READER} krijgt de nieuwsbrief niet meer." in told[0]
    assert f"{READER} had zich al afgemeld." in told[1]
    assert Subscriber.objects.get().state == SubscriberState.LEFT
    assert Consent.objects.latest("pk").source == "request"


def test_dead_letter_asks_for_attention_until_it_is_dealt_with(board: Client) -> None:
    message = write(state=MessageState.FAILED, error="554 no")
    letter = write(2, Kind.NEWSLETTER)
    bounces.note(letter, "hard", "550 5.1.1", NOW)
    before = board.get("/bestuur/").content.decode()

    board.post(f"/bestuur/post/{message.uuid}/afgehandeld/")

    assert f"/bestuur/post/{message.uuid}/" in before
    assert str(letter.uuid) not in before  # its figures tell
    assert str(message.uuid) not in board.get("/bestuur/").content.decode()


def test_address_that_a_newsletter_found_dead_asks_for_attention(board: Client) -> None:
    letter = write(1, Kind.NEWSLETTER)
    bounces.note(letter, "hard", "550 5.1.1 no such user", NOW)
    write(2, state=MessageState.SUPPRESSED)
    before, page = (board.get(path).content.decode() for path in ("/bestuur/", "/bestuur/post/adressen/"))
    (row,) = board.get("/bestuur/post/adressen/").context["rows"]

    again = board.post("/bestuur/post/adressen/", {"adres": row.pk, "doe": "opnieuw"}, follow=True).content.decode()

    assert "1 adres krijgt geen mail meer" in before
    assert (row.message, row.missed) == (letter, 1)
    assert READER in page
    assert "550 5.1.1 no such user" in page
    assert "De volgende mail naar dit adres versturen we weer." in again
    assert not suppression.is_suppressed(READER)
    assert "geen mail meer" not in board.get("/bestuur/").content.decode()


def test_address_that_was_looked_at_asks_no_more_until_it_bounces_anew(board: Client) -> None:
    for email in ("een@voorbeeld.example", "twee@voorbeeld.example"):
        suppression.suppress(email, Suppression.Reason.BOUNCE, NOW)
    first = Suppression.objects.earliest("pk")

    board.post("/bestuur/post/adressen/", {"adres": first.pk, "doe": "afgehandeld"})
    one = Suppression.objects.to_look_at().count()
    board.post("/bestuur/post/adressen/", {"adres": "alle", "doe": "afgehandeld"})
    none = Suppression.objects.to_look_at().count()
    suppression.suppress("een@voorbeeld.example", Suppression.Reason.BOUNCE, NOW)

    assert (one, none) == (1, 0)
    assert list(Suppression.objects.to_look_at()) == [first]
    assert Suppression.objects.standing().count() == 2


def test_board_does_not_lift_a_complaint_from_the_list(board: Client) -> None:
    suppression.suppress(READER, Suppression.Reason.COMPLAINT, NOW)

    told = board.post(
        "/bestuur/post/adressen/", {"adres": Suppression.objects.get().pk, "doe": "opnieuw"}, follow=True
    )

    assert "Alleen de lezer zelf kan dit adres weer openzetten" in told.content.decode()
    assert suppression.is_suppressed(READER)
    assert [
        board.post("/bestuur/post/adressen/", {"adres": "x", "doe": doe}).status_code for doe in ("", "opnieuw")
    ] == [400, 400]


def test_address_of_a_code_that_came_back_is_tried_again_from_its_page(board: Client) -> None:
    message = write(kind=Kind.CODE)
    bounces.note(message, "hard", "550 5.1.1", NOW)

    page = board.get(f"/bestuur/post/{message.uuid}/").content.decode()

    assert "Probeer dit adres weer" in page
    assert 'action="/bestuur/post/adressen/"' in page
    assert "Probeer opnieuw" not in page


def test_many_that_a_newsletter_did_not_reach_fill_no_list(board: Client) -> None:
    failed = write(1, Kind.NEWSLETTER, state=MessageState.FAILED)
    held = write(2, Kind.NEWSLETTER, state=MessageState.HELD)

    page = board.get("/bestuur/").content.decode()

    assert str(failed.uuid) not in page
    assert str(held.uuid) in page


def test_people_of_whom_mail_comes_back_are_marked(cast: Cast) -> None:
    suppression.suppress(cast.owner.email, Suppression.Reason.BOUNCE, NOW)
    subscribing.ask(email=cast.owner.email, source="site", at=NOW, proven=True)
    board = cast.client("board")

    pages = [
        board.get(path).content.decode()
        for path in (f"/bestuur/organisaties/{cast.member.slug}/", "/bestuur/nieuwsbrief/abonnees/")
    ]

    assert [page.count("krijgt geen mail") for page in pages] == [1, 1]


def test_board_sees_that_mail_stays_behind(board: Client) -> None:
    """No server is away: nobody delivers at all."""
    message = write()
    before = board.get("/bestuur/post/").content.decode()
    Message.objects.filter(pk=message.pk).update(next_attempt_at=NOW - dt.timedelta(hours=1))

    after = board.get("/bestuur/post/").content.decode()

    assert "Mail blijft liggen" not in before
    assert "Mail blijft liggen" in after


def test_board_sees_that_nothing_goes_and_may_try_at_once(board: Client) -> None:
    servers.note_away(servers.current(), "421 we are closed", NOW)
    seen = [board.get(path).content.decode() for path in ("/bestuur/", "/bestuur/post/")]

    board.post("/bestuur/post/nu/")

    assert all("421 we are closed" in page for page in seen)
    server = MailServer.objects.get()
    assert server.next_try_at is not None
    assert server.next_try_at <= timezone.now()
