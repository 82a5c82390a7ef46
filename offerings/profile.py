"""What the menu card shows on an organisation's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from members import profile_parts
from members.models import Organisation
from offerings import cards, kept
from offerings.models import Need, Offering, PriceKind

SHOWN = 12


def offerings_and_needs(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    today = timezone.localdate()
    offered = Offering.objects.published(today).filter(organisation=organisation)
    offered = offered.order_by("order", "course", "title")
    needs = Need.objects.open(today).filter(organisation=organisation)
    return {"offerings": cards.rendered(cards.rows(offered[:SHOWN]), today), "needs": list(needs[:SHOWN])}


def offers(organisation: Organisation, today: dt.date) -> dict[str, Any]:
    """What it has on the card, as schema.org has it."""
    offered = Offering.objects.published(today).filter(organisation=organisation)
    rows = offered.order_by("order", "course", "title").values("slug", "title", "summary", "price_kind", "price")
    return {"makesOffer": [offer(row) for row in rows[:SHOWN]]}


def offer(row: Mapping[str, Any]) -> dict[str, Any]:
    service = {"@type": "Service", "name": row["title"], "description": row["summary"]}
    url = f"{settings.SITE_URL}{reverse('offerings:detail', args=[row['slug']])}"
    price = "0" if row["price_kind"] == PriceKind.FREE else ""
    if row["price_kind"] == PriceKind.FIXED and row["price"] is not None:
        price = str(row["price"])
    costs = {"price": price, "priceCurrency": "EUR"} if price else {}
    return {"@type": "Offer", "url": url, "itemOffered": service, **costs}


# A change of an offering or a need is a change of the card.
profile_parts.register(offerings_and_needs, stamp=kept.stamp, linked=offers)
