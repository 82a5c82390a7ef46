"""What happens around every request: refused input, headers, and the language."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.test.client import FakePayload

from kring.foundation.middleware import MAX_ADDRESS, MAX_BODY
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

NUL, LONE = "\x00", "%ED%A0%80"  # the second is half of a pair, as bytes


@pytest.mark.parametrize(
    "path",
    ["/menukaart/?q=%00", "/menukaart/?%00=x", "/menukaart/a%00b/", "/api/v1/offerings/?q=a%00b", "/%00"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nul_in_an_address_is_refused(client: Client, path: str, method: str) -> None:
    answer = getattr(client, method)(path)

    assert answer.status_code == 400
    assert "Dit verzoek klopt niet" in answer.content.decode()


def test_nul_in_a_cookie_is_refused(client: Client) -> None:
    client.cookies[site_settings.SESSION_COOKIE_NAME] = "a\x00b"

    assert client.get("/").status_code == 400


@pytest.mark.parametrize("path", [f"/menukaart/?q={LONE}", f"/menukaart/{LONE}/", f"/organisaties/?q={LONE}"])
def test_half_a_character_does_no_harm(client: Client, path: str) -> None:
    assert client.get(path).status_code in {200, 400, 404}


@pytest.mark.parametrize("text", [NUL, "\ud800", "a\x00\ud800b", "\x1b[31m", "\u202e"])
def test_odd_characters_in_a_form_do_no_harm(cast: Cast, text: str) -> None:
    """Posted as they come off a line: NUL and half characters as bytes."""
    typed = quote(text, errors="surrogatepass")
    body = f"name=Anna{typed}&language=nl&phone={typed}"
    client = cast.client("editor")

    answer = client.post("/account/gegevens/", body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code in {200, 302}
    cast.editor.refresh_from_db()
    assert NUL not in cast.editor.name
    assert cast.editor.name.isprintable() or "\u202e" in cast.editor.name


def test_long_address_is_refused(client: Client) -> None:
    pages = [client.get("/menukaart/", {"q": "a" * length}) for length in (100, MAX_ADDRESS)]
    answers = [page.status_code for page in pages]

    assert answers == [200, 414]
    assert 'href="/menukaart/"' in pages[1].content.decode()


def test_large_body_is_refused_before_it_is_read(client: Client) -> None:
    """The server says so by the announced length; nothing of the body has come yet."""
    unread = FakePayload(b"")
    post = {"REQUEST_METHOD": "POST", "PATH_INFO": "/inloggen/", "wsgi.input": unread}

    answers = [client.request(**post, CONTENT_LENGTH=str(length)) for length in (MAX_BODY + 1, 10**30)]

    assert [answer.status_code for answer in answers] == [413, 413]
    assert "5 MB" in answers[0].content.decode()


@pytest.mark.parametrize("length", ["", "-1", "veel", "1.5"])
def test_length_that_is_none_is_no_fault(client: Client, length: str) -> None:
    answer = client.request(
        REQUEST_METHOD="POST", PATH_INFO="/taal/", CONTENT_LENGTH=length, **{"wsgi.input": FakePayload(b"")}
    )

    assert answer.status_code in {302, 400}


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "base64", "rot13", "idna", "niets"])
def test_other_alphabets_are_refused(client: Client, charset: str) -> None:
    answer = client.request(
        REQUEST_METHOD="POST",
        PATH_INFO="/inloggen/",
        CONTENT_TYPE=f"application/x-www-form-urlencoded; charset={charset}",
        CONTENT_LENGTH="7",
        **{"wsgi.input": FakePayload(b"email=x")},
    )

    assert answer.status_code == 415


def test_fields_beyond_number_are_refused(client: Client) -> None:
    answer = client.post("/inloggen/", {f"veld{number}": "x" for number in range(501)})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "x/y; boundary=\x7f"],
)
def test_body_that_is_no_form_is_no_fault(client: Client, content_type: str) -> None:
    answer = client.post("/inloggen/", b"--x\r\nContent-Disposition: x\r\n\r\n", content_type=content_type)

    assert answer.status_code in {200, 400}


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize(
    "path", ["/", "/menukaart/", "/inloggen/", "/taal/", "/a/token/", "/mijn/", "/api/v1/sectors/"]
)
def test_wrong_method_is_told(cast: Cast, path: str, method: str) -> None:
    answer = getattr(cast.client("owner"), method)(path)

    assert answer.status_code == 405 or (method, path) == ("options", "/api/v1/sectors/")


def test_every_request_has_a_number_of_its_own(client: Client) -> None:
    numbers = {client.get("/healthz", headers={"X-Request-ID": "mine"})["X-Request-ID"] for _ in range(3)}

    assert len(numbers) == 3
    assert "mine" not in numbers


# --- What is kept ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/menukaart/", "/mijn/", "/account/", "/toezeggingen/", "/bestaat-niet/"])
def test_nothing_is_kept_of_who_is_signed_in(cast: Cast, path: str) -> None:
    assert cast.client("owner").get(path)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/inloggen/", "/taal/"])
def test_nothing_is_kept_of_an_answer_with_a_cookie(client: Client, path: str) -> None:
    answer = client.get(path) if path == "/inloggen/" else client.post(path, {"language": "en"})

    assert answer.cookies
    assert answer["Cache-Control"] == "private, no-store"


def test_pages_of_visitors_are_asked_about_each_time(client: Client) -> None:
    answer = client.get("/menukaart/")

    assert answer["Cache-Control"] == "no-cache"
    assert {"Cookie", "HX-Request", "HX-Target"} <= {name.strip() for name in answer["Vary"].split(",")}


# --- Probes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probe_may_name_the_container(client: Client, path: str) -> None:
    assert client.get(path, headers={"host": "10.0.3.7:8000"}).status_code == 200


def test_other_pages_are_for_our_own_name_only(client: Client) -> None:
    answer = client.get("/", headers={"host": "elders.example"})

    assert answer.status_code == 400
    assert "elders.example" not in answer.content.decode()
