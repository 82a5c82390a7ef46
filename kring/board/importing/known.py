"""The organisations that are here, to hold the rows of a list against. Read once for a list, as plain values."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.db.models import QuerySet

from kring.board.importing.verdicts import name_key
from members.models import Organisation

# How much two names at one postcode are alike, of 1, to be worth a look.
ALIKE = 0.85


class Here(NamedTuple):
    """What tells one organisation from another."""

    pk: int
    kind: str
    name: str
    kvk: str
    postcode: str

    def contradicts(self, kvk: str | None) -> bool:
        """Each has a KvK number, and not the same."""
        return bool(kvk and self.kvk and kvk != self.kvk)


class Found(NamedTuple):
    """An organisation that a row is about. With a likeness somebody has to say so; without one it is certain."""

    here: Here
    likeness: str = ""


class Organisations:
    def __init__(self, found: QuerySet[Organisation]) -> None:
        self._by_kvk: dict[str, list[Here]] = defaultdict(list)
        self._by_name: dict[str, list[Here]] = defaultdict(list)
        self._by_postcode: dict[str, list[Here]] = defaultdict(list)
        columns = found.order_by("pk").values_list("pk", "kind", "name", "kvk_number", "postcode")
        for each in map(Here._make, columns.iterator(chunk_size=5_000)):
            self._by_name[name_key(each.name)].append(each)
            if each.kvk:
                self._by_kvk[each.kvk].append(each)
            if each.postcode:
                self._by_postcode[each.postcode].append(each)

    @classmethod
    def all(cls) -> Organisations:
        return cls(Organisation.objects.all())

    @classmethod
    def since(cls, when: dt.datetime, *, but: QuerySet[Any, Any]) -> Organisations:
        """Those that came after the list was read, but what the import itself made."""
        return cls(Organisation.objects.filter(created_at__gte=when).exclude(pk__in=but))

    def about(self, name: str, *, kvk: str | None, postcode: str | None) -> Found | None:
        """The one that a row is about, on the surest ground first: the rules are those that hold within a list."""
        same_number = self._by_kvk.get(kvk or "", [])
        for here in same_number:
            if here.postcode == postcode or not here.postcode or not postcode:
                return Found(here)
        namesakes = [each for each in self._by_name.get(name_key(name), []) if not each.contradicts(kvk)]
        for here in namesakes:
            if postcode and here.postcode == postcode:
                return Found(here)
        without_place = [each for each in namesakes if not each.postcode or not postcode]
        if len(without_place) == 1:
            return Found(without_place[0])
        return self._like(name, kvk, postcode, same_number, namesakes)

    def _like(
        self, name: str, kvk: str | None, postcode: str | None, same_number: list[Here], namesakes: list[Here]
    ) -> Found | None:
        if same_number:
            return Found(same_number[0], "kvk_ander_adres")
        if namesakes:
            return Found(namesakes[0], "naam_ander_adres")
        key = name_key(name)
        for here in self._by_postcode.get(postcode or "", []):
            if not here.contradicts(kvk) and SequenceMatcher(None, key, name_key(here.name)).ratio() >= ALIKE:
                return Found(here, "naam_bijna")
        return None

    def named(self, name: str, kvk: str | None) -> list[Here]:
        """Those that somebody may mean who writes a name, a KvK number or both."""
        numbered = self._by_kvk.get(kvk or "", [])
        named = self._by_name.get(name_key(name), []) if name else []
        if kvk and numbered:
            return [each for each in numbered if each in named] or (numbered if not named or not name else [])
        return [] if kvk and not name else [each for each in named if not each.contradicts(kvk)]
