"""What writers of an issue type: addresses that become links, and names that stay names."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from kring.mail.models import Kind
from kring.mail.recipients import Recipient
from kring.newsletters import rendering
from kring.newsletters.content import Content, section
from kring.newsletters.markup import as_html
from kring.newsletters.placeholders import called


def links(text: str) -> list[tuple[str, str]]:
    return re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', as_html(text))


@pytest.mark.parametrize(
    ("text", "address", "words"),
    [
        ("Kijk op https://voorbeeld.nl/x.", "https://voorbeeld.nl/x", "https://voorbeeld.nl/x"),
        ("(www.voorbeeld.nl)", "https://www.voorbeeld.nl", "www.voorbeeld.nl"),
        (
            "https://voorbeeld.nl/Kring_(stad)",
            "https://voorbeeld.nl/Kring_(stad)",
            "https://voorbeeld.nl/Kring_(stad)",
        ),
        ("**https://voorbeeld.nl**", "https://voorbeeld.nl", "https://voorbeeld.nl"),
        ("http://voorbeeld.nl/?a=1&b=2!", "http://voorbeeld.nl/?a=1&amp;b=2", "http://voorbeeld.nl/?a=1&amp;b=2"),
        ("<https://voorbeeld.nl>", "https://voorbeeld.nl", "https://voorbeeld.nl"),
        ("[www.voorbeeld.nl](https://elders.example)", "https://elders.example", "www.voorbeeld.nl"),
    ],
)
def test_address_is_one_link(text: str, address: str, words: str) -> None:
    assert links(text) == [(address, words)]


@pytest.mark.parametrize("text", ["`https://voorbeeld.nl`", "Begin met https:// of www.", "jan@www.voorbeeld.nl"])
def test_no_address_is_no_link(text: str) -> None:
    assert links(text) == []


def test_address_by_itself_is_counted_as_any_link() -> None:
    body = "Kijk op www.voorbeeld.nl of [hier](/menukaart/)."

    assert rendering.addresses([{**section("text", ""), "body": body}]) == [
        "https://www.voorbeeld.nl",
        f"{settings.SITE_URL}/menukaart/",
    ]


@pytest.mark.django_db
def test_name_is_never_markup() -> None:
    body = "Dag {voornaam}, zo heet je: `{naam}`. [Kijk]({naam})"
    content: Content = {"subject": "", "preheader": "", "sections": [{**section("text", ""), "body": body}]}
    to = Recipient(email="nadia@voorbeeld.example", language="nl")

    def mailed(name: str) -> rendering.Rendered:
        return rendering.mail(content, to, called(name), kind=Kind.NEWSLETTER, why="")

    assert "Dag *Nadia*, zo heet je: <code>*Nadia* &lt;b&gt;</code>" in mailed("*Nadia* <b>").html
    assert "Dag *Nadia*, zo heet je: *Nadia* <b>" in mailed("*Nadia* <b>").text
    assert 'href="javascript:' not in mailed("javascript:alert(1)").html
    assert "Dag www.kwaad.example, zo" in mailed("www.kwaad.example").html
