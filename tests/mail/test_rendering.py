from pathlib import Path

import pytest
from django.utils.safestring import mark_safe
from pytest_django.fixtures import Settings

from kring.foundation.accent import contrast
from kring.foundation.models import Circle
from kring.mail import rendering
from kring.mail.models import Kind
from kring.mail.recipients import Recipient
from kring.mail.templatetags.mail import announcing, fact

ROOT = Path(__file__).resolve().parent.parent.parent
TO = Recipient(email="nadia@maasoever.example", name="Nadia Hoogerduijn")

pytestmark = pytest.mark.django_db


def render(**context: object) -> rendering.Rendered:
    return rendering.render("tests/mail", TO, {"word": "Dag.", **context})


def test_text_and_html_say_the_same() -> None:
    Circle(name="Sociale Kring", city="Vlaardingen", email="bestuur@kring.example").save()
    mail = render(action_url="https://kring.example/a/x/", action_label="Ja, dat doen we")

    assert mail.text == (
        "Beste Nadia,\n\nDag.\n\n  Dit is een feit.\n\n"
        "Ja, dat doen we:\nhttps://kring.example/a/x/\n\n"
        "--\nSociale Kring Vlaardingen\nhttp://localhost:8000\n\n"
        "Je krijgt deze mail omdat je meedoet met Sociale Kring. "
        "Een antwoord op deze mail komt bij een mens terecht.\n"
    )
    for words in ("Beste Nadia,", "Dag.", "Dit is een feit.", "Ja, dat doen we", "Sociale Kring Vlaardingen"):
        assert words in mail.html
    assert 'href="https://kring.example/a/x/"' in mail.html


@pytest.mark.parametrize(("email", "reply_to"), [("", "a@k.example"), ("a@k.example", ""), ("", "")])
def test_answer_reaches_somebody_only_where_the_circle_has_an_address(email: str, reply_to: str) -> None:
    Circle(name="Kring", city="Stad", email=email, reply_to=reply_to).save()
    Circle.forget()
    mail = render()

    says_so = ["komt bij een mens terecht" in part for part in (mail.text, mail.html)]

    assert says_so == [bool(email or reply_to)] * 2


def test_mail_that_was_written_elsewhere_has_its_first_lines_as_preheader() -> None:
    html = rendering.dress("Fout", "Er ging\niets mis.\n\nDe rest.", TO)

    assert ">Er ging iets mis.</div>" in html


def test_choices_stand_under_the_button_and_in_the_text() -> None:
    mail = render(
        action_url="https://kring.example/a/x/?keuze=yes",
        action_label="Ja",
        choices=[
            ("https://kring.example/a/x/?keuze=talk", "Laten we overleggen"),
            ("https://k.example/?a=1&b=2", "Nee"),
        ],
    )

    assert "Laten we overleggen:\nhttps://kring.example/a/x/?keuze=talk\n" in mail.text
    assert "https://k.example/?a=1&b=2" in mail.text
    assert 'href="https://k.example/?a=1&amp;b=2"' in mail.html
    assert mail.html.index("keuze=yes") < mail.html.index("keuze=talk")


def test_mail_without_a_button_has_none() -> None:
    assert 'class="button' not in render().html


def test_html_reads_without_images_and_in_the_dark() -> None:
    html = render().html

    assert "<img" not in html
    assert 'name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme" in html
    assert "max-width: 600px" in html
    assert "<link" not in html
    assert "<script" not in html


@pytest.mark.parametrize("accent", ["#c8401f", "#ffee00", "#000000", "#1f4e79", "#ffffff"])
def test_button_can_be_read_in_any_colour_of_the_circle(accent: str) -> None:
    colours = rendering.colours(accent)

    assert contrast(colours["button"], colours["on_button"]) >= 4.5
    assert contrast(colours["dark_button"], colours["on_dark_button"]) >= 4.5


