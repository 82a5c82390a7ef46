from __future__ import annotations

import pytest

from kring.newsletters.plain import as_text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Een *alinea*\nover **twee** regels.\n\nEn nog een.", "Een alinea\nover twee regels.\n\nEn nog een."),
        ("# Kop\n\n- een\n- twee\n\nDaarna", "Kop\n\n- een\n- twee\n\nDaarna"),
        ("3. drie\n4. vier\n   - binnen", "3. drie\n4. vier\n  - binnen"),
        ("[Kijk](https://a.example/) of <https://b.example/>", "Kijk (https://a.example/) of https://b.example/"),
        ("[Kaart](/menukaart/)", "Kaart (SITE/menukaart/)"),
        ("`code` & <b>", "code & <b>"),
        ("```\nregel 1\nregel 2\n```", "regel 1\nregel 2"),
        ("Zie https://a.example/x, of (www.b.example).", "Zie https://a.example/x, of (www.b.example)."),
        ("", ""),
    ],
)
def test_markdown_as_plain_text(markdown: str, text: str) -> None:
    assert as_text(markdown, lambda url: f"SITE{url}" if url.startswith("/") else url) == text
