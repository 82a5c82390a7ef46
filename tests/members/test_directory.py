"""What the directory finds, counts and shows, for whom; and the same on paper."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members import directory, filters
from members.directory import Directory
from members.models import District, MembershipStatus, OrganisationKind
from members.views import directory as views
from offerings.models import NeedState, OfferingState
from tests.conftest import Cast
from tests.factories import (
    BusinessFactory,
    DistrictFactory,
    NeedFactory,
    OfferingFactory,
    OrganisationFactory,
    RoleFactory,
    SectorFactory,
)

pytestmark = pytest.mark.django_db


def asked(query: str, user: Any = None) -> Directory:
    return Directory(QueryDict(query), user or AnonymousUser(), timezone.localdate(), directory.stamp())


def names(found: Directory) -> list[str]:
    return list(found.found.values_list("name", flat=True))


def counts(found: Directory, name: str) -> dict[str, int]:
    return told(found)[name]


def told(found: Directory) -> dict[str, dict[str, int]]:
    """What stands beside each value of each facet."""
    return {group["name"]: {each["value"]: each["count"] for each in group["options"]} for group in found.groups}


# --- what other rooms know ---


def test_who_has_something_on_the_card_is_found_by_it() -> None:
    offers, drafts = OrganisationFactory(name="Biedt"), OrganisationFactory(name="Schrijft nog")
    OfferingFactory(organisation=offers)
    OfferingFactory(organisation=drafts, state=OfferingState.DRAFT, published_on=None)
    OrganisationFactory(name="Heeft niets")

    found = asked("aanbod=ja")

    assert names(found) == ["Biedt"]
    assert counts(asked(""), "aanbod") == {"ja": 1}


def test_who_looks_for_something_now_is_found_by_it() -> None:
    needs, helped = OrganisationFactory(name="Zoekt"), OrganisationFactory(name="Is geholpen")
    NeedFactory(organisation=needs)
    NeedFactory(organisation=helped, state=NeedState.MET)
    late = OrganisationFactory(name="Te laat")
    NeedFactory(organisation=late, expires_on=timezone.localdate().replace(year=2020))

    assert names(asked("vraag=ja")) == ["Zoekt"]
    assert counts(asked(""), "vraag") == {"ja": 1}


def test_a_facet_of_another_room_is_one_of_the_api(client: Client) -> None:
    OfferingFactory(organisation=OrganisationFactory(slug="biedt"))
    OrganisationFactory()

    found = client.get("/api/v1/organisations/", {"aanbod": "ja"}).json()

    assert [each["slug"] for each in found["results"]] == ["biedt"]
    assert client.get("/api/v1/organisations/", {"aanbod": "misschien"}).status_code == 400


def test_a_change_in_another_room_shows_at_once(client: Client) -> None:
    organisation = OrganisationFactory(name="Biedt straks")
    assert "Biedt straks" not in client.get("/organisaties/?aanbod=ja").content.decode()

    OfferingFactory(organisation=organisation)

    assert "Biedt straks" in client.get("/organisaties/?aanbod=ja").content.decode()


# --- counts ---

KINDS = st.sampled_from([OrganisationKind.MEMBER, OrganisationKind.BUSINESS, OrganisationKind.PARTNER])
CIRCLE = st.lists(
    st.fixed_dictionaries(
        {
            "kind": KINDS,
            "sector": st.integers(0, 2),
            "also": st.sets(st.integers(0, 2), max_size=2),
            "districts": st.sets(st.integers(0, 3), max_size=3),
            "anbi": st.booleans(),
            "offers": st.booleans(),
            "is_listed": st.booleans(),
        }
    ),
    min_size=1,
    max_size=6,
)
CHOSEN = st.fixed_dictionaries(
    {},
    optional={
        "soort": st.sampled_from([["organisaties"], ["bedrijven"]]),
        "sector": st.lists(st.sampled_from(["s0", "s1", "s2"]), min_size=1, max_size=2, unique=True),
        "wijk": st.lists(st.sampled_from(["w0", "w1", "w2", "w3"]), min_size=1, max_size=2, unique=True),
        "anbi": st.just(["ja"]),
        "aanbod": st.just(["ja"]),
        "q": st.sampled_from([["organisatie"], ["xqzzy"]]),
    },
)


def build(circle: list[dict[str, Any]]) -> None:
    sectors = [SectorFactory(slug=f"s{n}", hue="sport") for n in range(3)]
    districts = [DistrictFactory(slug=f"w{n}") for n in range(4)]
    # A neighbourhood counts for the district that it lies in.
    District.objects.filter(slug="w3").update(parent=districts[0])
    for each in circle:
        listed = {"membership": MembershipStatus.ACTIVE if each["is_listed"] else MembershipStatus.APPLIED}
        if each["kind"] != OrganisationKind.MEMBER:
            listed = {"listed_on": timezone.localdate() if each["is_listed"] else None}
        made = OrganisationFactory(kind=each["kind"], main_sector=sectors[each["sector"]], anbi=each["anbi"], **listed)
        made.sectors.set([sectors[n] for n in each["also"]])
        made.districts.set([districts[n] for n in each["districts"]])
        if each["offers"]:
            OfferingFactory(organisation=made)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CIRCLE, CHOSEN)
def test_counts_are_what_a_filter_would_find(circle: list[dict[str, Any]], chosen: dict[str, list[str]]) -> None:
    with transaction.atomic():
        build(circle)
        query = QueryDict(mutable=True)
        for name, values in chosen.items():
            query.setlist(name, values)
        found = asked(query.urlencode())
        counted = told(found)
        right = {}
        for name, options in counted.items():
            for value in options:
                other = query.copy()
                other.setlist(name, [value])
                right.setdefault(name, {})[value] = len(names(asked(other.urlencode())))
        total, listed = found.total, len(names(found))
        transaction.set_rollback(True)

    assert counted == right
    assert total == listed


@pytest.mark.parametrize(
    ("who", "sees"),
    [("visitor", False), ("business", False), ("outsider", True), ("board", True), ("administrator", False)],
)
def test_counts_tell_nobody_of_what_is_hidden(cast: Cast, who: str, sees: bool) -> None:
    hidden = OrganisationFactory(name="Nog geheim", membership=MembershipStatus.APPLIED, anbi=True)
    RoleFactory(user=cast.outsider, organisation=hidden)

    html = cast.client(who).get("/organisaties/?anbi=ja").content.decode()

    user = None if who == "visitor" else getattr(cast, who)
    assert ("Nog geheim" in html) is sees
    if who != "board":  # whose seat is read with the session
        assert asked("anbi=ja", user).total == int(sees)


def test_counts_are_made_once_while_nothing_changes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    OrganisationFactory()
    made = []
    read = directory.tally.Tally.read.__func__
    monkeypatch.setattr(
        directory.tally.Tally, "read", classmethod(lambda cls, today: made.append(today) or read(cls, today))
    )

    for page in ("/organisaties/?x=1", "/organisaties/?anbi=ja&x=1", "/organisaties/?x=2"):
        client.get(page)
    assert len(made) == 1

    OrganisationFactory()
    client.get("/organisaties/?x=1")
    assert len(made) == 2


# --- in one's own district ---


def test_a_district_is_seen_sector_by_sector() -> None:
    district = DistrictFactory(slug="holy")
    sport, care = SectorFactory(slug="sport", order=1), SectorFactory(slug="zorg", order=2)
    for name, sector in (("b", sport), ("a", care), ("c", sport), ("d", None)):
        made = OrganisationFactory(name=name, main_sector=sector, kind=OrganisationKind.PARTNER)
        made.districts.add(district)

    sections = asked("wijk=holy").sections

    assert [(each.title, len(each.cards)) for each in sections] == [
        ("Sport", 2),
        ("Zorg", 1),
        ("Bedrijven en partners", 1),
    ]
    assert [each.title for each in asked("").sections] == [""]
    assert [each.title for each in asked("wijk=holy&q=a b").sections] == []
    assert names(asked("wijk=holy")) == ["b", "c", "a", "d"]


def test_who_serves_an_organisation_is_a_step_from_its_districts(cast: Cast) -> None:
    cast.member.districts.add(DistrictFactory(slug="holy"), DistrictFactory(slug="ambacht"))

    html = unescape(cast.client("owner").get("/organisaties/?anbi=ja").content.decode())

    assert 'href="?anbi=ja&wijk=ambacht&wijk=holy"' in html
    assert "in onze wijk" not in cast.client("owner").get("/organisaties/?wijk=holy&wijk=ambacht").content.decode()
    assert "in onze wijk" not in cast.client("visitor").get("/organisaties/").content.decode()
    assert "in onze wijk" not in cast.client("outsider").get("/organisaties/").content.decode()


def test_a_district_stays_chosen_on_the_way_on() -> None:
    DistrictFactory(slug="holy")
    OrganisationFactory(anbi=True).districts.set(District.objects.all())

    found = asked("wijk=holy")

    assert ("wijk", "holy") in found.besides_search
    assert all("wijk=holy" in way["url"] for way in found.kinds)
    assert found.address == "?wijk=holy"


# --- search ---


def test_a_search_with_an_error_gives_the_name_itself(client: Client) -> None:
    OrganisationFactory(name="Taalhuis De Schrijfplank", slug="taalhuis")
    OrganisationFactory(name="Speeltuin Het Springtij")

    html = client.get("/organisaties/", {"q": "taalhius"}).content.decode()

    assert re.findall(r'card-title">\s*<a href="([^"]+)"', html) == ["/organisaties/taalhuis/"]
    assert "1 gevonden voor" in html


def test_a_search_that_finds_more_than_one_leafs_through_keeps_the_best_and_a_file_has_all(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "MAX_LISTED", 1)
    OrganisationFactory(name="Vrienden van het koor de Schelp")
    OrganisationFactory(name="Koor")

    page = client.get("/organisaties/?q=koor").content.decode()
    file = b"".join(client.get("/organisaties/lijst.csv?q=koor")).decode()

    assert "Vrienden van het koor" not in page
    assert [name in file for name in ("Koor", "Vrienden van het koor")] == [True, True]


def test_what_is_near_is_offered_when_nothing_was_found(client: Client) -> None:
    OrganisationFactory(name="Bibliotheek De Leeshaven")

    html = client.get("/organisaties/", {"q": "biebliotek"}).content.decode()

    assert "Niemand gevonden" in html
    assert html.index("Bedoel je misschien") < html.index("De Leeshaven")


def test_a_search_comes_before_a_filter_but_not_in_its_way() -> None:
    OrganisationFactory(name="Taalhuis", anbi=True)
    OrganisationFactory(name="Taalhuis De Plank", anbi=False)

    assert names(asked("q=taalhuis&anbi=ja")) == ["Taalhuis"]
    assert counts(asked("q=taalhuis"), "anbi") == {"ja": 1}


def test_searching_faster_than_anybody_types_is_held_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "SEARCHES_A_MINUTE", 2)

    answers = [client.get("/organisaties/", {"q": f"taal{number}", "anbi": "ja"}) for number in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert 'value="taal2"' in answers[2].content.decode()
    assert 'name="anbi" value="ja"' in answers[2].content.decode()
    assert client.get("/organisaties/").status_code == 200


def test_files_are_held_up_sooner(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "FILES_A_MINUTE", 1)

    assert client.get("/organisaties/lijst.csv").status_code == 200
    assert client.get("/organisaties/lijst.xlsx").status_code == 429


# --- on paper ---


def test_the_list_on_paper_has_all_pages_of_the_same_question(client: Client) -> None:
    for number in range(30):
        BusinessFactory(name=f"Firma {number:02}", email=f"firma-{number}@voorbeeld.example", phone="010 434 0000")
    OrganisationFactory(name="Iets anders")

    shown = unescape(client.get("/organisaties/").content.decode())
    html = client.get("/organisaties/lijst.html?soort=bedrijven").content.decode()

    assert 'href="/organisaties/lijst.html' in shown
    assert [number for number in range(30) if f"firma-{number}@voorbeeld.example" in html] == list(range(30))
    assert "Iets anders" not in html
    assert "30 organisaties, op" in html
    assert html.count("<tr>") == 31


def test_a_list_on_paper_has_an_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("members.exporting.MAX_PRINTED", 2)
    for number in range(3):
        OrganisationFactory(name=f"Organisatie nummer {number}")

    html = client.get("/organisaties/lijst.html").content.decode()

    assert html.count("Organisatie nummer") == 2
    assert "Dit zijn de eerste 2." in html


def test_every_registered_facet_has_a_place_on_the_page() -> None:
    assert [facet.name for facet in filters.facets()] == ["aanbod", "vraag"]
    assert directory.in_column() == ["sector", "wijk", "anbi", "aanbod", "vraag"]
    assert {"aanbod", "vraag", "q", "page"} <= directory.parameters()
