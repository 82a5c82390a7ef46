"""What is kept for who is signed in is that person's alone, and is made anew once anything is written."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kring.foundation import own_pages
from offerings.models import Offering
from tests.factories import BoardMemberFactory, OfferingFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
# The session, and the user with the snapshot: who may see a page is asked each time.
ASKED_EACH_TIME = 2


def reader(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def asked(client: Client, path: str) -> int:
    """How many queries the page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("path", ["/mijn/", "/menukaart/", "/organisaties/", "/toezeggingen/", "/bestuur/"])
def test_second_time_only_who_reads_is_asked(path: str) -> None:
    board = BoardMemberFactory()
    RoleFactory(user=board)
    client = reader(board)

    _with_a_cookie, first, second = client.get(path), client.get(path), client.get(path)

    assert first.content == second.content
    assert dict(first.headers) | {"X-Request-ID": ""} == dict(second.headers) | {"X-Request-ID": ""}
    assert asked(client, path) == ASKED_EACH_TIME
    OfferingFactory()
    assert asked(client, path) > ASKED_EACH_TIME


CHANGES: dict[str, Callable[[Offering], object]] = {
    "another's offering": lambda offering: OfferingFactory(title="Iets nieuws"),
    "its own": lambda offering: Offering.objects.filter(pk=offering.pk).update(title="Iets nieuws"),
    "a name": lambda offering: type(offering.organisation).objects.update(name="Iets nieuws"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_change_shows_at_once(change: Callable[[Offering], object]) -> None:
    offering = OfferingFactory()
    client = reader(UserFactory())
    assert "Iets nieuws" not in client.get("/menukaart/").content.decode()

    change(offering)

    assert "Iets nieuws" in client.get("/menukaart/").content.decode()


def test_nobody_gets_the_page_of_another() -> None:
    one, other = RoleFactory(organisation__name="Van de een"), RoleFactory(organisation__name="Van de ander")
    clients = [reader(role.user) for role in (one, other)]
    for _time in range(2):
        first, second = (client.get("/mijn/").content.decode() for client in clients)
        assert ("Van de een" in first, "Van de ander" in first) == (True, False)
        assert ("Van de een" in second, "Van de ander" in second) == (False, True)
    assert Client().get("/mijn/").status_code == 302


def test_closed_account_is_out_at_once() -> None:
    role = RoleFactory()
    client = reader(role.user)
    assert client.get("/mijn/").status_code == client.get("/mijn/").status_code == 200

    get_user_model().objects.filter(pk=role.user.pk).update(is_active=False)

    assert client.get("/mijn/").status_code == 302


def test_word_for_one_time_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    role = RoleFactory()
    client = reader(role.user)
    offering = OfferingFactory()
    page = offering.get_absolute_url()
    client.get(page)
    client.post(f"{page}bewaar/", headers={"origin": "http://testserver"})

    texts = [client.get(page).content.decode() for _time in range(3)]

    assert [text.count("notice notice-") for text in texts] == [1, 0, 0]


def test_page_is_kept_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    client = reader(RoleFactory().user)
    later = time.monotonic() + own_pages.SECONDS
    for _time in range(2):
        client.get("/mijn/")
    assert asked(client, "/mijn/") == ASKED_EACH_TIME
    monkeypatch.setattr(own_pages.time, "monotonic", lambda: later + 1)
    assert asked(client, "/mijn/") > ASKED_EACH_TIME


@pytest.mark.django_db(transaction=False)
def test_nothing_is_kept_within_a_transaction() -> None:
    """Its own writes show in no snapshot."""
    offering = OfferingFactory()
    client = reader(UserFactory())
    client.get("/menukaart/")
    Offering.objects.filter(pk=offering.pk).update(title="Iets nieuws")
    assert "Iets nieuws" in client.get("/menukaart/").content.decode()
