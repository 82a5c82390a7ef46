"""Names are found as they were typed, and with a letter wrong; what is most like it stands first."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from members import search
from members.models import Organisation
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db

LETTERS = "abcdefghijklmnopqrstuvwxyzéëïöüçñ"
# As people name things: some words, of which some are short, with the signs that stand in names.
words = st.text(LETTERS, min_size=1, max_size=12)
names = st.lists(words, min_size=1, max_size=7).map(" ".join).filter(lambda name: len(name) >= 6)
texts = st.text(LETTERS + LETTERS.upper() + " .,'’&-()0123456789", max_size=60)

ONCE_PER_EXAMPLE = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def found(words: str) -> list[str]:
    everybody = Organisation.objects.all()
    matching = search.matching(everybody, words).order_by().values("pk")
    return list(search.ranked(everybody.filter(pk__in=matching), words).values_list("name", flat=True))


def named(*names: str) -> None:
    for name in names:
        OrganisationFactory(name=name, tagline="")


@st.composite
def with_an_error(draw: st.DrawFn) -> tuple[str, str]:
    """A name, and the same with one letter missing, added, another, or changed places with the next."""
    name = draw(names)
    place = draw(st.integers(0, len(name) - 1))
    letter = draw(st.sampled_from(LETTERS + " "))
    before, here, after = name[:place], name[place], name[place + 1 :]
    missing, added, another = before + after, before + letter + here + after, before + letter + after
    swapped = before + after[:1] + here + after[1:]
    typed = draw(st.sampled_from([missing, added, another, swapped]))
    assume("st" not in typed.split())  # that is 'sint'
    return name, typed


@ONCE_PER_EXAMPLE
@given(with_an_error())
def test_one_error_in_a_name_does_no_harm(pair: tuple[str, str]) -> None:
    name, typed = pair
    with transaction.atomic():
        named(name)
        names_found = found(typed)
        transaction.set_rollback(True)

    assert names_found == [name]


@ONCE_PER_EXAMPLE
@given(texts)
def test_names_are_compared_alike_here_and_in_the_database(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT plain_name(%s)", [text])
        assert cursor.fetchone() == (search.plain(text),)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Taalhuis De Schrijfplank", "taalhius"),
        ("Taalhuis De Schrijfplank", "schrijfplnk taalhuis"),
        ("Taalhuis De Schrijfplank", "taal huis schrijf plank"),
        ("Taalhuis De Schrijfplank", "taalhuisdeschrijfplank"),
        ("De Zonnebloem", "Zonebloem"),
        ("De Zonnebloem", "zone bloem"),
        ("Zonne Bloem Vlaardingen", "zonnebloem"),
        ("Café De Eén", "cafe de een"),
        ("Cafe De Een", "café"),
        ("Sint Jozefparochie", "St. Jozefparochie"),
        ("St. Jozefparochie", "sint jozefparochi"),
        ("St.-Jozefparochie", "sint-jozef"),
        ("Werf Noord B.V.", "werf noord bv"),
        ("Werf Noord BV", "b.v. werf"),
        ("Kunst & Cultuur", "kunst en cultuur"),
        ("Fit op de Kade", "FIT OP KADE"),
        ("BSO Het Kompas", "kompas bso"),
        ("'t Vondertje", "t vondertje"),
        ("D'Oude Stijl", "d’oude stijl"),
    ],
)
def test_what_is_meant_is_found(name: str, typed: str) -> None:
    named(name, "Speeltuin Het Springtij")

    assert found(typed) == [name]


NOT_THERE = ["x", "xq", "roc", "zang", "fysiotherapie", "taalvogel", "!!!", "%", "_", "\\"]


@pytest.mark.parametrize("typed", NOT_THERE)
def test_what_is_not_there_is_not_found(typed: str) -> None:
    named("Taalhuis De Schrijfplank", "Zand en Grond", "De Eendracht")

    assert found(typed) == []


def test_a_short_word_is_found_as_a_word_only() -> None:
    named("De Eendracht", "Dekker", "Vrienden van de Derde", "Edelsmid")

    assert sorted(found("de")) == ["De Eendracht", "Vrienden van de Derde"]
    assert found("d") == []


def test_a_short_word_beside_a_long_one_does_not_decide() -> None:
    named("Speeltuin Het Springtij", "De Speeltuin", "De Wilg")

    assert found("de speeltuin") == ["De Speeltuin", "Speeltuin Het Springtij"]


def test_the_best_come_first() -> None:
    OrganisationFactory(name="Aan Zee", tagline="Naast het taalhuis.")
    named("Taalhuys", "Het Oude Taalhuis", "Taalhuis De Schrijfplank", "Taalhuis")

    assert found("Taalhuis") == ["Taalhuis", "Taalhuis De Schrijfplank", "Het Oude Taalhuis", "Aan Zee", "Taalhuys"]


def test_every_word_has_to_be_there() -> None:
    named("Speeltuin Holy", "Speeltuin Westwijk")

    assert found("speeltuin holy") == ["Speeltuin Holy"]
    assert found("speeltuin ambacht") == []


def test_without_words_all_are_found_by_name() -> None:
    named("b", "A", "c")

    assert found("") == ["A", "b", "c"]


def test_what_nothing_has_is_answered_with_what_is_near() -> None:
    named("Bibliotheek De Leeshaven", "De Wilg")

    assert found("biebliotek") == []
    near = search.near(Organisation.objects.all(), "biebliotek")
    assert [Organisation.objects.get(pk=key).name for key in near] == ["Bibliotheek De Leeshaven"]


def test_a_renamed_organisation_is_found_by_its_new_name() -> None:
    organisation = OrganisationFactory(name="Vroeger")
    organisation.name = "Tegenwoordig"
    organisation.save()

    assert found("tegenwordig") == ["Tegenwoordig"]
    assert found("vroeger") == []


@pytest.mark.parametrize("typed", ["taalhius", "st jan", "zonne bloem", "de", "de speeltuin"])
def test_an_index_answers(typed: str) -> None:
    """Also of a small table: calling the functions on every row would be dearer."""
    for number in range(60):
        OrganisationFactory(name=f"Organisatie {number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE members_organisation")

    plan = search.matching(Organisation.objects.order_by(), typed).explain()

    assert "Bitmap Index Scan" in plan
    assert "Seq Scan on members_organisation" not in plan
