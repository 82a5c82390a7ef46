"""The short lists that the card is filtered by, kept in the cache: they change a few times a year."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import get_language

from members.models import District, Sector
from offerings.models import Category

SECONDS = 60


@dataclass(frozen=True)
class Choice:
    """One entry of a list. `parent` is the key of the main category that a category lies in."""

    pk: int
    slug: str
    name: str
    parent: int | None = None
    description: str = ""


@dataclass(frozen=True)
class Lists:
    categories: tuple[Choice, ...]
    sectors: tuple[Choice, ...]
    districts: tuple[Choice, ...]

    @property
    def main_categories(self) -> list[Choice]:
        return [category for category in self.categories if category.parent is None]

    def family(self, slug: str) -> list[int]:
        """A category and those below it."""
        main = next((category for category in self.categories if category.slug == slug), None)
        if main is None:
            return []
        return [main.pk, *(category.pk for category in self.categories if category.parent == main.pk)]

    def main_of(self, pk: int) -> Choice:
        """The main category that a category lies in, or itself."""
        by_key = {category.pk: category for category in self.categories}
        category = by_key[pk]
        return by_key[category.parent] if category.parent else category


def lists() -> Lists:
    key = f"offerings:lists:{get_language()}"
    kept: Lists | None = cache.get(key)
    if kept is None:
        kept = Lists(
            categories=tuple(
                Choice(each.pk, each.slug, str(each), each.parent_id, each.description)
                for each in Category.objects.all()
            ),
            sectors=tuple(Choice(each.pk, each.slug, str(each)) for each in Sector.objects.all()),
            districts=tuple(Choice(each.pk, each.slug, str(each)) for each in District.objects.all()),
        )
        cache.set(key, kept, SECONDS)
    return kept
