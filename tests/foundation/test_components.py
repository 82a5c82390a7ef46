"""The templates of the foundation: what they promise the pages, and the Content-Security-Policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from kring.accounts.models import User
from kring.foundation import assets, navigation
from kring.foundation.models import Circle
from kring.foundation.style_guide import style_guide

HERE = Path(assets.__file__).parent
ROOT = HERE.parents[1]
COMPONENTS = HERE / "templates" / "components"
PARTS = {"field_more", "shortlist_count"}
WHOLE_PAGES = {"confirm"}
# Shown in a frame, in the place of a mail, with the policy of one.
IN_FRAMES = {"preview_nobody.html", "preview_text.html"}
TEMPLATES = [path for path in ROOT.glob("**/templates/**/*.html") if ".venv" not in path.parts]


@pytest.fixture
def ask(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/demo/stijl/")
    request.user = AnonymousUser()
    request.session = SessionStore()
    return request


@pytest.fixture
def guide(db: None, ask: HttpRequest) -> str:
    return style_guide(ask).content.decode()


def test_every_component_is_described() -> None:
    readme = (COMPONENTS / "README.md").read_text()

    undescribed = [path.stem for path in COMPONENTS.glob("*.html") if f"| `{path.stem}` |" not in readme]

    assert sorted(undescribed) == sorted(PARTS)


def test_every_component_is_in_the_style_guide() -> None:
    used = "".join(path.read_text() for path in (HERE / "templates").glob("**/*.html"))

    unseen = {path.stem for path in COMPONENTS.glob("*.html") if f"components/{path.stem}.html" not in used}

    assert unseen == WHOLE_PAGES


def test_every_icon_is_in_the_sprite() -> None:
    sprite = (HERE / "static" / "kring" / "icons" / "sprite.svg").read_text()
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    asked = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}

    assert asked - known == set()


def test_no_template_has_a_style_or_script_of_its_own() -> None:
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", re.IGNORECASE)
    mails = re.compile(r"/mail/")

    guilty = [path.name for path in TEMPLATES if not mails.search(path.as_posix()) and inline.search(path.read_text())]

    assert set(guilty) == IN_FRAMES


def test_style_guide_holds_together(guide: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', guide)
    referred = set(re.findall(r'\sfor="([^"]+)"', guide))
    described = {one for value in re.findall(r'aria-describedby="([^"]+)"', guide) for one in value.split()}

    assert len(ids) == len(set(ids))
    assert (referred | described) - set(ids) == set()


def test_a_visitor_s_page_carries_no_token(guide: str) -> None:
    assert "csrfmiddlewaretoken" not in guide


def test_a_bad_field_says_so_beside_itself_and_on_top(guide: str) -> None:
    assert '<a href="#id_again-email"><strong>E-mailadres</strong>' in guide
    assert 'id="id_again-email_error"' in guide
    assert 'value="nadia@"' in guide


def test_progress_is_a_number_to_the_browser_and_words_to_the_reader() -> None:
    with translation.override("nl"):
        html = render_to_string("components/progress.html", {"value": 2.5, "max": 1250, "unit": "uren"})

    assert '<progress value="2.5" max="1250"' in html
    assert "2,5 van 1.250\N{NO-BREAK SPACE}uur" in html


def test_pages_keep_the_filters_of_the_address(db: None, rf: RequestFactory) -> None:
    request = rf.get("/menukaart/?q=bakken&page=2")
    html = render_to_string("components/pagination.html", {"page": Paginator(range(99), 24).page(2)}, request)

    assert 'href="?q=bakken&amp;page=3"' in html
    assert 'rel="prev"' in html


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_fault_pages_need_no_database(name: str) -> None:
    assert "<h1>" in render_to_string(name)


def test_navigation_marks_the_section_it_stands_in() -> None:
    assert navigation.section_of("/menukaart/voetbalclinic/") == "/menukaart/"
    assert navigation.section_of("/") == "/"


def test_style_sheets_stay_short_and_without_important() -> None:
    for path in (HERE / "static" / "kring" / "css").glob("*.css"):
        text = path.read_text()
        assert "!important" not in text, path.name
        assert text.count("{") == text.count("}"), path.name
        assert len(text.splitlines()) <= 400, path.name


def test_every_style_sheet_is_linked() -> None:
    sheets = {path.stem for path in (HERE / "static" / "kring" / "css").glob("*.css")}

    assert sheets == {*assets.STYLES, "print", "docs"}  # the last is for the page of the API alone


def test_a_visitor_s_masthead_is_kept_and_a_user_s_is_not(db: None, ask: HttpRequest) -> None:
    circle = Circle(name="Kring van Elders")

    kept = navigation.masthead(ask, circle, demo=False)
    again = navigation.masthead(ask, circle, demo=False)
    ask.user = User(email="nadia@voorbeeld.example")
    own = navigation.masthead(ask, circle, demo=False)

    assert kept is again
    assert "Kring van Elders" in kept
    assert "csrfmiddlewaretoken" not in kept
    assert "csrfmiddlewaretoken" in own


def test_the_masthead_counts_the_shortlist(db: None, ask: HttpRequest) -> None:
    ask.session["shortlist_count"] = 4

    assert '>4<span class="unseen">' in navigation.masthead(ask, Circle(), demo=False)
