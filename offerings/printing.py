"""The menu card on paper: all of it, what a filter leaves, or what somebody picked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import qrcode
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from qrcode.constants import ERROR_CORRECT_L

from kring.foundation import wording
from kring.foundation.accent import BLACK, WHITE, readable
from kring.foundation.models import Circle
from offerings import cards
from offerings.lists import Lists
from offerings.models import CARD_ORDER, FRESH_MONTHS, PriceKind, months_before

TEMPLATE = Path(__file__).resolve().parent / "typst" / "menu.typ"
# Some thirty pages: who wants more wants a filter.
MAX_DISHES = 300
# Any of the eight masks makes a code that can be read; trying them all takes eight times as long.
MASK = 3


def document(
    offerings: QuerySet[Any], today: dt.date, lists: Lists, *, chosen: str = "", title: str = ""
) -> dict[str, Any]:
    """All that stands on the menu."""
    circle = Circle.current()
    found = cards.rows(offerings.order_by(*CARD_ORDER)[: MAX_DISHES + 1])
    rows = found[:MAX_DISHES]
    told = ngettext("%(number)d gerecht", "%(number)d gerechten", len(rows)) % {"number": len(rows)}
    return {
        "lang": get_language() or "nl",
        "title": title or _("Menukaart"),
        "circle": circle.full_name,
        "accent": readable(circle.accent, WHITE, BLACK),
        "date": wording.day_date(today),
        "page_of": _("van"),
        "told": _("%(dishes)s, zoals ze er op %(day)s bij stonden. Scan de code en vraag het aan.")
        % {"dishes": told, "day": wording.day_date(today)},
        "chosen": chosen,
        "courses": courses(rows, today, lists),
        "empty": _("Hier staat nu niets op de kaart."),
        "left_out": left_out() if len(found) > MAX_DISHES else "",
    }


def left_out() -> str:
    words = {"most": MAX_DISHES, "site": settings.SITE_URL}
    return _("Dit zijn de eerste %(most)d gerechten. De hele kaart staat op %(site)s/menukaart/.") % words


def courses(rows: Iterable[cards.Row], today: dt.date, lists: Lists) -> list[dict[str, Any]]:
    """The dishes by main category, in the card's own order."""
    made: dict[str, dict[str, Any]] = {}
    for row in rows:
        category = lists.categories.main_of(row["category_id"])
        name = category.name if category else _("Ander aanbod")
        course = {"name": name, "text": category.description if category else "", "dishes": []}
        made.setdefault(name, course)["dishes"].append(dish(row, today))
    return list(made.values())


def dish(row: cards.Row, today: dt.date) -> dict[str, str]:
    item = cards.item(row, stale=row["confirmed_on"] <= months_before(today, FRESH_MONTHS))
    url = f"{settings.SITE_URL}{item['url']}"
    facts = (item["organisation"], item["audience"], item["group"], item["duration"])
    said = row["price_kind"] == PriceKind.COUNTER_FAVOUR
    favour = "" if said or not row["counter_favour"] else row["counter_favour"]
    return {
        "title": item["title"],
        "summary": item["summary"],
        "about": " · ".join(fact for fact in facts if fact),
        "price": item["price"],
        "favour": _("Tegenprestatie: %(favour)s") % {"favour": favour} if favour else "",
        "freshness": item["freshness"],
        "url": url,
        "code": code(url),
        "code_alt": _("QR-code die naar ‘%(title)s’ leidt") % {"title": item["title"]},
    }


@lru_cache(maxsize=2_000)
def code(url: str) -> str:
    """A QR code as SVG: one path with a stroke for each run of dark modules."""
    drawn = qrcode.QRCode(error_correction=ERROR_CORRECT_L, border=0, mask_pattern=MASK)
    drawn.add_data(url)
    drawn.make()
    modules = drawn.modules
    path = "".join(run for y, row in enumerate(modules) for run in _runs(row, y))
    size = len(modules)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{path}"/></svg>'


def _runs(row: list[bool | None], y: int) -> Iterable[str]:
    start = None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            yield f"M{start} {y}h{x - start}v1h{start - x}z"
            start = None
