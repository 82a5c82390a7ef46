"""The language somebody chose: Dutch unless they did, and the same page for everybody who did not."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "//elders.example",
    "///elders.example",
    "/\\elders.example",
    "\\\\elders.example",
    "https://elders.example/",
    "http:elders.example",
    "javascript:alert(1)",
    "/\t/elders.example",
    "\n//elders.example",
    "elders.example",
    "",
]


def test_browsers_own_language_changes_nothing(client: Client) -> None:
    """Visitors share one page: what a browser says of itself would make it many."""
    pages = [client.get("/", headers={"accept-language": code}) for code in ("nl", "en", "de", "fr-CH, fr;q=0.9, *")]

    assert {page["Content-Language"] for page in pages} == {"nl"}
    assert "Accept-Language" not in pages[0].get("Vary", "")


def test_chosen_language_stays(client: Client) -> None:
    answer = client.post("/taal/", {"language": "en", "next": "/menukaart/?q=boot"})
    page = client.get("/menukaart/")

    assert (answer.status_code, answer["Location"]) == (302, "/menukaart/?q=boot")
    assert page["Content-Language"] == "en"
    assert '<html lang="en">' in page.content.decode()
    assert Client().get("/menukaart/")["Content-Language"] == "nl"


@pytest.mark.parametrize("code", ["", "xx", "EN", "en-gb", "../nl", "nl\x00", "e" * 1000])
def test_language_that_there_is_not_changes_nothing(client: Client, code: str) -> None:
    client.post("/taal/", {"language": "en"})

    assert client.post("/taal/", {"language": code}).status_code == 302
    assert client.get("/")["Content-Language"] == "en"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_stays_on_the_site(client: Client, target: str) -> None:
    answer = client.post("/taal/", {"language": "nl", "next": target})

    assert answer["Location"] == "/"


def test_next_cannot_write_a_header(client: Client) -> None:
    answer = client.post("/taal/", {"language": "nl", "next": "/\r\nX-Evil: 1\r\n\r\n<script>"})

    assert answer["Location"] == "/%0D%0AX-Evil:%201%0D%0A%0D%0A%3Cscript%3E"
    assert "X-Evil" not in answer.headers
