"""The translations' tool finds every text, and notices a translation that would break a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.utils import translation
from django.utils.translation import gettext

from tools import catalogue

PAGE = """{% load i18n %}
  <p title="{% translate "Menukaart" %}">{{ _("Zoeken") }} {% translate "Mei" context "maand" %}</p>
      {% blocktranslate trimmed with name=member.name %}
        Vraag het
        aan {{ name }}
      {% endblocktranslate %}
   {% blocktranslate count counter=days %}een dag{% plural %}{{ counter }} dagen{% endblocktranslate %}
"""
CODE = 'label = _("Aantal " "plaatsen")\ntext = ngettext("%(n)s uur", "%(n)s uren", n)\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "members" / "templates").mkdir(parents=True)
    (tmp_path / "members" / "templates" / "page.html").write_text(PAGE)
    (tmp_path / "members" / "forms.py").write_text(CODE)
    (tmp_path / "members" / "migrations").mkdir()
    (tmp_path / "members" / "migrations" / "0001_initial.py").write_text('_("Oud")')
    return tmp_path


def test_gathers_templates_and_code_with_plurals_and_contexts(root: Path) -> None:
    found = {(message.id, message.context) for message in catalogue.gathered(root) if message.id}

    assert found == {
        ("Menukaart", None),
        ("Zoeken", None),
        ("Mei", "maand"),
        ("Vraag het aan %(name)s", None),
        (("een dag", "%(counter)s dagen"), None),
        ("Aantal plaatsen", None),
        (("%(n)s uur", "%(n)s uren"), None),
    }


def test_what_is_stored_comes_back_the_same(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    code = catalogue.gathered(root)

    catalogue.store(code, path)
    once = path.read_bytes()
    again = catalogue.stored(path)
    again.update(code, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.store(again, path)

    assert path.read_bytes() == once


@pytest.mark.parametrize(
    ("original", "translation", "fault"),
    [
        ("Dag %(name)s", "Hello %(name)s", None),
        ("Dag %(name)s", "Hello %(naam)s", "other placeholders than the original: 'Dag %(name)s'"),
        ("Dag %(name)s", "Hello", "other placeholders than the original: 'Dag %(name)s'"),
        ("Dag {name}", "Hello {nome}", "other placeholders than the original: 'Dag {name}'"),
        ("%s van %s", "%s of", "other placeholders than the original: '%s van %s'"),
        ("100%% zeker", "100%% sure", None),
        (("een dag", "%(n)s dagen"), ("a day", "%(n)s days"), None),
        (("%(n)s dag", "%(n)s dagen"), ("one day", "%(n)s days"), None),
        (("een dag", "%(n)s dagen"), ("a day", "%(m)s days"), "other placeholders than the original: 'een dag'"),
        (("een dag", "%(n)s dagen"), ("a day", ""), "not translated: 'een dag'"),
        ("Dag", "", "not translated: 'Dag'"),
    ],
)
def test_faults_of_a_translation(
    original: str | tuple[str, str], translation: str | tuple[str, str], fault: str | None
) -> None:
    code, translated = catalogue.empty(), catalogue.empty()
    code.add(original)
    translated.add(original, translation)

    assert list(catalogue.faults(code, translated)) == ([fault] if fault else [])


def test_faults_name_what_is_uncertain_and_what_is_gone() -> None:
    code, translated = Catalog(locale="en"), Catalog(locale="en")
    code.add("Dag")
    translated.add("Dag", "Hello", flags=["fuzzy"])
    translated.add("Weg", "Gone")

    assert list(catalogue.faults(code, translated)) == ["marked as uncertain: 'Dag'", "no longer in the code: 'Weg'"]


def test_dutch_stays_as_it_is_written() -> None:
    """A text that Django or a library has in English too, such as 'Log in', would be shown in their Dutch."""
    with translation.override("nl"):
        others = {
            text: gettext(text)
            for message in catalogue.stored()
            if not message.context
            for text in catalogue.forms(message.id)
            if text and gettext(text) != text
        }

    assert others == {}
