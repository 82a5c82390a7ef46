"""What the menu card shows on an organisation's page."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone

from members import profile_parts
from members.models import Organisation
from offerings import cards, kept
from offerings.models import Need, Offering

SHOWN = 12


def offerings_and_needs(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    today = timezone.localdate()
    offered = Offering.objects.published(today).filter(organisation=organisation).order_by("course", "title")
    needs = Need.objects.open(today).filter(organisation=organisation)
    return {"offerings": cards.rendered(cards.rows(offered[:SHOWN]), today), "needs": list(needs[:SHOWN])}


def stamp() -> str:
    changed = Need.objects.aggregate(at=Max("updated_at"))["at"]
    return f"{kept.stamp()}{changed}"


profile_parts.register(offerings_and_needs, stamp=stamp)
