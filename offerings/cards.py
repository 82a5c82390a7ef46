"""A card as plain values and as kept HTML.

Rendering, not SQL, is the cost of a page: a card is rendered once for each version of its offering, language and
freshness, and read from the cache after that. Without a cache it is rendered each time; nothing else changes.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.template.loader import get_template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kring.foundation.storage import media_url
from kring.foundation.wording import euro
from offerings.models import FRESH_MONTHS, Audience, PriceKind, months_before

SECONDS = 60 * 60 * 24 * 7
COLUMNS = (
    "pk",
    "version",
    "slug",
    "title",
    "summary",
    "photo",
    "photo_alt",
    "audience",
    "group_min",
    "group_max",
    "duration",
    "price_kind",
    "price",
    "price_unit",
    "counter_favour",
    "confirmed_on",
    "category_id",
    "organisation__name",
    "organisation__main_sector__hue",
    "organisation__main_sector__name",
)


def rows(offerings: QuerySet[Any]) -> list[dict[str, Any]]:
    """The columns that a card shows."""
    return list(offerings.values(*COLUMNS))


def group_text(smallest: int | None, largest: int | None) -> str:
    """The size of the group in words; nothing when it was not said."""
    match smallest, largest:
        case None, None:
            return ""
        case None, int():
            return _("tot %(largest)d personen") % {"largest": largest}
        case int(), None:
            return _("vanaf %(smallest)d personen") % {"smallest": smallest}
        case 1, 1:
            return _("1 persoon")
        case low, high if low == high:
            return _("%(number)d personen") % {"number": low}
    return _("%(smallest)d tot %(largest)d personen") % {"smallest": smallest, "largest": largest}


def price_text(row: dict[str, Any]) -> str:
    """The price in words: '€ 12,50 per persoon', 'gratis', 'in ruil voor verf en kwasten'."""
    per = _(" per %(unit)s") % {"unit": row["price_unit"]} if row["price_unit"] else ""
    match row["price_kind"]:
        case PriceKind.FREE:
            return _("gratis")
        case PriceKind.FROM:
            return _("vanaf %(amount)s") % {"amount": euro(row["price"])} + per
        case PriceKind.FIXED:
            return euro(row["price"]) + per
        case PriceKind.COUNTER_FAVOUR:
            return _("in ruil voor %(favour)s") % {"favour": row["counter_favour"]}
    return _("prijs in overleg")


def freshness_text(confirmed_on: dt.date, *, stale: bool) -> str:
    if stale:
        return _("Niet recent bevestigd")
    return _("Bevestigd in %(month)s") % {"month": date_format(confirmed_on, "F Y")}


def item(row: dict[str, Any], *, stale: bool) -> dict[str, Any]:
    """What components/card.html shows."""
    return {
        "url": reverse("offerings:detail", args=[row["slug"]]),
        "slug": row["slug"],
        "title": row["title"],
        "summary": row["summary"],
        "sector": row["organisation__main_sector__hue"] or "none",
        "sector_name": row["organisation__main_sector__name"] or _("Bedrijf"),
        "organisation": row["organisation__name"],
        "audience": {Audience.CITY: _("voor de stad"), Audience.BUSINESS: _("voor bedrijven")}.get(row["audience"], ""),
        "group": group_text(row["group_min"], row["group_max"]),
        "duration": row["duration"],
        "price": price_text(row),
        "freshness": freshness_text(row["confirmed_on"], stale=stale),
        "is_stale": stale,
        "photo": media_url(row["photo"]),
        "photo_alt": row["photo_alt"],
    }


def rendered(found: list[dict[str, Any]], today: dt.date) -> list[SafeString]:
    """The cards, in the order of the rows."""
    edge = months_before(today, FRESH_MONTHS)
    language = get_language()
    keys = [
        f"card:{row['pk']}:{row['version']}:{row['confirmed_on']:%y%m%d}:{language}:{row['confirmed_on'] <= edge:d}"
        for row in found
    ]
    kept: dict[str, str] = cache.get_many(keys)
    template = get_template("components/card.html")
    made = {
        key: template.render({"item": item(row, stale=row["confirmed_on"] <= edge)})
        for key, row in zip(keys, found, strict=True)
        if key not in kept
    }
    if made:
        cache.set_many(made, SECONDS)
    return [mark_safe(kept.get(key) or made[key]) for key in keys]  # noqa: S308 - rendered by the template above
