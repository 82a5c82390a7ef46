"""The API: what it says of itself is true, it shows what the pages show, and nobody's private data."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from commitments.models import CommitmentState, Visibility
from config.wsgi import application
from kring.accounts.models import User
from members.models import MembershipStatus
from offerings.models import OfferingState
from tests.conftest import Cast
from tests.factories import (
    CategoryFactory,
    CommitmentFactory,
    DistrictFactory,
    MeetingFactory,
    OfferingFactory,
    OrganisationFactory,
    SectorFactory,
)

pytestmark = pytest.mark.django_db

CAN_BE_MADE = {("post", name) for name in ("offerings", "needs", "commitments")}
LISTS = ("organisations", "offerings", "needs", "commitments", "categories", "sectors", "districts", "meetings")
# A page of the site, and the list of the API that takes the same filters.
PAIRS = [
    ("/menukaart/", "offerings", "gerecht|keer"),
    ("/organisaties/", "organisations", "deelnemer|gevonden"),
    ("/toezeggingen/", "commitments", "toezegging"),
]


@pytest.mark.django_db(transaction=True)
def test_every_answer_is_as_described(cast: Cast) -> None:
    """Whatever is asked: no fault, a status that is described, and a body that fits."""
    OfferingFactory(organisation=cast.member)
    CommitmentFactory(promisor=cast.firm, beneficiary=cast.member)
    MeetingFactory()
    described = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    operations = [found.ok() for found in described.get_all_operations()]

    for operation in operations:
        ask(operation)
    assert len(operations) >= 2 * len(LISTS)


def ask(operation: Any) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def answers_well(case: Any) -> None:
        # A page beyond the last is a 404 that is described; no schema can say which page that is.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    answers_well()


def fill(cast: Cast) -> None:
    for number, sector in enumerate(("sport", "zorg", "sport")):
        district = DistrictFactory(slug=f"wijk-{number}")
        organisation = OrganisationFactory(main_sector=SectorFactory(slug=sector), name=f"Tuin {number}")
        organisation.districts.add(district)
        category = CategoryFactory(slug=f"rubriek-{number % 2}")
        offering = OfferingFactory(organisation=organisation, category=category, title=f"Zaal {number}")
        OfferingFactory(organisation=organisation, state=OfferingState.DRAFT, published_on=None)
        promise = {"promisor": organisation, "beneficiary": cast.firm, "sector": offering.organisation.main_sector}
        CommitmentFactory(**promise)
        CommitmentFactory(**promise, visibility=Visibility.PARTIES)
        CommitmentFactory(**promise, state=CommitmentState.STARTED, visibility=Visibility.MEMBERS)


QUERIES = {
    "offerings": [
        "",
        "sector=sport",
        "rubriek=rubriek-1",
        "q=zaal",
        "sector=zorg&wijk=wijk-1",
        "voor=stad",
        "q=niets",
    ],
    "organisations": ["", "sector=sport", "wijk=wijk-2", "q=tuin", "soort=bedrijven", "anbi=ja"],
    "commitments": [
        "",
        "sector=sport",
        "stand=bezig",
        "wie=tuin",
        "laat=ja",
        "m=mensen",
        "stand=afgesproken&sector=zorg",
    ],
}


@pytest.mark.parametrize(("page", "name", "words"), PAIRS)
def test_same_filters_find_as_much_as_on_the_page(page: str, name: str, words: str, cast: Cast) -> None:
    fill(cast)
    for query in QUERIES[name]:
        counted = Client().get(f"/api/v1/{name}/?{query}").json()["count"]
        shown = Client().get(f"{page}?{query}").content.decode()
        found = re.search(rf'role="status">\s*(\d+) (?:{words})', shown)
        assert found, (name, query)
        assert int(found[1]) == counted, (name, query)


@pytest.mark.parametrize(("name", "hidden"), [("offerings", "Concept"), ("commitments", "Onderling")])
def test_each_sees_in_the_list_what_is_theirs(name: str, hidden: str, cast: Cast) -> None:
    OfferingFactory(organisation=cast.member, state=OfferingState.DRAFT, published_on=None, title="Concept")
    CommitmentFactory(promisor=cast.firm, beneficiary=cast.member, visibility=Visibility.PARTIES, title="Onderling")
    seen = {
        who: hidden in cast.client(who).get(f"/api/v1/{name}/").content.decode()
        for who in ("visitor", "outsider", "administrator", "owner", "board")
    }

    assert seen == {"visitor": False, "outsider": False, "administrator": False, "owner": True, "board": True}


@pytest.mark.parametrize("name", ["organisations", "offerings", "commitments", "needs"])
def test_hidden_things_are_in_no_list(name: str, cast: Cast) -> None:
    applicant = OrganisationFactory(membership=MembershipStatus.APPLIED, name="Geheime Club")
    OfferingFactory(organisation=applicant, title="Geheim aanbod")
    OfferingFactory(organisation=cast.member, state=OfferingState.DRAFT, published_on=None, title="Geheim concept")
    CommitmentFactory(promisor=cast.member, visibility=Visibility.PARTIES, title="Geheime afspraak")

    assert "Gehei" not in Client().get(f"/api/v1/{name}/?page_size=100").content.decode()


def test_nobody_reads_persons(client: Client) -> None:
    """Of the whole demo: no name, address or number of a person in any answer to a stranger."""
    call_command("demo_data", verbosity=0)
    answers = "".join(client.get(f"/api/v1/{name}/?page_size=100").content.decode() for name in LISTS)
    people = User.objects.exclude(name="")

    assert people.count() > 100
    assert {user.email for user in people if user.email in answers} == set()
    assert {user.phone for user in people if user.phone and user.phone in answers} == set()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        *[(f"page_size={size}", 200) for size in ("1", "100", "0", "-5", "veel")],
        *[(f"page={page}", 404) for page in ("0", "-1", "99999999999999999999", "x")],
        ("voor=niemand", 400),
        ("sector=bestaat-niet", 200),  # lists change: an entry that has gone finds nothing
    ],
)
def test_paging_and_filters_say_what_is_wrong(query: str, status: int, cast: Cast) -> None:
    OfferingFactory(organisation=cast.member)
    answer = Client().get(f"/api/v1/offerings/?{query}")

    assert answer.status_code == status
    assert json.loads(answer.content)


def test_answer_that_is_known_is_not_sent_again(cast: Cast) -> None:
    OfferingFactory(organisation=cast.member)
    first = Client().get("/api/v1/offerings/")
    again = Client().get("/api/v1/offerings/", headers={"If-None-Match": first["ETag"]})
    OfferingFactory(organisation=cast.member)
    changed = Client().get("/api/v1/offerings/", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.json()["count"] == 2


def test_nothing_else_can_be_written(cast: Cast) -> None:
    for method in ("post", "put", "patch", "delete"):
        for name in LISTS:
            answer = getattr(cast.client("owner"), method)(f"/api/v1/{name}/", {}, content_type="application/json")
            wrong = {400} if (method, name) in CAN_BE_MADE else {403, 405}
            assert answer.status_code in wrong, (method, name)
