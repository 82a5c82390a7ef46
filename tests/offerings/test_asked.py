"""What the city asks for is counted, without whoever asked."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from offerings import asked
from offerings.models import Means, SearchCount
from tests.conftest import Cast
from tests.factories import BusinessFactory, OfferingFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2015, 11, 23)


def counts() -> dict[tuple[str, bool], int]:
    return {(row.words, row.found): row.times for row in SearchCount.objects.all()}


def test_a_search_is_counted_once_for_each_time_that_somebody_asks(client: Client, cast: Cast) -> None:
    OfferingFactory(title="Zaal")
    signed_in = cast.client("business")

    for path in ("?q=Zaal", "?q=zaal&sector=welzijn", "?q=zaal&page=2", "?q=zaal&sort=naam", "", "?q=%26%26"):
        signed_in.get(f"/menukaart/{path}")
    client.get("/menukaart/?q=zaál")
    client.get("/menukaart/?q=zaál")  # the page that visitors share
    client.get("/menukaart/?q=verfspuit&voor=stad")

    assert counts() == {("zaal", True): 2, ("verfspuit", False): 1}


def test_something_like_it_is_not_found_but_what_businesses_give_is(client: Client) -> None:
    OfferingFactory(title="Wandelen met honden")
    OfferingFactory(title="Laptops", means=Means.GOODS, organisation=BusinessFactory())

    page = client.get("/menukaart/?q=schaatsen met honden").content.decode()
    client.get("/menukaart/?q=rondvaart met wandelen")
    laptops = client.get("/menukaart/?q=laptop").content.decode()

    assert "Precies dit staat niet op de kaart" in page
    assert "Bedrijven geven het wel: 1 keer" in laptops
    assert counts() == {
        ("schaatsen met honden", False): 1,
        ("rondvaart met wandelen", False): 1,
        ("laptop", True): 1,
    }


def test_words_that_say_nothing_are_told_and_not_counted(client: Client) -> None:
    OfferingFactory(title="Wandelen met honden")

    page = client.get("/menukaart/?q=de het een").content.decode()

    assert "Op deze woorden kunnen we niet zoeken" in page
    assert "staat nog niet op de kaart" not in page
    assert counts() == {}


@pytest.mark.parametrize("words", ["jan@voorbeeld.example", "010 123 45 67", "06-12345678"])
def test_what_is_about_somebody_is_not_counted(words: str) -> None:
    asked.count(words, found=False)

    assert counts() == {}


def test_the_most_asked_for_comes_first_and_the_rare_only_for_the_board() -> None:
    for words, times in (("zaal", 5), ("verfspuit", 7), ("piet jansen", 1)):
        for day in range(times):
            asked.count(words, found=words == "zaal", today=TODAY - dt.timedelta(days=day))
    asked.count("lang geleden", found=False, today=TODAY - asked.PERIOD)

    assert asked.most(TODAY, found=False) == [("verfspuit", 7, TODAY), ("piet jansen", 1, TODAY)]
    assert asked.most(TODAY, found=False, at_least=asked.MANY) == [("verfspuit", 7, TODAY)]
    assert asked.most(TODAY, found=True) == [("zaal", 5, TODAY)]


def test_members_do_not_see_what_one_person_asked_for(cast: Cast) -> None:
    asked.count("piet jansen", found=False)
    for _time in range(asked.MANY):
        asked.count("verfspuit", found=False)

    for_members, for_board = (
        cast.client(who).get(path).content.decode()
        for who, path in (("business", "/mijn/gezocht/"), ("board", "/bestuur/gezocht/"))
    )

    assert ("verfspuit" in for_members, "piet jansen" in for_members) == (True, False)
    assert ("verfspuit" in for_board, "piet jansen" in for_board) == (True, True)


def test_old_searches_are_forgotten() -> None:
    asked.count("lang geleden", found=False, today=TODAY - asked.KEPT)
    asked.count("gisteren", found=False, today=TODAY)

    assert asked.forget_old(TODAY) == 1
    assert asked.forget_old(TODAY) == 0
    assert counts() == {("gisteren", False): 1}
