"""Sessions that others laid out or took, and that nothing tells whether an address is known here."""

from __future__ import annotations

import pytest
from django.conf import settings as site_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from pytest_django.fixtures import Settings

from kring.accounts.models import User
from kring.mail.models import Message
from tests.accounts.conftest import sign_in
from tests.conftest import Cast
from tests.test_twice import to_ask

# --- Sessions --------------------------------------------------------------------------------------------------------


def test_session_that_somebody_laid_out_is_not_taken(anna: User) -> None:
    """Session fixation: the key that the attacker knows is worth nothing after signing in."""
    attacker, victim = Client(), Client()
    attacker.post("/taal/", {"language": "en"})
    key = attacker.cookies[site_settings.SESSION_COOKIE_NAME].value
    victim.cookies[site_settings.SESSION_COOKIE_NAME] = key

    sign_in(victim, anna.email)

    assert victim.cookies[site_settings.SESSION_COOKIE_NAME].value != key
    assert victim.get("/account/").status_code == 200
    assert attacker.get("/account/").status_code == 302


def test_session_key_that_was_made_up_is_not_taken(anna: User) -> None:
    client = Client()
    client.cookies[site_settings.SESSION_COOKIE_NAME] = "a" * 32

    sign_in(client, anna.email)

    assert client.cookies[site_settings.SESSION_COOKIE_NAME].value != "a" * 32


def test_session_that_was_signed_out_opens_nothing(anna: User) -> None:
    client, thief = Client(), Client()
    sign_in(client, anna.email)
    thief.cookies[site_settings.SESSION_COOKIE_NAME] = client.cookies[site_settings.SESSION_COOKIE_NAME].value
    before = thief.get("/account/").status_code

    client.post("/uitloggen/")

    assert (before, thief.get("/account/").status_code) == (200, 302)


def test_closed_account_is_out_at_once(anna: User) -> None:
    client = Client()
    sign_in(client, anna.email)

    User.objects.filter(pk=anna.pk).update(is_active=False)

    assert client.get("/account/").status_code == 302


# --- Who is told whether an address is known -------------------------------------------------------------------------


class CountingHasher(PBKDF2PasswordHasher):
    """Cheap, and counts its work: the time that a sign-in takes is the hashing."""

    algorithm = "counting"
    iterations = 1
    work: list[str] = []

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        self.work.append("encode")
        return super().encode(password, salt, iterations)

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing to make up for."""


UNKNOWN = "niemand@voorbeeld.example"


@pytest.mark.parametrize("has_password", [True, False])
def test_wrong_password_costs_as_much_for_an_unknown_address(
    anna: User, settings: Settings, has_password: bool
) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.test_discretion.CountingHasher"]
    if has_password:
        anna.set_password("een lange zin met woorden")
        anna.save()
    work = {}

    for email in (anna.email, UNKNOWN):
        CountingHasher.work.clear()
        Client().post("/inloggen/wachtwoord/", {"login": email, "password": "een heel ander wachtwoord"})
        work[email] = len(CountingHasher.work)

    assert work == {anna.email: 1, UNKNOWN: 1}


DOORS = [("/inloggen/", "email"), ("/inloggen/vergeten/", "email")]


@pytest.mark.parametrize(("path", "field"), DOORS)
def test_limit_is_the_same_for_an_unknown_address(anna: User, path: str, field: str) -> None:
    """One that counts only known addresses would tell which those are."""
    statuses = {
        email: [Client().post(path, {field: email}).status_code for _try in range(5)]
        for email in (anna.email, UNKNOWN)
    }

    assert statuses[anna.email] == statuses[UNKNOWN]
    assert len(set(statuses[UNKNOWN])) == 2


@pytest.mark.parametrize(("path", "field"), DOORS)
def test_both_get_one_mail(anna: User, path: str, field: str) -> None:
    for email in (anna.email, UNKNOWN):
        Client().post(path, {field: email})

    assert sorted(Message.objects.values_list("email", flat=True)) == [anna.email, UNKNOWN]


@pytest.mark.parametrize(("path", "field"), DOORS)
def test_cookies_and_headers_do_not_tell(anna: User, path: str, field: str) -> None:
    told = []
    for email in (anna.email, UNKNOWN):
        answer = Client().post(path, {field: email})
        named = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
        cookies = {name: (len(cookie.value), cookie["max-age"]) for name, cookie in answer.cookies.items()}
        told.append((answer.status_code, named, cookies, len(answer.content)))

    assert told[0] == told[1]


def test_asking_for_something_does_not_tell(anna: User, cast: Cast) -> None:
    """Nor does anything else that takes an address: it is the same page for all of them."""
    press, pages = to_ask(cast), []
    for number, email in enumerate((anna.email, UNKNOWN)):
        typed = {**press.typed, "email": email, "once": f"5a52e6a3-3b5a-4b6f-9d53-ad3d4a3fbd5{number}"}
        pages.append(Client().post(press.path, typed).content.decode().replace(email, "adres"))

    assert pages[0] == pages[1]
