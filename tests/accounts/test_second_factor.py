"""The second step, and that an office has no rights without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from commitments.models import CommitmentState
from kring.accounts import adapter
from kring.accounts.access import is_administrator, is_board
from kring.accounts.models import User
from tests.accounts.conftest import last_mail, sign_in
from tests.conftest import Cast
from tests.factories import CommitmentFactory

BAD = [
    *("", "{}", "[]", "null", "false", "0", "1", '"x"', "x" * 100, "[" * 100_000),
    *('{"response": 1}', '{"id": "\\u0000"}', '{"type": "public-key"}', '{"response": {"userHandle": "_w"}}'),
]


@pytest.fixture(autouse=True)
def _required(settings: Settings) -> None:
    settings.TWO_FACTOR_REQUIRED = True


def code_of(secret: str) -> str:
    cache.clear()  # each code works once, and a test is faster than half a minute
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[1]))


def enrol(client: Client) -> str:
    """Sets up an app; returns its secret."""
    secret: str = client.get("/account/tweede-stap/app/").context["form"].secret
    client.post("/account/tweede-stap/app/", {"code": code_of(secret)})
    return secret


@pytest.fixture
def board(cast: Cast) -> Client:
    client = Client()
    sign_in(client, cast.board.email)
    return client


def test_board_sets_up_its_second_step_at_the_first_sign_in(
    board: Client, cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    asked = board.get("/bestuur/", follow=True)
    with django_capture_on_commit_callbacks(execute=True):
        secret = enrol(board)

    assert asked.redirect_chain == [("/account/tweede-stap/", 302)]
    assert "Voor het bestuur en het beheer log je in met een tweede stap" in asked.content.decode()
    assert secret
    assert board.get("/bestuur/").status_code == 200
    assert last_mail(cast.board.email).subject == "Je inlog heeft een tweede stap"


@pytest.mark.parametrize("path", ["/bestuur/", "/bestuur/toezeggingen/", "/beheer/", "/beheer/accounts/user/"])
@pytest.mark.parametrize("who", ["board", "administrator"])
def test_no_door_of_an_office_opens_without_it(cast: Cast, who: str, path: str) -> None:
    client = cast.client(who)

    answers = [client.get(path), client.post(path)]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/account/tweede-stap/")}


@pytest.mark.parametrize("path", ["//bestuur/", "/./bestuur/", "/bestuur//", "/BESTUUR/", "/bestuur/./", "\\bestuur/"])
def test_another_spelling_is_no_way_round(cast: Cast, path: str) -> None:
    answer = cast.client("board").get("/", PATH_INFO=path)

    assert answer.status_code in {302, 404}
    assert "Wat vraagt aandacht" not in answer.content.decode()


def test_rest_of_the_site_stays_open(cast: Cast) -> None:
    client = cast.client("board")

    assert [client.get(path).status_code for path in ("/", "/menukaart/", "/mijn/", "/account/")] == [200] * 4


def test_lists_and_api_show_no_more_than_to_anybody(cast: Cast, board: Client) -> None:
    """The rights of an office are suspended, not only its pages closed."""
    hidden = CommitmentFactory(title="Nog niet afgesproken", state=CommitmentState.PROPOSED)
    paths = [f"/toezeggingen/{hidden.uuid}/", f"/api/v1/commitments/{hidden.uuid}/"]

    before = [board.get(path).status_code for path in paths]
    enrol(board)
    after = board.get(paths[0]).status_code

    assert (before, after) == ([404, 404], 200)


def test_session_of_before_the_second_step_has_to_take_it(board: Client, cast: Cast) -> None:
    """Somebody may have had this session in hand when the second step was set up elsewhere."""
    elsewhere = Client()
    elsewhere.force_login(cast.board)
    secret = enrol(board)

    asked = elsewhere.get("/bestuur/")
    elsewhere.post("/account/opnieuw/tweede-stap/", {"code": code_of(secret)})

    assert asked["Location"] == "/account/opnieuw/tweede-stap/?next=%2Fbestuur%2F"
    assert elsewhere.get("/bestuur/").status_code == 200


def test_sign_in_asks_for_the_second_step(board: Client, cast: Cast) -> None:
    secret = enrol(board)
    client = Client()

    sign_in(client, cast.board.email)
    half_way = client.get("/account/").status_code
    wrong = client.post("/inloggen/tweede-stap/", {"code": "000000"})
    right = client.post("/inloggen/tweede-stap/", {"code": code_of(secret)})

    assert half_way == 302
    assert "Deze code klopt niet" in wrong.content.decode()
    assert right["Location"] == "/mijn/"
    assert client.get("/bestuur/").status_code == 200


def test_code_of_the_app_works_once(board: Client, cast: Cast) -> None:
    secret = enrol(board)
    code = code_of(secret)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, cast.board.email)

    answers = [client.post("/inloggen/tweede-stap/", {"code": code}) for client in (first, second)]

    assert [answer.status_code for answer in answers] == [302, 200]


def test_recovery_code_is_a_second_step_and_works_once(board: Client, cast: Cast) -> None:
    enrol(board)
    code = board.get("/account/tweede-stap/herstelcodes/").context["unused_codes"][0]
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, cast.board.email)

    answers = [client.post("/inloggen/tweede-stap/", {"code": code}) for client in (first, second)]

    assert [answer.status_code for answer in answers] == [302, 200]


def test_wrong_codes_of_the_app_are_limited(board: Client, cast: Cast) -> None:
    secret = enrol(board)
    client = Client()
    sign_in(client, cast.board.email)
    right = code_of(secret)

    for _try in range(5):
        client.post("/inloggen/tweede-stap/", {"code": "000000"})
    answer = client.post("/inloggen/tweede-stap/", {"code": right})

    assert "Te vaak geprobeerd" in answer.content.decode()


def test_board_keeps_at_least_one(board: Client) -> None:
    enrol(board)

    page = board.get("/account/tweede-stap/app/weg/")
    board.post("/account/tweede-stap/app/weg/")

    assert "Voor het bestuur en het beheer is een tweede stap nodig" in page.content.decode()
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == 1


def test_somebody_without_an_office_may_take_it_away(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.editor.email)
    enrol(client)

    client.post("/account/tweede-stap/app/weg/")

    assert not Authenticator.objects.filter(user=cast.editor).exists()
    assert last_mail(cast.editor.email).subject == "De app met codes is weggehaald"


def test_mailbox_alone_does_not_get_by_the_second_step(cast: Cast) -> None:
    """Who has a second factor confirms a change with it, not with a code by mail."""
    client = Client()
    sign_in(client, cast.editor.email)
    enrol(client)

    page = client.get("/account/e-mail/", follow=True)
    by_mail = client.get("/account/opnieuw/code/")

    assert page.redirect_chain[0][0].startswith("/account/opnieuw/tweede-stap/")
    assert by_mail["Location"].startswith("/account/opnieuw/tweede-stap/")


def test_secret_is_not_readable_in_the_database(board: Client) -> None:
    secret = enrol(board)

    stored = [str(authenticator.data) for authenticator in Authenticator.objects.all()]

    assert len(stored) == 2
    assert not any(secret in row for row in stored)


def test_secret_survives_a_new_key_of_the_site(board: Client, settings: Settings) -> None:
    enrol(board)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    adapter._vault.cache_clear()

    opened = Authenticator.objects.get(type=Authenticator.Type.TOTP)

    assert adapter.SecondFactorAdapter().decrypt(opened.data["secret"])
    adapter._vault.cache_clear()


@pytest.mark.parametrize("credential", BAD)
@pytest.mark.parametrize("path", ["/inloggen/sleutel/", "/account/tweede-stap/sleutels/nieuw/"])
def test_what_is_no_passkey_is_a_mistake_and_no_fault(board: Client, path: str, credential: str) -> None:
    client = Client() if path == "/inloggen/sleutel/" else board
    client.get(path, headers={"accept": "application/json"})

    answer = client.post(path, {"credential": credential, "name": "x", "passwordless": "True"})

    assert answer.status_code in {200, 302}
    assert not Authenticator.objects.exists()


def test_rights_count_only_when_not_suspended(cast: Cast) -> None:
    def rights(user: User) -> tuple[bool, bool]:
        return is_board(user), is_administrator(user)

    board, administrator = (
        User.objects.with_board_seat(timezone.localdate()).get(pk=person.pk)
        for person in (cast.board, cast.administrator)
    )

    assert (rights(board), rights(administrator)) == ((True, False), (False, True))
    for user in (board, administrator):
        user.is_suspended = True  # type: ignore[attr-defined]
    assert (rights(board), rights(administrator)) == ((False, False), (False, False))


def test_demo_asks_for_none(cast: Cast, settings: Settings) -> None:
    settings.TWO_FACTOR_REQUIRED = False

    assert cast.client("board").get("/bestuur/").status_code == 200
    assert cast.client("administrator").get("/beheer/").status_code == 200


def test_passkey_is_for_this_site_whatever_host_was_asked(board: Client, settings: Settings) -> None:
    page = board.get("/account/tweede-stap/sleutels/nieuw/", headers={"host": "127.0.0.1"})

    assert page.context["js_data"]["creation_options"]["publicKey"]["rp"]["id"] == settings.SITE_HOST
