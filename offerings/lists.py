"""The short lists that the card is filtered by: categories, sectors and districts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import get_language

from members.models import District, Sector
from offerings.models import Category


@dataclass(frozen=True)
class Choice:
    """One entry of a list. `parent` is the key of the entry that it lies in."""

    pk: int
    slug: str
    dutch: str
    english: str = ""
    parent: int | None = None
    description: str = ""

    @property
    def name(self) -> str:
        return self.english if self.english and get_language() == "en" else self.dutch


@dataclass(frozen=True)
class Listed:
    """One list, in its own order."""

    entries: tuple[Choice, ...]
    by_slug: dict[str, Choice] = field(init=False)
    by_key: dict[int, Choice] = field(init=False)
    _families: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_slug", {each.slug: each for each in self.entries})
        object.__setattr__(self, "by_key", {each.pk: each for each in self.entries})
        families: defaultdict[str, list[int]] = defaultdict(list)
        for each in self.entries:
            for slug in self.slugs_of(each.pk):
                families[slug].append(each.pk)
        object.__setattr__(self, "_families", dict(families))

    @property
    def main(self) -> list[Choice]:
        return [each for each in self.entries if each.parent is None]

    def main_of(self, key: int | None) -> Choice | None:
        """The entry that an entry lies in, or itself; none for an entry that was not there when the list was read."""
        entry = self.by_key.get(key) if key else None
        return self.by_key.get(entry.parent, entry) if entry and entry.parent else entry

    def slugs_of(self, key: int) -> set[str]:
        """What an entry counts for: itself, and the one that it lies in."""
        return {entry.slug for entry in (self.by_key[key], self.main_of(key)) if entry}

    def family(self, slugs: Iterable[str]) -> list[int]:
        """The keys of entries and of all that lies in them; an unknown slug has none."""
        return [key for slug in slugs for key in self._families.get(slug, ())]


@dataclass(frozen=True)
class Lists:
    categories: Listed
    sectors: Listed
    districts: Listed

    @classmethod
    def read(cls) -> Lists:
        categories, districts = Category.objects.all(), District.objects.all()
        return cls(
            categories=Listed(
                tuple(Choice(c.pk, c.slug, c.name, c.name_en, c.parent_id, c.description) for c in categories)
            ),
            sectors=Listed(tuple(Choice(s.pk, s.slug, s.name, s.name_en) for s in Sector.objects.all())),
            districts=Listed(tuple(Choice(d.pk, d.slug, d.name, d.name_en, d.parent_id) for d in districts)),
        )
