"""The menu card on paper: what stands on it, for whom, and that words stay words."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kring.foundation import typesetting
from offerings import kept, printing
from offerings.models import Offering
from offerings.views import paper
from tests.conftest import Cast
from tests.factories import CategoryFactory, OfferingFactory, SectorFactory

pytestmark = pytest.mark.django_db

HOSTILE = '#read("/etc/passwd") $x^2$ *vet* <label> @ref \\ "]) #{1 + 1}'


def document(**told: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return printing.document(Offering.objects.published(today), today, kept.kept(today, kept.stamp()).lists, **told)


def dishes(shown: dict[str, Any]) -> dict[str, list[str]]:
    return {course["name"]: [dish["title"] for dish in course["dishes"]] for course in shown["courses"]}


def test_courses_are_the_categories_and_the_stale_sink(cast: Cast) -> None:
    food = CategoryFactory(slug="eten", name="Eten en drinken", description="Aan tafel.", order=1)
    lunch = CategoryFactory(slug="lunch", name="Lunch", parent=food, order=1)
    out = CategoryFactory(slug="uit", name="Teamuitje", order=2)
    old = dt.date(2014, 1, 1)
    OfferingFactory(organisation=cast.member, category=out, title="Varen", group_min=4, duration="2 uur")
    OfferingFactory(organisation=cast.member, category=lunch, title="Soep", confirmed_on=old, counter_favour="afwas")
    OfferingFactory(organisation=cast.member, category=lunch, title="Brood", price_kind="fixed", price="12.50")
    OfferingFactory(organisation=cast.member, category=out, state="draft", published_on=None)

    shown = document()

    assert dishes(shown) == {"Eten en drinken": ["Brood", "Soep"], "Teamuitje": ["Varen"]}
    assert [course["text"] for course in shown["courses"]] == ["Aan tafel.", ""]
    brood, soep = shown["courses"][0]["dishes"]
    assert (brood["price"], brood["freshness"][:12]) == ("€\N{NO-BREAK SPACE}12,50", "Bevestigd in")
    assert (soep["favour"], soep["freshness"]) == ("Tegenprestatie: afwas", "Niet recent bevestigd")
    varen = shown["courses"][1]["dishes"][0]
    assert varen["about"] == "Taalhuis De Schrijfplank · vanaf 4 personen · 2 uur"
    assert varen["url"].endswith(f"/menukaart/{Offering.objects.get(title='Varen').slug}/")


def test_is_a_tagged_pdf_in_the_language_of_the_page(cast: Cast, client: Client) -> None:
    OfferingFactory(organisation=cast.member)

    answer = client.get("/menukaart/menukaart.pdf")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-1.7")
    assert b"/MarkInfo" in answer.content
    assert b"/StructTreeRoot" in answer.content
    assert b"/Lang(nl)" in answer.content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in answer.content


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is set, without setting it."""
    seen: list[dict[str, Any]] = []

    def note(template: Any, data: Any) -> bytes:
        seen.append(data)
        return b"%PDF"

    monkeypatch.setattr(typesetting, "pdf", note)
    return seen


def test_same_filters_as_the_page(cast: Cast, client: Client, shown: list[dict[str, Any]]) -> None:
    cast.member.main_sector = SectorFactory(slug="sport", name="Sport")
    cast.member.save()
    OfferingFactory(organisation=cast.member, title="Zaal huren", audience="business")
    OfferingFactory(organisation=cast.elsewhere, title="Zaal in de wijk", audience="business")
    OfferingFactory(organisation=cast.member, title="Zaalvoetbal", audience="city")
    OfferingFactory(organisation=cast.firm, title="Laptops", means="goods")

    for query in ("sector=sport&voor=bedrijven&q=zaal&onzin=1&sector=onbekend", "van=bedrijven&m=middelen", "q=niets"):
        assert client.get(f"/menukaart/menukaart.pdf?{query}").status_code == 200

    told = [(each["chosen"], [title for titles in dishes(each).values() for title in titles]) for each in shown]
    assert told == [
        ("Voor bedrijven · Sport · ‘zaal’", ["Zaal huren"]),
        ("Wat bedrijven geven · middelen", ["Laptops"]),
        ("‘niets’", []),
    ]


def test_picked_menu_is_what_was_set_aside_and_is_on_the_card(
    cast: Cast, client: Client, shown: list[dict[str, Any]]
) -> None:
    there, gone = OfferingFactory(title="Varen"), OfferingFactory(title="Weg")
    OfferingFactory(title="Niet bewaard")
    for offering in (there, gone):
        client.post(f"{offering.get_absolute_url()}bewaar/")
    gone.pause()

    answer = client.get("/bewaarlijst/menukaart.pdf")

    assert "private" in answer["Cache-Control"]
    assert [list(dishes(each).values()) for each in shown] == [[["Varen"]]]


def test_has_an_end_and_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MAX_DISHES", 2)
    for _number in range(3):
        OfferingFactory(organisation=cast.member)

    shown = document()

    assert sum(map(len, dishes(shown).values())) == 2
    assert shown["left_out"].startswith("Dit zijn de eerste 2 gerechten.")


def test_made_once_for_the_same_and_not_too_often(
    cast: Cast, client: Client, shown: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "MADE_A_MINUTE", 2)
    offering = OfferingFactory(organisation=cast.member)

    same = [client.get("/menukaart/menukaart.pdf").status_code for _ in range(4)]
    others = [client.get(f"/menukaart/menukaart.pdf?q={word}").status_code for word in ("een", "twee")]
    Offering.objects.filter(pk=offering.pk).update(title="Nieuw")

    assert (same, others) == ([200] * 4, [200, 429])
    assert client.get("/menukaart/menukaart.pdf").status_code == 429  # changed, so it would be made anew
    assert len(shown) == 2


def test_words_are_never_markup_and_odd_letters_are_let_be(cast: Cast) -> None:
    written = {"title": HOSTILE[:100], "summary": "👩‍🚀 Şahin \x07 城 \u202e", "duration": HOSTILE[:60]}
    OfferingFactory(organisation=cast.member, **written)

    made = typesetting.pdf(printing.TEMPLATE, document(chosen=HOSTILE))

    assert made.startswith(b"%PDF")
    assert typesetting.printable("👩‍🚀 Şahin Ǆ 城\u202e ’t ½") == " Şahin DZ ? ’t ½"


def test_a_hundred_and_fifty_dishes_take_a_moment(cast: Cast) -> None:
    for _number in range(150):
        OfferingFactory(organisation=cast.member, summary="x" * 150)

    start = time.monotonic()
    made = typesetting.pdf(printing.TEMPLATE, document())

    assert made.startswith(b"%PDF")
    assert time.monotonic() - start < 5
