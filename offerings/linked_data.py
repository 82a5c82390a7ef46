"""An offering and a need as search engines and other sites read them: JSON-LD in the words of schema.org.

Only what stands on the public page; of a person nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse

from kring.foundation.storage import media_url
from kring.foundation.text import excerpt, plain_text
from offerings.models import Need, Offering, Place, PriceKind

Node = dict[str, Any]
MAX_DESCRIPTION = 500
WITH_AMOUNT = {PriceKind.FIXED, PriceKind.FROM}


def of_offering(offering: Offering, *, on_card: bool) -> Node:
    """An `Offer` of a `Service`; asks for its organisation, category and district."""
    page = _site(offering.get_absolute_url())
    return _told(
        {
            "@context": "https://schema.org",
            "@type": "Offer",
            "@id": f"{page}#aanbod",
            "url": page,
            "itemOffered": _told(
                {
                    "@type": "Service",
                    "name": offering.title,
                    "description": excerpt(plain_text(offering.description), MAX_DESCRIPTION) or offering.summary,
                    "category": str(offering.category),
                    "image": _site(media_url(offering.photo.name or "")) if offering.photo else "",
                    "areaServed": str(offering.district or ""),
                }
            ),
            "offeredBy": _organisation(offering),
            "availability": "https://schema.org/InStock" if on_card else "https://schema.org/OutOfStock",
            "validFrom": _day(offering.published_on),
            "availableAtOrFrom": _place(offering),
            **_price(offering),
        }
    )


def of_need(need: Need) -> Node:
    """A `Demand`; asks for its organisation and district."""
    page = _site(need.get_absolute_url())
    description = excerpt(plain_text(need.description), MAX_DESCRIPTION)
    quantity = _told({"@type": "QuantitativeValue", "value": str(need.quantity or ""), "unitText": need.unit})
    return _told(
        {
            "@context": "https://schema.org",
            "@type": "Demand",
            "@id": f"{page}#vraag",
            "url": page,
            "name": need.title,
            "description": description,
            "itemOffered": _told({"@type": "Thing", "name": need.title, "description": description}),
            "areaServed": str(need.district or ""),
            "eligibleQuantity": quantity if need.quantity else None,
            # schema.org has no word on a demand for who has it, but one on an organisation for what it seeks.
            "@reverse": {"seeks": _organisation(need)},
            "availabilityEnds": _day(need.expires_on),
        }
    )


def _price(offering: Offering) -> Node:
    if offering.price_kind == PriceKind.FREE:
        return {"price": "0", "priceCurrency": "EUR"}
    if offering.price_kind not in WITH_AMOUNT or offering.price is None:
        return {}
    amount = str(offering.price)
    unit = {"unitText": offering.price_unit} if offering.price_unit else {}
    floor = {"minPrice": amount} if offering.price_kind == PriceKind.FROM else {"price": amount}
    specified = {"@type": "UnitPriceSpecification", "priceCurrency": "EUR", **floor, **unit}
    plain = {"price": amount, "priceCurrency": "EUR"} if offering.price_kind == PriceKind.FIXED else {}
    return {**plain, "priceSpecification": specified}


def _place(offering: Offering) -> Node | None:
    told = offering.place_text if offering.place == Place.AT_US else ""
    return {"@type": "Place", "name": told} if told else None


def _organisation(thing: Offering | Need) -> Node:
    page = _site(reverse("members:detail", args=[thing.organisation.slug]))
    return {"@type": "Organization", "@id": f"{page}#organisatie", "name": thing.organisation.name, "url": page}


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _site(path: str) -> str:
    return path if "://" in path else settings.SITE_URL + path


def _told(node: Node) -> Node:
    """Without what is not known."""
    return {name: value for name, value in node.items() if value}