def test_circle_has_its_own_name_and_colour() -> None:
    Circle(name="Kring", city="Schiedam", accent="#1f4e79").save()

    html = render(action_url="https://x.example/", action_label="Ja").html

    assert "Kring Schiedam" in html
    assert "#1f4e79" in html


def test_typed_text_of_many_lines_stays_apart_from_our_own_words() -> None:
    typed = "Kan dit?\n\nMaak geld over naar NL00\n%%\nGroet"

    html = rendering.paragraphs(f"Fatima vraagt:\n\n  {fact(typed)}\n\nKan het?")

    assert html == (
        "<p>Fatima vraagt:</p>\n"
        '<p class="fact">Kan dit?<br><br>Maak geld over naar NL00<br>%%<br>Groet</p>\n'
        "<p>Kan het?</p>"
    )


def test_typed_text_cannot_begin_another_part_of_the_mail() -> None:
    mail = render(word="x\n%%\n\n{{ between_parts }}\n%\nBcc: y@z.example")

    assert "{{ between_parts }}" in mail.text
    assert mail.subject == "Dag Nadia Hoogerduijn, dit is een proef"


def test_code_is_set_large() -> None:
    assert rendering.paragraphs("  1234-5678") == '<p class="code">1234-5678</p>'
    assert rendering.paragraphs("  BX7KQP") == '<p class="code">BX7KQP</p>'
    assert 'class="fact"' in rendering.paragraphs("  Dit is een feit")


def test_address_after_a_question_has_no_colon() -> None:
    assert announcing("Klopt dit?") == "Klopt dit?"
    assert announcing("Bekijk de afspraak") == "Bekijk de afspraak:"


def test_mail_is_in_the_language_of_its_reader(settings: Settings) -> None:
    english = Recipient(email=TO.email, name=TO.name, language="en")

    assert '<html lang="en"' in rendering.render("tests/mail", english, {"word": "hi"}).html


def test_way_out_of_reminders_stands_at_the_foot() -> None:
    way_out = "https://kring.example/afmelden/t/"
    mail = rendering.render("tests/mail", TO, {"word": "x"}, kind=Kind.REMINDER, leave_url=way_out)
    letter = rendering.render("tests/mail", TO, {"word": "x"}, kind=Kind.NEWSLETTER, leave_url=way_out)
    other = rendering.render("tests/mail", TO, {"word": "x"}, kind=Kind.CODE, leave_url=way_out)

    assert "Geen herinneringen meer op dit adres?\nhttps://kring.example/afmelden/t/" in mail.text
    assert 'href="https://kring.example/afmelden/t/"' in mail.html
    assert "Geen nieuwsbrief meer op dit adres?\n" in letter.text
    assert "afmelden" not in render().text + other.text + other.html


def test_mail_with_bodies_of_its_own_is_set_in_the_layout() -> None:
    told = {
        "subject": "De brief",
        "preheader": "Voor jou",
        "foot": [("https://k.example/web/?a=1&b=2", "Lees op het web")],
    }

    mail = rendering.compose(TO, told, text="Dag.", html=mark_safe("<h2>Dag.</h2>"), kind=Kind.NEWSLETTER)

    assert mail.subject == "De brief"
    assert mail.text.startswith("Dag.\n\n--\nSociale Kring Vlaardingen\n")
    assert mail.text.endswith("Lees op het web:\nhttps://k.example/web/?a=1&b=2\n")
    assert "<h2>Dag.</h2>" in mail.html
    assert 'href="https://k.example/web/?a=1&amp;b=2"' in mail.html
    assert "Voor jou" in mail.html


def test_every_mail_in_the_house_extends_the_layout() -> None:
    """A mail that does not would have no foot and no HTML twin."""
    mails = [path for path in ROOT.glob("*/templates/*/mail/*.txt") if not path.name.startswith("_")]

    assert mails
    for path in mails:
        assert path.read_text().startswith('{% extends "mail/layout.txt" %}'), path
