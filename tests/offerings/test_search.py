from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from members.models import MembershipStatus, Organisation
from offerings import search
from offerings.models import FRESH_MONTHS, Category, Offering, OfferingState, months_before
from tests.factories import CategoryFactory, NeedFactory, OfferingFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def found(words: str) -> list[str]:
    """The titles that a question finds, best first."""
    today = timezone.localdate()
    published = Offering.objects.published(today)
    question = search.find(published, words).question
    return list(search.ranked(search.matching(published, question), question, today).values_list("title", flat=True))


def reading(words: str) -> tuple[search.Reading, str]:
    """How a question is read, and as which words."""
    question = search.find(Offering.objects.published(timezone.localdate()), words).question
    return question.reading, question.words


@pytest.mark.parametrize(
    "asked",
    ["vergaderzaal", "vergaderzalen", "Vergaderzaal", "VERGADERZALEN", "vergader", "  vergaderzaal  "],
)
def test_a_word_is_found_in_any_form(asked: str) -> None:
    OfferingFactory(title="Een vergaderzaal aan het water")
    OfferingFactory(title="Rondleiding door het museum")

    assert found(asked) == ["Een vergaderzaal aan het water"]


def test_accents_do_not_matter_on_either_side() -> None:
    OfferingFactory(title="Cafe met terras", summary="Koffie en taart.")
    OfferingFactory(title="Een café vol verhalen", summary="Vertellers uit de buurt.")

    assert sorted(found("café")) == ["Cafe met terras", "Een café vol verhalen"]
    assert sorted(found("cafe")) == ["Cafe met terras", "Een café vol verhalen"]


def test_the_beginning_of_a_word_is_not_stemmed() -> None:
    """The stem of 'zaal' is 'zal': taken as a beginning that would find a salmon."""
    OfferingFactory(title="Zalm roken")
    OfferingFactory(title="Zaalverhuur")

    assert found("zaal") == ["Zaalverhuur"]


