"""A list that is narrowed by its address: what there is to choose from, what was chosen, and the ways to the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kring.foundation.forms import clean_text

Labels = Sequence[tuple[str, str | Promise]]

YES = "ja"
MAX_WORDS = 100
MAX_VALUES = 50


@dataclass(frozen=True)
class Choices:
    """One thing that a list can be narrowed by, with its values and what they are called."""

    name: str
    title: str | Promise
    labels: Labels

    def label(self, value: str) -> str:
        """Nothing for a value that is not on the list."""
        return str(dict(self.labels).get(value, ""))


@dataclass(frozen=True)
class OpenChoices:
    """One whose values are too many for a list, such as months; `label` says nothing of what is no value."""

    name: str
    label: Callable[[str], str]


def yes(name: str, title: str | Promise) -> Choices:
    """A choice that is made or not: `?name=ja`."""
    return Choices(name, title, [(YES, title)])


class Narrowed:
    """What an address asks for. A value that is not on the list is passed over: old links keep working."""

    def __init__(
        self, query: QueryDict, choices: Iterable[Choices | OpenChoices], *, words: Mapping[str, Callable[[str], str]]
    ) -> None:
        """`words` are what somebody types, each with what it is called once it was."""
        self._choices = {each.name: each for each in choices}
        self._called = words
        self.words = {name: tidy(query.get(name, "")) for name in words}
        self.page = query.get("page", "")[:20]
        self.chosen = {name: self._known(query, name) for name in self._choices if name in query}

    def _known(self, query: QueryDict, name: str) -> list[str]:
        label = self._choices[name].label
        return [value for value in dict.fromkeys(query.getlist(name)[:MAX_VALUES]) if label(value)]

    @cached_property
    def asked(self) -> dict[str, list[str]]:
        """All that is asked for and means something."""
        words = {name: [value] for name, value in self.words.items() if value}
        return words | {name: values for name, values in self.chosen.items() if values}

    @property
    def query(self) -> QueryDict:
        """For a FilterSet."""
        found = QueryDict(mutable=True)
        for name, values in self.asked.items():
            found.setlist(name, values)
        return found

    def address(self, **changes: Iterable[str]) -> str:
        """This list with other values for some of its choices, from the first page on."""
        asked: dict[str, Iterable[str]] = self.asked | changes
        return "?" + urlencode([(name, value) for name, values in asked.items() for value in values])

    # --- what the components show ---

    def group(self, name: str, counts: Mapping[str, int] | None = None) -> dict[str, Any]:
        """For components/facets.html. A value that finds nothing is left out, unless it was chosen."""
        choices, chosen = self._listed(name), self.chosen.get(name, ())
        return {
            "title": choices.title,
            "name": name,
            "options": [
                {"value": value, "label": label, "count": count, "selected": value in chosen}
                for value, label, count in self._counted(choices.labels, chosen, counts)
            ],
        }

    def ways(self, name: str, counts: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
        """One value or all: for a switch, or components/chips.html."""
        chosen = self.chosen.get(name, [])
        everything = {"label": _("Alles"), "url": self.address(**{name: ()}), "selected": not chosen}
        return [everything] + [
            {"label": label, "url": self.address(**{name: [value]}), "count": count, "selected": chosen == [value]}
            for value, label, count in self._counted(self._listed(name).labels, chosen, counts)
        ]

    @staticmethod
    def _counted(
        labels: Labels, chosen: Sequence[str], counts: Mapping[str, int] | None
    ) -> list[tuple[str, str | Promise, int | None]]:
        if counts is None:
            return [(value, label, None) for value, label in labels]
        return [(value, label, counts.get(value, 0)) for value, label in labels if value in counts or value in chosen]

    def _listed(self, name: str) -> Choices:
        choices = self._choices[name]
        assert isinstance(choices, Choices)  # noqa: S101 - a list's own code names it
        return choices

    @cached_property
    def lifted(self) -> list[dict[str, str]]:
        """What was chosen, each with the address without it: for components/filters_chosen.html."""
        return [
            {
                "label": self._choices[name].label(value) if name in self._choices else self._called[name](value),
                "url": self.address(**{name: [each for each in values if each != value]}),
            }
            for name, values in self.asked.items()
            for value in values
        ]

    def besides(self, *names: str) -> list[tuple[str, str]]:
        """What a form that asks for `names` takes along."""
        return [(name, value) for name, values in self.asked.items() if name not in names for value in values]


def quoted(words: str) -> str:
    return f"‘{words}’"


def tidy(words: str) -> str:
    return " ".join(clean_text(words).split())[:MAX_WORDS]
