"""What is kept for who is signed in is that person's alone, and is made anew once anything is written."""

from __future__ import annotations

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
TRIES = 40


def reader(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def asked(client: Client, path: str) -> int:
    """How many queries the page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def is_kept(client: Client, path: str) -> bool:
    """Tried some times: another run on the same server writes too, and any write counts."""
    return any(asked(client, path) == ASKED_EACH_TIME for _time in range(TRIES))


@pytest.mark.parametrize("path", ["/mijn/", "/menukaart/", "/organisaties/", "/toezeggingen/", "/bestuur/"])
def test_second_time_only_who_reads_is_asked(path: str) -> None:
    board = BoardMemberFactory()
    RoleFactory(user=board)
    client = reader(board)
    client.get(path)  # with the cookie of the forms

    assert is_kept(client, path)
    OfferingFactory()
    assert asked(client, path) > ASKED_EACH_TIME


def test_page_that_is_kept_is_the_very_page() -> None:
    client = reader(RoleFactory().user)
    client.get("/mijn/")
    for _time in range(TRIES):
        first = client.get("/mijn/")
        with CaptureQueriesContext(connection) as queries:
            second = client.get("/mijn/")
        if len(queries) == ASKED_EACH_TIME:
            break
    else:
        pytest.fail("never kept")

    assert first.content == second.content
    assert dict(first.headers) | {"X-Request-ID": ""} == dict(second.headers) | {"X-Request-ID": ""}


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


def test_closed_account_is_out_at_once_of_a_page_that_is_kept_too() -> None:
    role = RoleFactory()
    client = reader(role.user)
    assert client.get("/mijn/").status_code == client.get("/mijn/").status_code == 200

    get_user_model().objects.filter(pk=role.user.pk).update(is_active=False)

    assert client.get("/mijn/").status_code == 302


def test_word_for_one_time_is_said_once() -> None:
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
    client.get("/mijn/")
    assert is_kept(client, "/mijn/")
    monkeypatch.setattr(own_pages, "SECONDS", -1)
    own_pages.forget()
    client.get("/mijn/")
    assert not is_kept(client, "/mijn/")


@pytest.mark.django_db(transaction=False)
def test_nothing_is_kept_within_a_transaction() -> None:
    """Its own writes show in no snapshot."""
    offering = OfferingFactory()
    client = reader(UserFactory())
    client.get("/menukaart/")
    Offering.objects.filter(pk=offering.pk).update(title="Iets nieuws")
    assert "Iets nieuws" in client.get("/menukaart/").content.decode()
