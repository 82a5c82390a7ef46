"""Matches by what is written: words, parts of compounds and spelling; category, means, sector and district add to it.

The rarer a word on the card, the more it says; how rare it is, PostgreSQL counts by itself for its planner. A need is
held against the few hundred offerings that share its most telling words. Its score is what is shared of all that it
says; so 1 means the same for every need. Of 200,000 offerings that takes 30 ms.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, QuerySet, Value
from django.utils.translation import get_language

from members.search import bare
from offerings.models import CARD_ORDER, Means, Need, Offering
from offerings.pairs import Pair, Why
from offerings.search import LETTERS, Lexemes, lexemes_of, nearest, rank_by

# Of how many words a need has to share to be wholly met; one that says more is not asked to be met in all of it.
WHOLE = 4
IN_TITLE, IN_TEXT = 1.0, 0.4
# 'Schilders voor ons clubhuis': what is asked for stands before the first preposition, what it is for behind it.
BEHIND = 0.3
PREPOSITIONS = frozenset(
    ["voor", "bij", "van", "naar", "met", "op", "in", "aan", "uit", "tot", "over", "tijdens", "zonder"]
)
# Every need may say these, whatever it is about.
SAYS_NOTHING = frozenset(
    [
        "iemand",
        "iets",
        "mensen",
        "hulp",
        "gezocht",
        "zoeken",
        "nodig",
        "graag",
        "welkom",
        "twee",
        "drie",
        "vier",
        "vijf",
        "zes",
        "zeven",
        "acht",
        "negen",
        "tien",
        "elf",
        "twaalf",
        "vijftien",
        "twintig",
        "dertig",
        "veertig",
        "vijftig",
        "zestig",
        "tachtig",
        "honderd",
        "duizend",
    ]
)
# How much a word says that is only spelled like one of the card.
ALIKE = 0.5
LONG = 5
# What a word weighs by where the offering has it: title, summary and category, description.
PLACES = {"A": 1.0, "B": 0.6, "C": 0.4}
PART = 0.6
# What else may be shared, on top of the words.
SAME_CATEGORY, SAME_COURSE, SAME_MEANS, SAME_SECTOR, SAME_DISTRICT = 0.2, 0.1, 0.1, 0.03, 0.05
MONEY = 0.35
# So many are looked at, by the words that fewest have.
CANDIDATES = 1_000
MOST_WORDS = 8
WEIGHED = 40
REASONS = 3
# Beside the strongest reason a weak one is none.
WORTH = 0.35
VECTOR = re.compile(r"'((?:[^']|'')+)'(?::(\S+))?")
COUNTED_SECONDS = 600.0


class Word(NamedTuple):
    """A lexeme of a need, the word that it stands for there, and how much it says."""

    lexeme: str
    word: str
    weight: float


@dataclass(frozen=True)
class Frequencies:
    """Which part of the offerings has a lexeme, of those that many have; and how many offerings there are."""

    shares: Mapping[str, float]
    offerings: float

    def number(self, lexeme: str) -> float:
        least = min(self.shares.values(), default=0.0) / 2
        return max(1.0, self.shares.get(lexeme, least) * self.offerings)

    def telling(self, lexeme: str) -> float:
        """From 0 for what all have to 1 for what one has."""
        if self.offerings < 2:
            return 1.0
        return 1 - math.log(min(self.number(lexeme), self.offerings)) / math.log(self.offerings)


FREQUENCIES = """
SELECT s.most_common_elems::text::text[], s.most_common_elem_freqs, greatest(c.reltuples, 0)
FROM pg_class c LEFT JOIN pg_stats s ON s.tablename = c.relname AND s.attname = 'search'
WHERE c.oid = 'offerings_offering'::regclass
"""


def frequencies() -> Frequencies:
    """As the database counted them last; it does so after every tenth of the offerings that changed."""
    return _frequencies(int(time.monotonic() / COUNTED_SECONDS))


@lru_cache(maxsize=1)
def _frequencies(period: int) -> Frequencies:
    with connection.cursor() as cursor:
        cursor.execute(FREQUENCIES)
        lexemes, shares, offerings = cursor.fetchone()
    # Behind the shares stand the least and the most of them.
    return Frequencies(dict(zip(lexemes or (), shares or (), strict=False)), float(offerings))


def forget() -> None:
    """What this process keeps of the counts."""
    _frequencies.cache_clear()


def look_up(texts: Iterable[str]) -> None:
    """Reads what is not known yet of all these words at once, so that each text after it asks for nothing."""
    lexemes_of(word for text in texts for word, _weight in said(text, IN_TITLE))


def words_of(need: Need, alike: Mapping[str, str]) -> list[Word]:
    """All that a need says, what tells most first; a word that stands in its title counts as there.

    `alike` has words of the card for words that the card does not know.
    """
    title = list(said_in_title(need.title))
    spelled = [(alike[word], weight * ALIKE) for word, weight in title if alike.get(word, bare(word)) != bare(word)]
    found = weighed([*title, *spelled, *said(need.description, IN_TEXT)])
    # The reader is told what the need says, not what was made of it.
    typed = {alike[word]: word for word, _weight in title if word in alike}
    return [word._replace(word=typed.get(word.word, word.word)) for word in found]


def words_of_all(needs: Sequence[Need], alike: Mapping[str, str]) -> dict[int, list[Word]]:
    """The words of each, by key, read in one query."""
    look_up([*(f"{need.title} {need.description}" for need in needs), " ".join(alike.values())])
    return {need.pk: words_of(need, alike) for need in needs}


def said(text: str, weight: float) -> list[tuple[str, float]]:
    words = (word.lower() for word in LETTERS.findall(text))
    return [(word, weight) for word in words if word not in SAYS_NOTHING and not word.isdecimal()]


def said_in_title(title: str) -> Iterator[tuple[str, float]]:
    weight = IN_TITLE
    for word, _weight in said(title, IN_TITLE):
        weight = IN_TITLE * BEHIND if word in PREPOSITIONS else weight
        yield word, weight


def weighed(words: list[tuple[str, float]]) -> list[Word]:
    """The lexemes of some words with their weights, each once."""
    lexemes, counts = lexemes_of(word for word, _weight in words), frequencies()
    found: dict[str, Word] = {}
    for word, weight in words:
        for lexeme in lexemes[word]:
            is_whole = word.startswith(lexeme[:4]) and len(lexeme) + 3 >= len(word)
            told = weight * counts.telling(lexeme) * (1.0 if is_whole else PART)
            if told and (lexeme not in found or found[lexeme].weight < told):
                found[lexeme] = Word(lexeme, word, told)
    return sorted(found.values(), key=lambda word: (-word.weight, word.lexeme))


def candidates(words: Iterable[Word]) -> list[Word]:
    """The most telling words, as long as few enough offerings have one of them; always one."""
    counts, chosen, number = frequencies(), list[Word](), 0.0
    for word in list(words)[:MOST_WORDS]:
        number += counts.number(word.lexeme)
        if chosen and number > CANDIDATES:
            continue
        chosen.append(word)
    return chosen


def quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def sharing(rows: QuerySet[Any], words: Iterable[Word]) -> QuerySet[Any]:
    """Those of the rows that share the most telling words, those that share most first."""
    terms = [(quoted(word.lexeme), word.weight) for word in candidates(words)]
    if not terms:
        nothing: QuerySet[Any] = rows.annotate(shared=Value(0.0)).filter(pk=None)
        return nothing
    shared: QuerySet[Any] = rows.order_by().filter(search=Lexemes(" | ".join(query for query, _weight in terms)))
    ordered: QuerySet[Any] = shared.annotate(shared=rank_by(terms)).order_by("-shared", "pk")
    return ordered


def places(vector: str) -> dict[str, float]:
    """What each lexeme of a tsvector weighs by where it stands, as the database writes it: 'zaal':1A,7C."""
    return {
        lexeme.replace("''", "'"): max((PLACES.get(place[-1], 0.0) for place in (at or "").split(",")), default=0.0)
        for lexeme, at in VECTOR.findall(vector)
    }


OFFERING = {
    "key": F("pk"),
    "vector": F("search"),
    "gives": F("means"),
    "main": F("category__parent"),
    "category_dutch": F("category__name"),
    "category_english": F("category__name_en"),
    "of_sector": F("organisation__main_sector"),
    "sector_dutch": F("organisation__main_sector__name"),
    "sector_english": F("organisation__main_sector__name_en"),
    "district_name": F("district__name"),
}


def together(queries: Sequence[QuerySet[Any, Any]]) -> list[dict[str, Any]]:
    """The rows of several queries, asked in one."""
    if len(queries) < 2:
        return [row for query in queries for row in query]
    return list(queries[0].union(*queries[1:], all=True))


def best(pairs: Iterable[Pair], most: int, *, need: int = 0, offering: int = 0) -> list[Pair]:
    """Of one need or offering, each pair once."""
    own = {
        (pair.need, pair.offering): pair for pair in pairs if need in {0, pair.need} and offering in {0, pair.offering}
    }
    return sorted(own.values(), key=lambda pair: (-pair.score, pair.need, pair.offering))[:most]


class Lexical:
    """The matcher of words."""

    def offerings_for(self, needs: Sequence[Need], offerings: QuerySet[Offering], most: int) -> list[Pair]:
        titled = (word for need in needs for word, _weight in said(need.title, IN_TITLE) if len(word) >= LONG)
        alike = nearest(list(dict.fromkeys(titled))[: MOST_WORDS * len(needs)])
        words, asked = words_of_all(needs, alike), {need.pk: need for need in needs}
        near = [
            found.annotate(need=Value(need.pk)).values("need", "category_id", "district_id", **OFFERING)[:WEIGHED]
            for need in needs
            for found in (sharing(offerings, words[need.pk]), *self._money(need, offerings))
        ]
        pairs = [self._pair(asked[row["need"]], words[row["need"]], row) for row in together(near)]
        return [pair for need in needs for pair in best(pairs, most, need=need.pk)]

    def needs_for(self, offerings: Sequence[Offering], needs: QuerySet[Need], most: int) -> list[Pair]:
        look_up(f"{each.title} {each.summary}" for each in offerings)
        near = [
            sharing(needs.exclude(organisation=each.organisation_id), self._words(each))
            .annotate(offering=Value(each.pk))
            .values("pk", "offering")[:WEIGHED]
            for each in offerings
        ]
        found = [(row["pk"], row["offering"]) for row in together(near)]
        rows: QuerySet[Any] = Offering.objects.filter(pk__in={offering for _need, offering in found})
        offered: dict[int, dict[str, Any]] = {
            row["key"]: row for row in rows.values("category_id", "district_id", **OFFERING)
        }
        asked = needs.select_related("category", "organisation").in_bulk([need for need, _offering in found])
        words = words_of_all(list(asked.values()), {})
        pairs = [self._pair(asked[need], words[need], offered[offering]) for need, offering in found]
        return [pair for each in offerings for pair in best(pairs, most, offering=each.pk)]

    @staticmethod
    def _words(offering: Offering) -> list[Word]:
        return weighed([*said_in_title(offering.title), *said(offering.summary, IN_TEXT)])

    @staticmethod
    def _money(need: Need, offerings: QuerySet[Offering]) -> list[QuerySet[Any]]:
        """Who asks for money is helped by who gives it, whatever it is for."""
        if need.means != Means.MONEY:
            return []
        # In the order of an index, and no more than is looked at.
        giving = offerings.filter(means=Means.MONEY).annotate(shared=Value(0.0))
        return [giving.order_by(*CARD_ORDER)]

    def _pair(self, need: Need, words: list[Word], row: dict[str, Any]) -> Pair:
        stands = places(row["vector"])
        shared = [(word, word.weight * stands[word.lexeme]) for word in words if stands.get(word.lexeme)]
        whole = sum(word.weight for word in words[:WHOLE]) or 1.0
        score = min(1.0, sum(weight for _word, weight in shared) / whole)
        told = sorted(shared, key=lambda pair: -pair[1])
        why = Why(
            words=tuple(dict.fromkeys(word.word for word, weight in told if weight >= WORTH * told[0][1]))[:REASONS],
            category=in_language(row, "category") if category(need, row) else "",
            means=str(need.get_means_display()) if row["gives"] and row["gives"] == need.means else "",
            sector=in_language(row, "sector") if row["of_sector"] and row["of_sector"] == sector(need) else "",
            district=row["district_name"] if row["district_id"] and row["district_id"] == need.district_id else "",
        )
        added = category(need, row) + (SAME_SECTOR if why.sector else 0) + (SAME_DISTRICT if why.district else 0)
        if why.means:
            added += MONEY if need.means == Means.MONEY else SAME_MEANS if shared else 0
        return Pair(need.pk, row["key"], min(1.0, score + added), why)


def category(need: Need, row: dict[str, Any]) -> float:
    """What the same category adds; a main category is that of all that lies in it."""
    if need.category is None:
        return 0.0
    if need.category_id == row["category_id"]:
        return SAME_CATEGORY
    own = need.category.parent_id or need.category_id
    return SAME_COURSE if own in {row["main"], row["category_id"]} else 0.0


def sector(need: Need) -> int | None:
    return need.organisation.main_sector_id


def in_language(row: dict[str, Any], name: str) -> str:
    english = row[f"{name}_english"] if get_language() == "en" else ""
    return str(english or row[f"{name}_dutch"])