def test_every_word_has_to_occur() -> None:
    OfferingFactory(title="Muziekavond in het park")
    OfferingFactory(title="Muziek op school")

    assert found("muziek park") == ["Muziekavond in het park"]
    assert found("muziek voor in het park") == ["Muziekavond in het park"]


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("zaal", "De zaalverhuur van het buurthuis"),
        ("zaal verhuur", "De zaalverhuur van het buurthuis"),
        ("zaalverhuur", "Wij verhuren niets, maar verhuur van een zaal kan"),
        ("dag vrijwilligers", "Vrijwilligersdag"),
        ("vrijwilligersdag", "Een dag voor vrijwilligers"),
        ("school plein", "Schoolpleinen"),
        ("plaats voor werkervaring", "Werkervaringsplaats"),
    ],
)
def test_a_compound_is_found_by_its_parts_and_finds_them(asked: str, title: str) -> None:
    OfferingFactory(title=title)
    OfferingFactory(title="Kantoor met uitzicht")

    assert found(asked) == [title]


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("vrijwilligersdag", ["vrijwilligers", "dag"]),
        ("werkervaringsplaats", ["werk", "ervarings", "plaats"]),
        ("kinderfeestje", ["kinder", "feestje"]),
        ("kantoor", []),
        ("museum", []),
        ("zaal", []),
        ("", []),
        ("x" * 50_000, []),
    ],
)
def test_words_are_split_where_dutch_joins_them(word: str, parts: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT compound_parts(%s)", [word])
        assert cursor.fetchone()[0] == parts


def test_what_has_some_of_the_words_is_found_when_nothing_has_all() -> None:
    OfferingFactory(title="Wandelen met bewoners")
    OfferingFactory(title="Wandelen met honden")
    OfferingFactory(title="Zwemmen met honden")
    OfferingFactory(title="Houten speelgoed")

    assert reading("schaatsen met honden") == (search.Reading.ANY, "schaatsen met honden")
    assert sorted(found("schaatsen met honden")) == ["Wandelen met honden", "Zwemmen met honden"]
    # The rarer word says more.
    assert found("schaatsen bewoners honden")[0] == "Wandelen met bewoners"
    # A part of a compound that is not on the card says something too.
    assert found("houtbewerking") == ["Houten speelgoed"]
    assert reading("xqzzy") == (search.Reading.NONE, "xqzzy")


def test_a_word_that_the_card_does_not_know_is_read_as_the_one_it_does() -> None:
    OfferingFactory(title="Rondleiding door het museum")
    OfferingFactory(title="Rondleiding langs de haven")

    assert reading("rondlijding museum") == (search.Reading.MEANT, "rondleiding museum")
    assert found("rondlijding museum") == ["Rondleiding door het museum"]


def test_quotes_minus_and_or_mean_what_they_do_elsewhere() -> None:
    OfferingFactory(title="Koken met buren")
    OfferingFactory(title="Buren leren koken")
    OfferingFactory(title="Zingen")

    assert found('"koken met buren"') == ["Koken met buren"]
    assert found("koken -leren") == ["Koken met buren"]
    assert sorted(found("zingen or leren")) == ["Buren leren koken", "Zingen"]


def test_title_counts_more_than_summary_and_summary_more_than_description() -> None:
    OfferingFactory(title="Een middag buiten", description="Je leert er timmeren.")
    OfferingFactory(title="Timmeren voor beginners")
    OfferingFactory(title="Werkplaats", summary="Hout, zagen en timmeren.")

    assert found("timmeren") == ["Timmeren voor beginners", "Werkplaats", "Een middag buiten"]


def test_organisation_and_category_are_searched_too() -> None:
    museum = OrganisationFactory(name="Museum Het Anker")
    course = CategoryFactory(slug="rondleiding-en-excursie", name="Rondleiding en excursie")
    OfferingFactory(title="Achter de schermen", organisation=museum, category=course)

    assert found("anker") == ["Achter de schermen"]
    assert found("excursies") == ["Achter de schermen"]


def test_a_new_name_of_organisation_or_category_is_found_and_the_old_one_no_longer() -> None:
    offering = OfferingFactory(
        title="Achter de schermen", organisation__name="Het Anker", category=CategoryFactory(name="Uitje")
    )
    need = NeedFactory(organisation=offering.organisation, category=offering.category)

    Organisation.objects.filter(pk=offering.organisation_id).update(name="De Sluis")
    Category.objects.filter(pk=offering.category_id).update(name="Excursie")

    assert (found("sluis"), found("anker")) == (["Achter de schermen"], [])
    assert (found("excursie"), found("uitje")) == (["Achter de schermen"], [])
    need.refresh_from_db()
    assert "'sluis'" in need.search
    assert "'anker'" not in need.search


def test_a_main_category_that_gets_another_name_is_found_by_what_lies_in_it() -> None:
    main = CategoryFactory(slug="team", name="Teamuitje")
    OfferingFactory(title="Suppen", category=CategoryFactory(slug="sportief", name="Sportief", parent=main))

    main.name = "Dagje weg"
    main.save()

    assert found("dagje weg") == ["Suppen"]


def test_what_was_confirmed_lately_stands_above_what_was_not() -> None:
    today = timezone.localdate()
    OfferingFactory(title="Timmeren", confirmed_on=months_before(today, FRESH_MONTHS))
    OfferingFactory(
        title="Werkplaats", summary="Ook timmeren.", confirmed_on=months_before(today, FRESH_MONTHS) + dt.timedelta(1)
    )

    assert found("timmeren") == ["Werkplaats", "Timmeren"]


def test_only_what_is_on_the_card_is_found() -> None:
    OfferingFactory(title="Timmeren", state=OfferingState.DRAFT, published_on=None)
    OfferingFactory(title="Timmeren", state=OfferingState.PAUSED)
    OfferingFactory(title="Timmeren", organisation__membership=MembershipStatus.SUSPENDED)

    assert found("timmeren") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("vergaderzal", ["vergaderzaal"]),
        ("rondlijding", ["rondleiding"]),
        ("vergaderzaal", ["vergaderzaal"]),
        ("goedkope vergaderzaal", ["vergaderzaal"]),
        ("xyzzyx", []),
        ("", []),
    ],
)
def test_a_typing_error_is_held_against_the_words_of_the_card(typed: str, meant: list[str]) -> None:
    OfferingFactory(title="Vergaderzaal", summary="Een rondleiding hoort erbij.")

    assert search.meant(typed) == meant


@pytest.mark.parametrize("nothing", ["", "   ", "-", '""', "&|!()", "\n\t", "*:*", "___", "…"])
def test_what_has_no_words_is_no_question(nothing: str) -> None:
    assert search.tidy(nothing) == ""


@pytest.mark.parametrize(
    "odd", ["de het een", "a' | b", "x:*", "(((", "!!zaal", "zaal & | zaal", "\\", "%%", "ijs" * 80]
)
def test_odd_questions_find_something_or_nothing_but_never_fail(odd: str) -> None:
    OfferingFactory(title="Zaal")

    assert found(search.tidy(odd) or "zaal") in ([], ["Zaal"])
    assert isinstance(search.meant(odd), list)
