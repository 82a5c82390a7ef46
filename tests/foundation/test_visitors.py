"""Pages that all visitors share hold nothing of any of them, and nobody can put anything in them for the next."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from django.conf import settings as site_settings
from django.test import Client
from pytest_django.fixtures import Settings

from kring.foundation import visitors
from members.models import Membership, MembershipStatus
from offerings.models import OfferingState
from tests.conftest import Cast
from tests.factories import CommitmentFactory, NeedFactory, OfferingFactory

MARK = "gifgroen"
# What somebody may send along, to have it stand in the page that the next one gets.
POISON: list[dict[str, str]] = [
    {"host": f"{MARK}.example"},
    {"x-forwarded-host": f"{MARK}.example"},
    {"x-forwarded-proto": MARK},
    {"x-forwarded-for": MARK},
    {"x-original-url": f"/{MARK}"},
    {"x-rewrite-url": f"/{MARK}"},
    {"forwarded": f"host={MARK}.example"},
    {"accept-language": MARK},
    {"accept-language": "en"},
    {"accept": f"text/{MARK}"},
    {"referer": f"http://localhost/{MARK}"},
    {"user-agent": MARK},
    {"cookie": f"{MARK}={MARK}"},
    {"cookie": f"{site_settings.SESSION_COOKIE_NAME}={MARK}"},
    {"cookie": f"{site_settings.CSRF_COOKIE_NAME}={MARK * 4}"},
    {"cookie": f'messages="{MARK}"'},
    {"cookie": f"django_language={MARK}"},
    {"hx-request": "true"},
    {"hx-request": "true", "hx-target": "found"},
    {"hx-target": "found"},
    {"hx-target": MARK, "hx-request": MARK},
    {"hx-boosted": "true", "hx-current-url": f"http://{MARK}.example"},
    {"hx-target": "f%6fund", "hx-target-uri-autoencoded": "true", "hx-request": "true"},
    {"x-http-method-override": "POST"},
    {"if-none-match": f'"{MARK}"'},
    {"range": "bytes=0-10"},
]


@pytest.fixture
def pages(cast: Cast) -> list[str]:
    offering = OfferingFactory(organisation=cast.member)
    need = NeedFactory(organisation=cast.member)
    commitment = CommitmentFactory(promisor=cast.firm, beneficiary=cast.member)
    return [
        *("/", "/menukaart/", "/menukaart/?q=aanbod&sort=naam", "/organisaties/", "/vragen/", "/toezeggingen/"),
        *(thing.get_absolute_url() for thing in (offering, need, commitment, cast.member)),
        *("/resultaat/", "/api/v1/offerings/", f"/api/v1/offerings/{offering.uuid}/"),
    ]


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    yield
    visitors.forget()


def clean(path: str) -> bytes:
    return bytes(Client().get(path).content)


@pytest.mark.parametrize("poison", POISON, ids=str)
def test_nothing_that_is_sent_along_reaches_the_next(pages: list[str], poison: dict[str, str]) -> None:
    """First the poisoned request, then a plain one: it gets what it would have got."""
    for path in pages:
        Client().get(path, headers=poison)

    after = {path: clean(path) for path in pages}
    visitors.forget()
    Client().get("/", headers={"cookie": "x=y"})
    assert [path for path in pages if MARK.encode() in after[path] or after[path] != clean(path)] == []


@pytest.mark.parametrize("extra", [f"?{MARK}=1", f"?utm_source={MARK}", f"?q=aanbod&{MARK}", f"?page={MARK}"])
def test_nothing_in_an_address_reaches_another_address(pages: list[str], extra: str) -> None:
    before = {path: clean(path) for path in pages}
    for path in pages:
        Client().get(path.partition("?")[0] + extra)

    assert {path: clean(path) for path in pages} == before


def test_page_of_who_is_signed_in_reaches_nobody_else(pages: list[str], cast: Cast) -> None:
    before = {path: clean(path) for path in pages}
    visitors.forget()
    people = {who: cast.client(who) for who in ("owner", "board", "business", "administrator")}

    for client, path in itertools.product(people.values(), pages):
        client.get(path)

    assert {path: clean(path) for path in pages} == before
    assert not any(b"uitloggen" in page for page in before.values())


def test_page_of_visitors_is_not_shown_to_who_is_signed_in(pages: list[str], cast: Cast) -> None:
    client = cast.client("owner")
    for path in pages:
        clean(path)

    own = [client.get(path).content for path in pages if not path.startswith("/api/")]

    assert all(b"/mijn/" in page for page in own)


def test_what_a_visitor_set_aside_reaches_nobody_else(client: Client, cast: Cast) -> None:
    offering = OfferingFactory(organisation=cast.member)
    before = clean("/menukaart/")
    client.post(f"{offering.get_absolute_url()}bewaar/")
    own = client.get("/menukaart/").content

    assert clean("/menukaart/") == before
    assert own != before


def test_what_is_hidden_is_gone_at_once(cast: Cast) -> None:
    """For who asks next: `VISITORS_SEE_AFTER` is nothing in tests and a second in earnest."""
    offering = OfferingFactory(organisation=cast.member)
    other = OfferingFactory(organisation=cast.elsewhere)
    urls = [offering.get_absolute_url(), other.get_absolute_url(), cast.elsewhere.get_absolute_url()]
    seen = [Client().get(url).status_code for url in urls]

    offering.pause()
    Membership.objects.filter(organisation=cast.elsewhere).update(status=MembershipStatus.SUSPENDED)

    assert seen == [200, 200, 200]
    assert [Client().get(url).status_code for url in urls] == [404, 404, 404]


def test_fault_is_never_kept(client: Client, cast: Cast) -> None:
    offering = OfferingFactory(organisation=cast.member, state=OfferingState.DRAFT, published_on=None)
    first = client.get(offering.get_absolute_url()).status_code

    offering.publish(offering.confirmed_on)

    assert (first, client.get(offering.get_absolute_url()).status_code) == (404, 200)


def test_browser_that_has_the_page_gets_no_other(client: Client, pages: list[str]) -> None:
    kept = client.get("/menukaart/")

    again = client.get("/menukaart/", headers={"if-none-match": kept["ETag"]})
    other = client.get("/organisaties/", headers={"if-none-match": kept["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


def test_who_signs_in_is_not_sent_back_to_the_kept_page(cast: Cast, settings: Settings) -> None:
    kept = Client().get("/menukaart/")

    answer = cast.client("owner").get("/menukaart/", headers={"if-none-match": kept["ETag"]})

    assert answer.status_code == 200
    assert "ETag" not in answer.headers


def test_addresses_that_the_page_does_not_know_are_not_kept(client: Client, db: None) -> None:
    """Or anybody could fill the cache by making up parameters."""
    for number in range(5):
        client.get("/menukaart/", {"verzonnen": number})

    assert len(visitors._at_hand._things) == 0
    client.get("/menukaart/")
    assert len(visitors._at_hand._things) == 1
