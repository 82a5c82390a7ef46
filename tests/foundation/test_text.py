from __future__ import annotations

import re

import pytest

from kring.foundation.text import excerpt, markdown, plain_text


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
