"""The card of an offering that is being written, of what was typed so far."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from offerings import cards
from offerings.forms import OfferingForm
from offerings.models import Offering, PriceKind

WITH_AMOUNT = {PriceKind.FROM, PriceKind.FIXED}


def card(form: OfferingForm) -> dict[str, Any]:
    """What components/card.html shows. What is missing or wrong yet is passed over."""
    if form.is_bound:
        form.is_valid()  # puts on the instance what is right of what was typed
    offering: Offering = form.instance
    offering.organisation = form.organisation
    typed = {name: form.in_words(name) for name in ("title", "summary")}
    row = cards.row(offering) | {
        "slug": offering.slug or slugify(typed["title"])[:80] or "aanbod",
        "title": typed["title"][:100] or _("Jullie titel"),
        "summary": typed["summary"][:160] or _("In één regel wat je krijgt."),
        "confirmed_on": timezone.localdate(),
    }
    if row["price_kind"] in WITH_AMOUNT and row["price"] is None:
        row["price_kind"] = PriceKind.ON_REQUEST
    return cards.item(row, stale=False)
