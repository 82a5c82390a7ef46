"""The card for other programs: an Atom feed per filter, and JSON-LD on the pages."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client

from offerings.models import Need, Offering
from tests.conftest import Cast
from tests.factories import DistrictFactory, NeedFactory, OfferingFactory

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def feed(client: Client, query: str = "") -> ET.Element:
    answer = client.get(f"/feeds/menukaart.atom{query}")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)


def titles(found: ET.Element) -> list[str | None]:
    return [each.text for each in found.findall("a:entry/a:title", ATOM)]


def test_feed_has_the_newest_first_within_the_filters_of_the_page(cast: Cast, client: Client) -> None:
    for number, audience in enumerate(("city", "business", "both"), start=1):
        OfferingFactory(
            organisation=cast.member,
            title=f"Gerecht {audience}",
            audience=audience,
            published_on=dt.date(2015, 3, number),
        )
    OfferingFactory(organisation=cast.member, state="draft", published_on=None)
    OfferingFactory(organisation=cast.firm, title="Gegeven", means="goods")

    assert titles(feed(client)) == ["Gerecht both", "Gerecht business", "Gerecht city"]
    narrowed = feed(client, "?voor=bedrijven&sector=onbekend&page=3")
    assert titles(narrowed) == ["Gerecht both", "Gerecht business"]
    assert titles(feed(client, "?van=bedrijven")) == ["Gegeven"]
    assert [each.get("href") for each in narrowed.findall("a:link", ATOM)] == [
        f"{settings.SITE_URL}/menukaart/?voor=bedrijven",
        f"{settings.SITE_URL}/feeds/menukaart.atom?voor=bedrijven",
    ]
    newest = Offering.objects.get(title="Gerecht both")
    assert narrowed.find("a:entry/a:id", ATOM).text == f"urn:uuid:{newest.uuid}"  # type: ignore[union-attr]


def test_page_leads_to_its_own_feed_and_paper(cast: Cast, client: Client) -> None:
    OfferingFactory(organisation=cast.member)
    html = client.get("/menukaart/?voor=stad&sort=naam").content.decode()

    assert 'href="/feeds/menukaart.atom?voor=stad"' in html
    assert 'href="/menukaart/menukaart.pdf?voor=stad"' in html


def test_odd_characters_are_no_fault_of_the_feed(cast: Cast, client: Client) -> None:
    OfferingFactory(organisation=cast.member, title="<b>&\x1b\ufffe 👩‍🚀")

    assert titles(feed(client)) == ["<b>& 👩‍🚀"]


def linked(client: Client, thing: Offering | Need) -> dict[str, Any]:
    html = client.get(thing.get_absolute_url()).content.decode()
    return json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[0])


def test_offering_is_an_offer(cast: Cast, client: Client) -> None:
    offering = OfferingFactory(
        organisation=cast.member,
        title="Varen </script>",
        price_kind="fixed",
        price="12.50",
        price_unit="persoon",
        place_text="Aan de haven",
        description="**Mee** het water op.",
    )

    node = linked(client, offering)

    page = f"{settings.SITE_URL}{offering.get_absolute_url()}"
    firm = f"{settings.SITE_URL}/organisaties/taalhuis/"
    assert node == {
        "@context": "https://schema.org",
        "@type": "Offer",
        "@id": f"{page}#aanbod",
        "url": page,
        "itemOffered": {
            "@type": "Service",
            "name": "Varen </script>",
            "description": "Mee het water op.",
            "category": "Teamuitje",
        },
        "offeredBy": {
            "@type": "Organization",
            "@id": f"{firm}#organisatie",
            "name": "Taalhuis De Schrijfplank",
            "url": firm,
        },
        "availability": "https://schema.org/InStock",
        "validFrom": "2014-12-01",
        "availableAtOrFrom": {"@type": "Place", "name": "Aan de haven"},
        "price": "12.50",
        "priceCurrency": "EUR",
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "priceCurrency": "EUR",
            "price": "12.50",
            "unitText": "persoon",
        },
    }


def test_need_is_a_demand_that_its_organisation_seeks(cast: Cast, client: Client) -> None:
    need = NeedFactory(organisation=cast.member, quantity="10", unit="stuks", district=DistrictFactory())

    node = linked(client, need)

    assert (node["@type"], node["@reverse"]["seeks"]["name"]) == ("Demand", "Taalhuis De Schrijfplank")
    assert node["eligibleQuantity"] == {"@type": "QuantitativeValue", "value": "10.00", "unitText": "stuks"}
    assert node["areaServed"] == "Centrum"
