"""The words that a card was found by are marked on it, and nothing else of it is touched."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.factories import OfferingFactory

pytestmark = pytest.mark.django_db


def marked(client: Client, words: str) -> list[str]:
    page = client.get("/menukaart/", {"q": words}).content.decode()
    return re.findall(r"<mark>(.*?)</mark>", page)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("zalen", ["zaal", "Vergaderzaal"]),
        ("zaal huren", ["zaal", "Vergaderzaal"]),
        ("vergad", ["Vergaderzaal"]),
        ("cafe", ["Café"]),
        ("amp x27", []),
    ],
)
def test_words_are_marked_in_any_form(client: Client, words: str, found: list[str]) -> None:
    OfferingFactory(title="Een zaal", summary="Vergaderzaal & Café 't Hoekje <b>vet</b>, huren kan")

    assert sorted(marked(client, words)) == sorted(found + ["huren"] * ("huren" in words))


def test_a_marked_page_says_the_same(client: Client) -> None:
    OfferingFactory(title="Koken & <eten>", summary="Samen 'eten' met “buren”.", slug="koken")
    plain = client.get("/menukaart/").content.decode()
    page = client.get("/menukaart/", {"q": "eten"}).content.decode()
    card = re.compile(r'<article class="card.*?</article>', re.DOTALL)

    assert "<mark>eten</mark>" in page
    assert re.sub("</?mark>", "", card.findall(page)[0]) == card.findall(plain)[0]
