"""No mail without a sample: all of them can be looked at, in both languages."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

from kring.mail import samples
from kring.newsletters import sending
from kring.newsletters.digests import DIGEST
from kring.newsletters.weekly import TIPS
from tests.conftest import Cast

ROOT = Path(__file__).resolve().parent.parent.parent
EXTENDS = re.compile(r'\{% extends "([^"]+)\.txt" %\}')

pytestmark = pytest.mark.django_db


def templates() -> dict[str, str]:
    """Every text in the house that stands on another, and on which."""
    found = {}
    for path in [*ROOT.glob("*/templates/**/*.txt"), *ROOT.glob("kring/*/templates/**/*.txt")]:
        if on := EXTENDS.match(path.read_text()):
            found[str(path).partition("/templates/")[2].removesuffix(".txt")] = on[1]
    return {name: on for name, on in found.items() if not name.startswith("tests/")}


def mails() -> set[str]:
    """Those that are sent: no other stands on them."""
    known = templates()
    return set(known) - set(known.values())


# Stands where a template names what the sample does not have.
UNKNOWN = "(unknown)"
# Made of blocks or parts, in the layout of all mails.
COMPOSED = {sending.TEMPLATE, DIGEST.template, TIPS.template}


def test_every_mail_has_a_sample() -> None:
    assert {sample.template for sample in samples.everything()} == mails() | COMPOSED
    assert len(mails()) >= 90


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_sample_says_all_it_has_to(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", UNKNOWN)

    for sample in samples.everything():
        mail = sample.rendered(language)
        assert mail.subject.strip(), sample.name
        assert UNKNOWN not in mail.subject + mail.text + mail.html, sample.name
        assert "None" not in mail.subject + mail.text, sample.name
        assert "  ," not in mail.text, sample.name
        assert 'class="hidden">\n' not in mail.html, sample.name  # each has a preheader
        assert bool(sample.button) == ('class="button"' in mail.html), sample.name


def test_board_looks_at_all_of_them(cast: Cast) -> None:
    client = cast.client("board")
    overview = client.get("/bestuur/post/sjablonen/").content.decode()

    for sample in samples.everything():
        assert f"/bestuur/post/sjablonen/{sample.name}/" in overview
    page = client.get("/bestuur/post/sjablonen/members-mail-invitation/", {"taal": "en"})
    frame = client.get("/bestuur/post/sjablonen/members-mail-invitation/beeld/", {"donker": "ja"})
    mail = samples.named("members-mail-invitation").rendered("en")  # type: ignore[union-attr]
    assert mail.preheader
    assert all(words in html.unescape(page.content.decode()) for words in (mail.subject, mail.preheader))
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "@media all" in frame.content.decode()
    assert "sandbox" in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert client.get("/bestuur/post/sjablonen/geen-mail/").status_code == 404
