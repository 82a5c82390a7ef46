"""The box that mail comes back to is read over IMAP; that it cannot be is seen by the board."""

from __future__ import annotations

import datetime as dt
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from kring.mail import mailbox, reports
from kring.mail.checks import return_box_is_read_in_private
from kring.mail.models import BounceKind, Message, ReturnBox
from tests.conftest import Cast
from tests.mail import returns
from tests.mail.test_bounces import back, sent

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture(autouse=True)
def return_address(settings: Settings) -> None:
    settings.MAIL_RETURN_ADDRESS = "terug@kring.example"


class ImapBox:
    """As much of an IMAP server (RFC 3501) as reading a box takes."""

    def __init__(self, mails: list[bytes], password: str = "") -> None:
        self.mails, self.password = mails, password
        self.flags: dict[int, str] = {}
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]

    def serve(self) -> None:
        line, _peer = self.listening.accept()
        with line, line.makefile("rwb") as talk:
            self.say(talk, "* OK ready")
            while asked := talk.readline().decode().split():
                self.answer(talk, *asked)
                if asked[1].upper() == "LOGOUT":
                    return

    @staticmethod
    def say(talk: io.BufferedRWPair, line: str) -> None:  # type: ignore[type-arg]
        talk.write(line.encode("latin-1") + b"\r\n")
        talk.flush()

    def answer(self, talk: io.BufferedRWPair, tag: str, verb: str, *rest: str) -> None:  # type: ignore[type-arg]
        outcome = "OK done"
        match verb.upper():
            case "CAPABILITY":
                self.say(talk, "* CAPABILITY IMAP4rev1")
            case "LOGIN" if self.password and rest[1].strip('"') != self.password:
                outcome = "NO [AUTHENTICATIONFAILED] wrong password"
            case "SELECT":
                self.say(talk, f"* {len(self.mails)} EXISTS")
            case "SEARCH":
                new = [str(n) for n in range(1, len(self.mails) + 1) if n not in self.flags]
                self.say(talk, f"* SEARCH {' '.join(new)}")
            case "FETCH":
                mail = self.mails[int(rest[0]) - 1][: int(rest[1].partition("<0.")[2].rstrip(">)"))]
                self.say(talk, f"* {rest[0]} FETCH (BODY[]<0> {{{len(mail)}}}\r\n{mail.decode('latin-1')})")
            case "STORE":
                self.flags[int(rest[0])] = rest[2]
        self.say(talk, f"{tag} {outcome}")


@contextmanager
def imap_box(mails: list[bytes], password: str = "") -> Iterator[ImapBox]:
    box = ImapBox(mails, password)
    thread = threading.Thread(target=box.serve, daemon=True)
    thread.start()
    yield box
    box.listening.close()
    thread.join(5)


def test_box_is_read_over_imap(settings: Settings) -> None:
    message = sent()
    with imap_box([returns.delivery(back(message)), b"Subject: Bedankt!\r\n\r\nLeuke mail."]) as box:
        settings.MAIL_RETURN_BOX = f"imap://terug:ge%20heim@127.0.0.1:{box.port}/INBOX"
        assert mailbox.read_returns() == 1

    assert Message.objects.get().bounce == BounceKind.HARD
    assert box.flags == {1: r"(\Deleted)", 2: r"(\Seen)"}


def test_box_whose_password_changed_is_seen_by_the_board(settings: Settings, cast: Cast) -> None:
    with imap_box([], password="nieuw") as box:
        settings.MAIL_RETURN_BOX = f"imap://terug:oud@127.0.0.1:{box.port}/Terug"
        assert mailbox.read_returns() == 0
    at_once = cast.client("board").get("/bestuur/").content.decode()
    ReturnBox.objects.update(failing_since=NOW - dt.timedelta(hours=1))

    pages = [cast.client("board").get(path).content.decode() for path in ("/bestuur/", "/bestuur/post/")]

    assert "niet gelezen" not in at_once  # a box may be away for a moment
    assert all("[AUTHENTICATIONFAILED] wrong password" in page for page in pages)
    assert "127.0.0.1/Terug" in pages[1]
    assert not any("oud@" in page for page in pages)


def test_box_that_is_read_again_asks_for_nothing(settings: Settings) -> None:
    with imap_box([]) as box:
        settings.MAIL_RETURN_BOX = f"imap://terug:geheim@127.0.0.1:{box.port}"
        mailbox.note_failing("timed out", NOW - dt.timedelta(hours=1))
        mailbox.read_returns()

    known = ReturnBox.objects.get()
    assert (known.name, known.failing_since, known.reason) == ("127.0.0.1/INBOX", None, "")
    assert known.read_at is not None


def test_of_a_large_mail_no_more_is_fetched_than_a_report_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    monkeypatch.setattr(reports, "MOST_BYTES", 1000)
    monkeypatch.setattr(reports, "read", lambda mail: read.append(len(mail.as_bytes())))
    with imap_box([b"Subject: Groot\r\n\r\n" + b"x" * 5000]) as box:
        settings.MAIL_RETURN_BOX = f"imap://terug:geheim@127.0.0.1:{box.port}"
        mailbox.read_returns()

    assert len(read) == 1
    assert read[0] < 1100


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("", True),
        ("imaps://terug:geheim@mail.voorbeeld.example/INBOX", True),
        ("imap://terug:geheim@localhost/INBOX", True),
        ("imap://terug:geheim@mail.voorbeeld.example/INBOX", False),
        ("https://mail.voorbeeld.example", False),
    ],
)
def test_password_of_the_box_does_not_go_over_the_network_unencrypted(
    settings: Settings, url: str, is_safe: bool
) -> None:
    settings.MAIL_RETURN_BOX = url

    assert (return_box_is_read_in_private(None) == []) is is_safe


def test_odd_report_does_not_hold_up_the_others(settings: Settings) -> None:
    odd, good = sent(1), sent(2)
    with imap_box(
        [returns.delivery(back(odd), diagnostic="550 5.1.1 no\0such user"), returns.delivery(back(good))]
    ) as box:
        settings.MAIL_RETURN_BOX = f"imap://terug:ge%20heim@127.0.0.1:{box.port}/INBOX"
        assert mailbox.read_returns() == 2

    assert set(Message.objects.values_list("bounce", "error")) == {
        (BounceKind.HARD, "5.1.1 550 5.1.1 nosuch user"),
        (BounceKind.HARD, "5.1.1 550 5.1.1 no such user"),
    }
