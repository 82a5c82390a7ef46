"""One page of the menu card: which offerings, in what order, under which filters."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from offerings import cards, search
from offerings.facets import Facets, facets
from offerings.filters import GROUP_LABELS, ORDERS, OfferingFilter
from offerings.lists import Choice, lists
from offerings.models import Means, Offering, PriceKind
from offerings.search import Plain

PER_PAGE = 24
# Nobody leafs further; a search or a filter does.
MAX_PAGES = 100
NEAR_SHOWN = 6
FILTERS = ("voor", "rubriek", "sector", "wijk", "prijs", "groep", "m", "van")


@dataclass(frozen=True)
class Course:
    """A category of the card with its cards, like a course on a menu."""

    category: Choice | None
    cards: list[SafeString]


class Counted(Paginator):  # type: ignore[type-arg]
    """A paginator that was told how many there are."""

    def __init__(self, total: int) -> None:
        super().__init__(range(min(total, MAX_PAGES * PER_PAGE)), PER_PAGE)


class CardPage:
    def __init__(self, query: QueryDict, today: dt.date) -> None:
        self.query, self.today = query, today
        self.filter = OfferingFilter(query, queryset=Offering.objects.published(today))
        self.found = self.filter.qs
        self.words = self.filter.words
        self.chosen = {name: self.filter.form.cleaned_data.get(name) for name in FILTERS}

    @cached_property
    def facets(self) -> Facets:
        published = Offering.objects.published(self.today)
        matching = search.matching(published, self.words) if self.words else published
        return facets(matching, self.words, self.chosen)

    @property
    def total(self) -> int:
        return self.facets.total

    @cached_property
    def order(self) -> str:
        asked = self.query.get("op", "")
        known = [name for name, _label in self.orders]
        return asked if asked in known else known[0]

    @property
    def orders(self) -> list[tuple[str, Any]]:
        """With words the best come first, without them the card has its own order."""
        return [("relevantie", _("best passend")), *ORDERS[1:]] if self.words else ORDERS

    @cached_property
    def page(self) -> Any:
        return Counted(self.total).get_page(self.query.get("page"))

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        start = (self.page.number - 1) * PER_PAGE
        match self.order:
            case "relevantie":
                ordered = search.ranked(self.found, self.words, self.today)
            case "nieuw":
                ordered = self.found.order_by("-published_on", "-pk")
            case "naam":
                ordered = self.found.order_by(Plain("title"), "pk")
            case _kaart:
                ordered = self.found.order_by("course", Plain("title"), "pk")
        return cards.rows(ordered[start : start + PER_PAGE])

    @cached_property
    def courses(self) -> list[Course]:
        """In the card's own order by category; in any other order one course without a name."""
        shown = list(zip(self.rows, cards.rendered(self.rows, self.today), strict=True))
        if self.order != "kaart":
            return [Course(None, [card for _row, card in shown])] if shown else []
        by_main = groupby(shown, key=lambda pair: lists().main_of(pair[0]["category_id"]))
        return [Course(category, [card for _row, card in group]) for category, group in by_main]

    @cached_property
    def near(self) -> list[SafeString]:
        """What is near when nothing was found."""
        if self.total or not self.words:
            return []
        like = search.near(Offering.objects.published(self.today), self.words, NEAR_SHOWN)
        return cards.rendered(cards.rows(like), self.today)

    # --- what the page offers to choose from ---

    def without(self, name: str, value: str | None = None) -> str:
        """The address of this page without a filter, or without one value of it."""
        query = self.query.copy()
        query.pop("page", None)
        kept = [each for each in query.getlist(name) if value is not None and each != value]
        query.setlist(name, kept)
        return f"?{query.urlencode()}"

    def with_only(self, name: str, value: str) -> str:
        query = self.query.copy()
        query.pop("page", None)
        if value:
            query[name] = value
        else:
            query.pop(name, None)
        return f"?{query.urlencode()}"

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The facets of the column; a value that finds nothing is left out, unless it was chosen."""
        known = lists()
        wanted: list[tuple[str, str, list[tuple[str, Any]]]] = [
            (_("Sector"), "sector", [(each.slug, each.name) for each in known.sectors]),
            (_("Wijk"), "wijk", [(each.slug, each.name) for each in known.districts]),
            (_("Prijs"), "prijs", list(PriceKind.choices)),
            (_("Groep"), "groep", GROUP_LABELS),
        ]
        if self.chosen["van"]:
            wanted.insert(0, (_("De vijf M's"), "m", list(Means.choices)))
        return [
            {"title": title, "name": name, "options": options}
            for title, name, choices in wanted
            if (options := self._options(name, choices))
        ]

    def _options(self, name: str, choices: list[tuple[str, Any]]) -> list[dict[str, Any]]:
        counts, selected = self.facets.of(name), set(self.chosen[name] or ())
        return [
            {"value": value, "label": label, "count": counts.get(value, 0), "selected": value in selected}
            for value, label in choices
            if counts.get(value) or value in selected
        ]

    @property
    def category_chips(self) -> list[dict[str, Any]]:
        counts, selected = self.facets.of("rubriek"), set(self.chosen["rubriek"] or ())
        everything = {"label": _("Alles"), "url": self.with_only("rubriek", ""), "selected": not selected}
        return [everything] + [
            {
                "label": category.name,
                "url": self.with_only("rubriek", category.slug),
                "count": counts.get(category.slug, 0),
                "selected": category.slug in selected,
            }
            for category in lists().main_categories
            if counts.get(category.slug) or category.slug in selected
        ]

    @property
    def audience_switch(self) -> list[dict[str, Any]]:
        labels = [("", _("Alles")), ("stad", _("Voor de stad")), ("bedrijven", _("Voor bedrijven"))]
        return [
            {"label": label, "url": self.with_only("voor", value), "selected": (self.chosen["voor"] or "") == value}
            for value, label in labels
        ]

    @property
    def chosen_chips(self) -> list[dict[str, Any]]:
        """What the page is narrowed by, each with the address without it."""
        labels = {
            "sector": {each.slug: each.name for each in lists().sectors},
            "wijk": {each.slug: each.name for each in lists().districts},
            "prijs": dict(PriceKind.choices),
            "groep": dict(GROUP_LABELS),
            "m": dict(Means.choices),
        }
        return [
            {"label": names[value], "url": self.without(name, value)}
            for name, names in labels.items()
            for value in self.chosen[name] or ()
        ]
