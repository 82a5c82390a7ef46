"""Keys for programs: made once, hashed, scoped, ended with the password, the sessions, the day or the button."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from kring.accounts import sessions, tokens
from kring.accounts.models import ApiToken, TokenScope
from tests.accounts.conftest import sign_in
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

PAGE = "/account/sleutels/"


@pytest.fixture
def signed_in_lately(cast: Cast, client: Client) -> Client:
    sign_in(client, cast.owner.email)
    return client


def make(cast: Cast, who: str = "owner", scope: str = TokenScope.WRITE, *, second_step: bool = False) -> str:
    user = getattr(cast, who)
    given = {"name": "website", "scope": scope, "took_second_step": second_step, "once": uuid.uuid4()}
    return tokens.make(user, timezone.now(), **given)  # type: ignore[arg-type]


def status(secret: str) -> int:
    """What a program gets that asks for what only members see."""
    return Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/memberships/").status_code


def test_page_shows_the_key_once_and_keeps_its_hash(cast: Cast, signed_in_lately: Client) -> None:
    form = {"name": "website", "scope": "read", "once": str(uuid.uuid4())}

    page = signed_in_lately.post(PAGE, form).content.decode()
    again = signed_in_lately.post(PAGE, form).content.decode()

    secret = re.findall(r"<code class=\"secret\">(kring_[\w-]+)</code>", page)[0]
    token = ApiToken.objects.get()
    assert token.hash == tokens.hashed(secret)
    assert secret not in again
    assert tokens.find(secret, timezone.now()) == token


def test_bad_input_says_what_to_do(cast: Cast, signed_in_lately: Client) -> None:
    answer = signed_in_lately.post(PAGE, {"name": "", "scope": "alles", "once": str(uuid.uuid4())})

    assert answer.status_code == 422
    assert ApiToken.objects.count() == 0


def test_who_signed_in_long_ago_signs_in_again_first(cast: Cast) -> None:
    assert cast.client("owner").get(PAGE)["Location"].startswith("/account/opnieuw")


def test_ends_with_the_password_the_sessions_the_day_and_the_button(cast: Cast) -> None:
    by_password, by_sessions, by_day, by_button = (make(cast, who) for who in ("editor", "business", "board", "owner"))
    cast.editor.set_password("een heel ander wachtwoord")
    cast.editor.save()
    sessions.end_all(cast.business)
    token = ApiToken.objects.get(user=cast.owner)
    tokens.revoke(token, timezone.now())

    found = [tokens.find(secret, timezone.now()) for secret in (by_password, by_sessions, by_button)]

    assert found == [None, None, None]
    assert tokens.find(by_day, timezone.now()) is not None
    assert tokens.find(by_day, timezone.now() + tokens.LASTS) is None


def test_another_s_key_cannot_be_revoked(cast: Cast) -> None:
    make(cast, "owner")
    token = ApiToken.objects.get()

    assert cast.client("editor").post(f"{PAGE}{token.uuid}/weg/").status_code == 404
    assert cast.client("owner").post(f"{PAGE}{token.uuid}/weg/").status_code == 302
    assert not ApiToken.objects.usable(timezone.now()).exists()


def test_wrong_key_is_401_and_says_how_to_get_in(cast: Cast) -> None:
    answer = Client(headers={"Authorization": "Bearer kring_verzonnen"}).get("/api/v1/organisations/")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_office_asks_for_a_key_that_was_made_with_a_second_step(cast: Cast, settings: object) -> None:
    settings.TWO_FACTOR_REQUIRED = True  # type: ignore[attr-defined]

    assert status(make(cast, "board")) == 403
    assert status(make(cast, "board", second_step=True)) == 200
    assert status(make(cast, "owner", second_step=True)) == 403


def test_what_a_key_reads_is_kept_for_nobody(cast: Cast) -> None:
    """Another's private answer would else be shared by strangers."""
    secret = make(cast, "owner", TokenScope.READ)

    own = Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/organisations/")

    assert own["Cache-Control"] == "private, no-store"
    assert "Authorization" in own["Vary"]


def test_most_keys_and_what_is_over_is_forgotten(cast: Cast) -> None:
    for _each in range(tokens.MOST):
        make(cast)
    with pytest.raises(tokens.TooManyTokens):
        make(cast)

    assert tokens.forget_over(timezone.now() + tokens.LASTS) == 0
    assert tokens.forget_over(timezone.now() + tokens.LASTS + tokens.KEPT_FOR) == tokens.MOST


def test_day_of_last_use_is_noted(cast: Cast) -> None:
    secret = make(cast)
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        status(secret)

        assert ApiToken.objects.get().last_used_on == timezone.localdate()
