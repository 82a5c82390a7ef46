"""What search engines read of an organisation: the public facts, and nothing that breaks out of the page."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kring.foundation.models import Circle
from members import linked_data
from members.models import LegalForm, MembershipStatus, Organisation, SocialLink
from offerings.models import OfferingState, PriceKind
from tests.conftest import Cast
from tests.factories import BusinessFactory, DistrictFactory, OfferingFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


def of(client: Client, organisation: Organisation) -> dict[str, Any]:
    """The data as it stands in the page, which is the same as the document of its own."""
    [block] = BLOCK.findall(client.get(organisation.get_absolute_url()).content.decode())
    document = client.get(f"/organisaties/{organisation.slug}.jsonld")
    assert document["Content-Type"] == "application/ld+json"
    assert document.json() == json.loads(block)
    data: dict[str, Any] = document.json()
    return data


def test_all_that_is_public_is_told(client: Client) -> None:
    made = OrganisationFactory(
        slug="taalhuis",
        name="Taalhuis",
        tagline="Samen taal leren.",
        story="Wij **lezen** [samen](https://a.example).",
        website="https://taalhuis.example",
        email="info@taalhuis.example",
        phone="010 434 0000",
        street="Markt",
        house_number="1",
        postcode="3131 CR",
        city="Vlaardingen",
        founding_year=1998,
        kvk_number="12345678",
        rsin="123456782",
        anbi=True,
        logo="logos/a.webp",
        legal_form=LegalForm.FOUNDATION,
        contact=UserFactory(name="Ada Geheim", email="ada@a.example", email_is_public=True),
    )
    made.districts.add(DistrictFactory(slug="holy"))
    SocialLink.objects.create(organisation=made, url="https://social.example/taalhuis")
    OfferingFactory(organisation=made, slug="les", title="Les", price_kind=PriceKind.FIXED, price=Decimal("12.50"))
    OfferingFactory(organisation=made, state=OfferingState.DRAFT, published_on=None)
    page = f"{site.SITE_URL}/organisaties/taalhuis/"

    assert of(client, made) == {
        "@context": "https://schema.org",
        "@type": "NGO",
        "@id": f"{page}#organisatie",
        "name": "Taalhuis",
        "slogan": "Samen taal leren.",
        "description": "Wij lezen samen.",
        "url": "https://taalhuis.example",
        "mainEntityOfPage": page,
        "logo": f"{site.SITE_URL}/media/logos/a.webp",
        "sameAs": ["https://social.example/taalhuis"],
        "email": "info@taalhuis.example",
        "telephone": "010 434 0000",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "Markt 1",
            "postalCode": "3131 CR",
            "addressLocality": "Vlaardingen",
            "addressCountry": "NL",
        },
        "areaServed": [{"@type": "AdministrativeArea", "name": "Holy"}],
        "foundingDate": "1998",
        "nonprofitStatus": "https://schema.org/NonprofitANBI",
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "KvK", "value": "12345678"},
            {"@type": "PropertyValue", "propertyID": "RSIN", "value": "123456782"},
        ],
        "memberOf": {"@type": "Organization", "name": Circle.current().full_name, "url": f"{site.SITE_URL}/"},
        "makesOffer": [
            {
                "@type": "Offer",
                "url": f"{site.SITE_URL}/menukaart/les/",
                "itemOffered": {"@type": "Service", "name": "Les", "description": "Een middag samen iets doen."},
                "price": "12.50",
                "priceCurrency": "EUR",
            }
        ],
    }


def test_what_is_not_known_is_left_out(client: Client) -> None:
    firm = BusinessFactory(name="Werf", tagline="")

    data = of(client, firm)

    assert set(data) == {"@context", "@type", "@id", "name", "url", "mainEntityOfPage"}
    assert data["@type"] == "LocalBusiness"
    assert data["url"] == data["mainEntityOfPage"]


def test_a_sole_trader_s_number_may_be_a_person_s(client: Client) -> None:
    firm = BusinessFactory(legal_form=LegalForm.SOLE_TRADER, kvk_number="12345678", rsin="123456782")

    assert [each["propertyID"] for each in of(client, firm)["identifier"]] == ["KvK"]


def test_who_does_not_belong_is_not_said_to(cast: Cast) -> None:
    applicant = OrganisationFactory(membership=MembershipStatus.APPLIED)

    assert "memberOf" not in of(cast.client("board"), applicant)
    assert "memberOf" in of(cast.client("board"), cast.member)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example", "//a.example"])
def test_only_addresses_of_pages_are_told(client: Client, address: str) -> None:
    made = OrganisationFactory(website=address)
    SocialLink.objects.create(organisation=made, url=address)

    assert address not in json.dumps(of(client, made))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("</script>!--&'\"\\u003c\u2028\u2029]] éa", min_size=1, max_size=80))
def test_no_name_ends_the_block(name: str) -> None:
    block = linked_data.script({"name": name})

    [inside] = BLOCK.findall(block)
    assert json.loads(inside) == {"name": name}
    assert not set("<>&") & set(inside)


def test_the_page_points_to_the_document(client: Client) -> None:
    made = OrganisationFactory(slug="taalhuis", name="</script><script>alert(1)</script>")

    html = client.get(made.get_absolute_url()).content.decode()

    assert '<link rel="alternate" type="application/ld+json" href="/organisaties/taalhuis.jsonld">' in html
    assert "<script>alert(1)</script>" not in html
    assert of(client, made)["name"] == made.name
