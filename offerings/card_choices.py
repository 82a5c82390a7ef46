"""The ways on from a page of the menu card: each filter with its count, and the address that sets or lifts it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kring.foundation.fragments import Fragment
from offerings.card_page import CardPage
from offerings.choices import AUDIENCE_LABELS, GROUP_LABELS, MEANS_LABELS, PRICE_LABELS, Labels
from offerings.lists import Choice

SEARCHED = Fragment("offerings/_searched.html", uses=("components/chips.html",))
COLUMN = Fragment("offerings/_column.html", uses=("components/facets.html",))


class CardChoices:
    def __init__(self, page: CardPage) -> None:
        self.page, self.chosen, self.lists = page, page.chosen, page.kept.lists

    # --- addresses ---

    def address(self, **changes: Iterable[str]) -> str:
        """This page with other values for some filters, from its first page on."""
        sort = [] if self.page.sort == self.page.sorts[0][0] else [self.page.sort]
        words = [self.page.words] if self.page.words else []
        asked: dict[str, Iterable[str]] = {"q": words, **self.chosen, "sort": sort, **changes}
        return "?" + urlencode([(name, value) for name, values in asked.items() for value in values])

    @property
    def without_filters(self) -> str:
        return self.address(**dict.fromkeys((name for name in self.chosen if name != "van"), ()))

    @property
    def other_side(self) -> str:
        """The same words in what businesses give, or in what members offer."""
        there = [] if self.chosen.get("van") else [("van", "bedrijven")]
        return "?" + urlencode([("q", self.page.words), *there])

    @property
    def post_need(self) -> str:
        """Where what was searched for is asked of everybody."""
        return f"{reverse('offerings:post_need')}?{urlencode({'titel': self.page.words})}"

    @property
    def beside_words(self) -> list[tuple[str, str]]:
        """What the search form takes along: who it is for stays, other filters may be in the way of new words."""
        return self._pairs("voor", "van")

    @property
    def beside_column(self) -> list[tuple[str, str]]:
        """What the form with the filters takes along."""
        words = [("q", self.page.words)] if self.page.words else []
        return words + self._pairs("voor", "van", "rubriek")

    def _pairs(self, *names: str) -> list[tuple[str, str]]:
        return [(name, value) for name in names for value in self.chosen.get(name, ())]

    # --- the pieces of the page that are the same for who chose the same ---

    @property
    def _state(self) -> str:
        """All that these pieces are made of: another text when the card, the counts or what was asked is another."""
        kept, page = self.page.kept, self.page
        read_as = page.words and page.question.query  # what the counts are of
        return repr((kept.stamp, kept.counted_at, sorted(self.chosen.items()), page.words, read_as, page.sort))

    @property
    def searched(self) -> SafeString:
        """The search form, for whom, and the courses."""
        return SEARCHED.under(
            self._state,
            lambda: {
                "everything": reverse("offerings:list"),
                "words": self.page.words,
                "beside": self.beside_words,
                "audiences": self.audiences,
                "van": self.chosen.get("van"),
                "main": self.main_categories,
                "within": self.categories_within,
            },
        )

    @property
    def column(self) -> SafeString:
        """The filters, and the order."""
        return COLUMN.under(
            self._state,
            lambda: {
                "everything": reverse("offerings:list"),
                "sorts": self.page.sorts,
                "sort": self.page.sort,
                "beside": self.beside_column,
                "groups": self.groups,
            },
        )

    # --- what there is to choose from ---

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """The facets of the column; a value that finds nothing is left out, unless it was chosen."""
        named: list[tuple[str, str, Labels]] = [
            (_("Sector"), "sector", [(each.slug, each.name) for each in self.lists.sectors.entries]),
            (_("Wijk"), "wijk", [(each.slug, each.name) for each in self.lists.districts.main]),
            (_("Prijs"), "prijs", PRICE_LABELS),
            (_("Groep"), "groep", GROUP_LABELS),
        ]
        if "van" in self.chosen:
            named.insert(0, (_("De vijf M's"), "m", MEANS_LABELS))
        groups = [{"title": title, "name": name, "options": self._options(name, of)} for title, name, of in named]
        return [group for group in groups if group["options"]]

    def _options(self, name: str, labels: Labels, always: Collection[str] = ()) -> list[dict[str, Any]]:
        """With counts, unless what was searched for is too common to be counted."""
        selected = set(self.chosen.get(name, ()))
        counts = self.page.facets.of(name) if self.page.facets else None
        return [
            {
                "value": value,
                "label": label,
                "count": None if counts is None else counts.get(value, 0),
                "selected": value in selected,
            }
            for value, label in labels
            if counts is None or value in counts or value in selected or value in always
        ]

    @cached_property
    def main_categories(self) -> list[dict[str, Any]]:
        everything = {"label": _("Alles"), "url": self.address(rubriek=()), "selected": not self._opened}
        return [everything, *self._categories(self.lists.categories.main)]

    @cached_property
    def categories_within(self) -> list[dict[str, Any]]:
        """Those within the main category that was chosen, or that the chosen one lies in."""
        return self._categories([each for each in self.lists.categories.entries if each.parent in self._opened])

    @cached_property
    def _opened(self) -> set[int | None]:
        categories = self.lists.categories
        chosen = (categories.main_of(categories.by_slug[slug].pk) for slug in self.chosen.get("rubriek", ()))
        return {category.pk for category in chosen if category}

    def _categories(self, entries: list[Choice]) -> list[dict[str, Any]]:
        opened = {each.slug for each in entries if each.pk in self._opened}
        return [
            option
            | {
                "url": self.address(rubriek=[option["value"]]),
                "selected": option["selected"] or option["value"] in opened,
            }
            for option in self._options("rubriek", [(each.slug, each.name) for each in entries], opened)
        ]

    @property
    def audiences(self) -> list[dict[str, Any]]:
        everything = {"label": _("Alles"), "url": self.address(voor=()), "selected": not self.chosen.get("voor")}
        names = [name for name, _label in AUDIENCE_LABELS]
        options = self._options("voor", AUDIENCE_LABELS, names)
        return [everything, *(option | {"url": self.address(voor=[option["value"]])} for option in options)]

    @cached_property
    def lifted(self) -> list[dict[str, Any]]:
        """What the page is narrowed by in the column, each with the address without it."""
        return [
            {
                "label": option["label"],
                "url": self.address(**{name: [v for v in self.chosen[name] if v != option["value"]]}),
            }
            for name, options in ((group["name"], group["options"]) for group in self.groups)
            for option in options
            if option["selected"]
        ]
