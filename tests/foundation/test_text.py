from __future__ import annotations

import re

import pytest

from kring.foundation.templatetags.kring import web_link
from kring.foundation.text import excerpt, is_web, markdown, plain_text


def test_markdown_keeps_what_people_write() -> None:
    html = markdown("Wij **kunnen** dit:\n\n- schuren\n- *lakken*\n\n[de werf](https://werf.example/)")

    assert "<strong>kunnen</strong>" in html
    assert "<li>schuren</li>" in html
    assert '<a href="https://werf.example/" rel="nofollow noopener">de werf</a>' in html


def test_markdown_headings_start_below_those_of_the_page() -> None:
    assert markdown("# Kop\n\n## Tussenkop\n\n##### Klein") == "<h3>Kop</h3>\n<h3>Tussenkop</h3>\n<h4>Klein</h4>\n"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[klik](javascript:alert(1))",
        "[klik](data:text/html;base64,PHNjcmlwdD4=)",
        "<img src=x onerror=alert(1)>",
        "![plaatje](https://elders.example/spion.gif)",
        '<a href="https://ok.example" onclick="alert(1)">x</a>',
        "<style>body{display:none}</style>",
        "[x](vbscript:msgbox)",
    ],
)
def test_markdown_lets_nothing_run(attack: str) -> None:
    html = markdown(attack)

    assert "<script" not in html
    assert "<img" not in html
    assert "<style" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert 'href="vbscript' not in html
    assert re.search(r"<[^>]*\son\w+=", html) is None


def test_plain_text_has_words_only() -> None:
    assert plain_text("# Kop\n\nVan **hand** tot [hand](https://x.example) & terug") == "Kop Van hand tot hand & terug"


def test_excerpt_cuts_between_words() -> None:
    assert excerpt("Een lasmeester staat zes middagen naast de jongeren.", 30) == "Een lasmeester staat zes…"
    assert excerpt("Kort.", 30) == "Kort."


@pytest.mark.parametrize("url", ["https://x.example/", "http://x.example", "HTTPS://X.example", " https://x.example"])
def test_page_of_somebody_is_a_link(url: str) -> None:
    assert is_web(url)
    assert web_link(url).startswith("<a href=")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)//https://",
        "data:text/html,x",
        "vbscript:x",
        "//x.example",
        "ftp://x.example",
        "x",
        "",
        "\x01https://x",
    ],
)
def test_address_that_is_none_of_a_page_is_no_link(url: str) -> None:
    assert not is_web(url)
    assert "<a" not in web_link(url)


def test_link_cannot_be_broken_out_of() -> None:
    assert web_link('https://x.example/"onclick="x', "<b>") == (
        '<a href="https://x.example/&quot;onclick=&quot;x" rel="nofollow noopener">&lt;b&gt;</a>'
    )


def test_only_pages_are_linked_in_what_people_write() -> None:
    html = markdown("[a](https://a.example) [b](mailto:b@x.example) [c](tel:1) [d](/beheer/) <e@x.example>")

    assert re.findall(r'href="([^"]*)"', html) == ["https://a.example", "/beheer/"]
