import datetime as dt
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client
from django.utils import timezone

from kring.mail import links, posting
from kring.mail.models import ActionLink, Message
from kring.mail.recipients import Recipient
from kring.mail.views import act as view
from tests.factories import UserFactory

SUBJECT = uuid.uuid4()
HOLDER = Recipient(email="nadia@maasoever.example", name="Nadia")
WEEK = dt.timedelta(days=7)


class Door(links.LinkPage):
    """Opens a door, if the form was filled in."""

    purpose = "test.door"
    opened = 0
    gone = False

    def find(self, link: ActionLink) -> object | None:
        return None if self.gone else "the door"

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        return HttpResponse("press the button")

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        if "word" not in request.POST:
            return HttpResponse("say the word", status=422)
        self.opened += 1
        return HttpResponseRedirect(request.path)

    def over(self, link: ActionLink) -> links.Over:
        return links.Over("De deur is open.", "/deur/", "Ga naar binnen")


@pytest.fixture
def door(db: None) -> Iterator[Door]:
    links.register(Door)
    door = links.page_for(Door.purpose)
    assert isinstance(door, Door)
    yield door
    del links._pages[Door.purpose]


@pytest.fixture
def path(door: Door) -> str:
    return urlsplit(links.issue(Door.purpose, SUBJECT, HOLDER, expires_in=WEEK)).path


def test_looking_changes_nothing_however_often(door: Door, path: str, client: Client) -> None:
    for _ in range(3):
        assert client.get(path).content == b"press the button"
        assert client.head(path).status_code == 200

    assert door.opened == 0
    assert ActionLink.objects.get().used_at is None


def test_a_scanner_that_posts_without_the_page_is_refused(door: Door, path: str) -> None:
    scanner = Client(enforce_csrf_checks=True)

    assert scanner.post(path, {"word": "open"}).status_code == 403
    assert door.opened == 0


def test_pressing_acts_once_and_then_says_what_is_the_case(door: Door, path: str, client: Client) -> None:
    first = client.post(path, {"word": "open"})
    second = client.post(path, {"word": "open"})

    assert first.status_code == 302
    assert door.opened == 1
    assert "De deur is open." in second.content.decode()
    assert "De deur is open." in client.get(path).content.decode()


def test_bad_input_leaves_the_link_usable(door: Door, path: str, client: Client) -> None:
    assert client.post(path, {}).status_code == 422
    assert client.post(path, {"word": "open"}).status_code == 302
    assert door.opened == 1


def test_expired_link_says_so_and_does_nothing(door: Door, path: str, client: Client) -> None:
    ActionLink.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    page = client.post(path, {"word": "open"}).content.decode()

    assert "Deze link is verlopen" in page
    assert "/deur/" in page
    assert door.opened == 0


def test_revoked_link_does_nothing(door: Door, path: str, client: Client) -> None:
    assert links.revoke(Door.purpose, SUBJECT, timezone.now()) == 1

    assert "Zo staat het ervoor" in client.post(path, {"word": "open"}).content.decode()
    assert door.opened == 0


def test_link_to_a_thing_that_moved_on_does_nothing(door: Door, path: str, client: Client) -> None:
    door.gone = True

    assert "De deur is open." in client.get(path).content.decode()
    assert client.post(path, {"word": "open"}).status_code == 200
    assert door.opened == 0


def test_same_mail_twice_leaves_no_link_that_nobody_was_sent(db: None) -> None:
    for _time in range(3):
        posting.post(
            "tests/mail", [HOLDER, HOLDER], {}, key="k", about="x", button=("", "Ga"), purpose="test", subject=SUBJECT
        )

    assert (Message.objects.count(), ActionLink.objects.count()) == (1, 1)


def test_holder_of_a_link_is_written_to_in_their_own_language(db: None) -> None:
    user = UserFactory(language="en")
    links.issue(Door.purpose, SUBJECT, Recipient.of(user), expires_in=WEEK)
    links.issue(Door.purpose, SUBJECT, HOLDER, expires_in=WEEK)

    assert [link.holder for link in ActionLink.objects.order_by("pk")] == [Recipient.of(user), HOLDER]


def test_unknown_token_is_a_page_that_helps(db: None, client: Client) -> None:
    response = client.get("/a/onbekend/")

    assert response.status_code == 404
    assert "Deze link klopt niet" in response.content.decode()


def test_token_is_not_stored_and_the_page_is_discreet(door: Door, path: str, client: Client) -> None:
    token = path.strip("/").split("/")[-1]
    response = client.get(path)

    assert not ActionLink.objects.filter(token_hash=token).exists()
    assert len(token) >= 32
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert "sessionid" not in response.cookies
    assert view.access == "link_holder"  # type: ignore[attr-defined]
