"""What an address of the card asks for, outside the page itself: on paper and in feeds."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from offerings import search
from offerings.choices import AUDIENCE_LABELS, GROUP_LABELS, MEANS_LABELS, PRICE_LABELS
from offerings.filters import MAX_SLUGS
from offerings.lists import Listed, Lists

Named = Mapping[str, str | Promise]


def _labels(lists: Lists) -> dict[str, Named]:
    """For each filter its values, and what they are called."""
    return {
        "voor": dict(AUDIENCE_LABELS),
        "van": {"bedrijven": _("Wat bedrijven geven")},
        "m": dict(MEANS_LABELS),
        "rubriek": _names(lists.categories),
        "sector": _names(lists.sectors),
        "wijk": _names(lists.districts),
        "prijs": dict(PRICE_LABELS),
        "groep": dict(GROUP_LABELS),
    }


def _names(listed: Listed) -> Named:
    return {slug: entry.name for slug, entry in listed.by_slug.items()}


def asked_of_card(query: QueryDict, lists: Lists) -> QueryDict:
    """The filters of the address that mean something, in one order: the same card has one address."""
    asked = QueryDict(mutable=True)
    if words := search.tidy(query.get("q", "")):
        asked["q"] = words
    for name, labels in _labels(lists).items():
        if known := _known(query.getlist(name), labels):
            asked.setlist(name, known)
    return asked


def _known(values: Collection[str], labels: Named) -> list[str]:
    return sorted({value for value in values if value in labels})[:MAX_SLUGS]


def in_words(asked: QueryDict, lists: Lists) -> str:
    """'Voor bedrijven · Sport · ‘zaal’'; nothing for the whole card."""
    labels = _labels(lists)
    told = [str(labels[name][value]) for name in labels for value in asked.getlist(name)]
    return " · ".join([*told, *(f"‘{words}’" for words in asked.getlist("q"))])
