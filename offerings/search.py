"""Finding offerings by words: Dutch stems without accents, compounds by their parts, and what is near a typing error.

A question is read in three ways, until one finds something: all that was typed; the same with each unknown word as the
card spells it; and what has any of it. The figures behind it stand in docs/decisions.md and tests/offerings/judged.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache, reduce
from operator import add
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import BooleanField, Case, F, FloatField, Func, QuerySet, TextField, Value, When

from kring.foundation.cache import Recent
from kring.foundation.forms import clean_text
from offerings.models import FRESH_MONTHS, Offering, months_before

MAX_CHARACTERS = 100  # of a question; the rest is not looked at
MAX_WORDS = 10
# Ranking costs as much as there is to rank: of a common word so many are ranked, in no order of merit.
CANDIDATES = 500
# Nobody leafs further than this, and counting all that has a common word costs as much as it finds.
MAX_FOUND = 1_000
# What more offerings have says little, and costs much: beside a rarer word it is not looked for.
COMMON = 1_000
# How much a word of the lexicon has to be like what was typed, of 1, to be taken for what was meant.
LIKE = 0.4
# A part of a compound says less than the word itself.
PART = 0.5
# PostgreSQL wants D, C, B, A: unused, the description, summary with category and organisation, the title.
WEIGHTS = [0.1, 0.3, 0.6, 1.0]
OPERATORS = re.compile(r'"|(^|\s)-\S|(^|\s)or(\s|$)', re.IGNORECASE)
LETTERS = re.compile(r"[^\W_]+")


class Plain(Func):
    """The SQL function plain(): lower case, without accents (migration 0002)."""

    function = "plain"
    output_field = TextField()


class Lexemes(SearchQuery):
    """A tsquery as the database wrote it."""

    def __init__(self, text: str) -> None:
        super().__init__(text, search_type="raw")
        self.text = text

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, tuple[str | int, ...]]:
        return "%s::tsquery", [self.text]  # type: ignore[return-value] # the lookup adds lists


def tidy(text: str) -> str:
    """What somebody typed in a search box, on one line and not endless; nothing when no word is in it."""
    words = " ".join(clean_text(text).split())[:MAX_CHARACTERS].strip()
    return words if LETTERS.search(words) else ""


# --- a question ---


@dataclass(frozen=True)
class Term:
    """A word, or a part of one, and what is looked for: a tsquery. `share` is how much it says beside the word."""

    word: str
    query: str
    share: float = 1.0


class Reading(StrEnum):
    ALL = "all"
    MEANT = "meant"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True)
class Question:
    """What is looked for, and how it was read. `weights` say how much each term tells."""

    words: str
    query: str
    terms: tuple[Term, ...] = ()
    reading: Reading = Reading.ALL
    weights: tuple[float, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether what was found has all that was asked for."""
        return self.reading in {Reading.ALL, Reading.MEANT}


# What the database says of a word follows from the program's own lists alone, and may be kept.
@lru_cache(maxsize=4096)
def read(words: str) -> Question:
    """All that was typed. Quotes, minus and `or` mean what they do elsewhere."""
    if OPERATORS.search(words):
        asked = _one("SELECT websearch_to_tsquery('dutch_unaccent', %s)::text", [words])
        return Question(words, asked)
    terms = terms_of(LETTERS.findall(words)[:MAX_WORDS])
    return Question(words, " & ".join(f"({term.query})" for term in terms), terms)


ASKED = """
SELECT word, asked_for(word)::text FROM unnest(%s::text[]) WITH ORDINALITY AS typed (word, place) ORDER BY place
"""


def terms_of(words: Sequence[str]) -> tuple[Term, ...]:
    """Those of the words that say something."""
    if not words:
        return ()
    return tuple(Term(word, query) for word, query in _rows(ASKED, [list(words)]) if query)


@lru_cache(maxsize=4096)
def parts_of(word: str) -> tuple[Term, ...]:
    """What a compound is made of."""
    rows = _rows("SELECT part, asked_for(part)::text FROM unnest(compound_parts(plain(%s))) part", [word])
    return tuple(Term(part, query, PART) for part, query in rows if query)


@dataclass(frozen=True)
class Found:
    """How a question was read, and the keys of what it finds, in no order: MAX_FOUND and one when there is more."""

    question: Question
    keys: list[int]

    @property
    def is_common(self) -> bool:
        return len(self.keys) > MAX_FOUND


def find(offerings: QuerySet[Any], words: str) -> Found:
    """By the first reading that finds some of the offerings."""
    question = read(words)
    if keys := _keys(offerings, question):
        return Found(question, keys)
    known = as_known(offerings, question.terms)
    if len(known) == len(question.terms) and known != question.terms:
        query = " & ".join(f"({term.query})" for term in known)
        meant = Question(" ".join(term.word for term in known), query, known, Reading.MEANT)
        if keys := _keys(offerings, meant):
            return Found(meant, keys)
    partly = any_of(offerings, replace(question, terms=known))
    return Found(partly, _keys(offerings, partly))


# Who sets a filter or turns a page asks the same again. Some ten thousand bytes each.
_found: Recent[tuple[Found, float]] = Recent(200)
LATELY_SECONDS = 60.0


def found_lately(state: str, find_now: Callable[[], Found]) -> Found:
    """What was found for the same words of the same card within a minute, or now: the list of words is kept apart."""
    kept = _found.get(state)
    if kept is None or time.monotonic() > kept[1]:
        kept = find_now(), time.monotonic() + LATELY_SECONDS
        _found.put(state, kept)
    return kept[0]


def _keys(offerings: QuerySet[Any], question: Question) -> list[int]:
    if not question.query:
        return []
    return list(matching(offerings, question).order_by().values_list("pk", flat=True)[: MAX_FOUND + 1])


def as_known(offerings: QuerySet[Any], terms: Sequence[Term]) -> tuple[Term, ...]:
    """Each word that finds nothing, nor do its parts, as the card spells it; what is like nothing is left out."""
    pieces = [
        Term(term.word, " | ".join(f"({each.query})" for each in (term, *parts_of(term.word)))) for term in terms
    ]
    # Counted, since of whether there is one PostgreSQL hopes to find it soon, and reads all 200,000.
    numbers = how_many(offerings, pieces)
    unknown = [term.word for term, number in zip(terms, numbers, strict=True) if not number]
    alike = nearest(unknown) if unknown else {}
    spelled = {term.word: term for term in terms_of(list(alike.values()))}
    read_as = [
        term if number else spelled.get(alike.get(term.word, "")) for term, number in zip(terms, numbers, strict=True)
    ]
    return tuple(term for term in read_as if term is not None)


def any_of(offerings: QuerySet[Any], question: Question) -> Question:
    """What has one of the words, or a part of one: the rarer, the more it says."""
    terms = [each for term in question.terms for each in (term, *parts_of(term.word))]
    numbers = how_many(offerings, terms)
    telling = min((number for number in numbers if number), default=0)
    kept = [
        (term, number)
        for term, number in zip(terms, numbers, strict=True)
        if number and (number <= COMMON or telling > COMMON)
    ]
    return Question(
        question.words,
        " | ".join(f"({term.query})" for term, _number in kept),
        tuple(term for term, _number in kept),
        Reading.ANY if kept else Reading.NONE,
        tuple(term.share * math.log(1 + COMMON / number) for term, number in kept),
    )


def how_many(offerings: QuerySet[Any], terms: Sequence[Term]) -> list[int]:
    """How many of the offerings have each, asked in one; COMMON and one when it is more than that."""
    if not terms:
        return []
    found = [
        offerings.order_by().filter(search=Lexemes(term.query)).values("pk")[: COMMON + 1].query.sql_with_params()
        for term in terms
    ]
    counted = ", ".join(f"(SELECT count(*) FROM ({sql}) found)" for sql, _parameters in found)  # noqa: S608 - Django wrote it
    parameters = [each for _sql, given in found for each in given]
    return list(_rows(f"SELECT {counted}", parameters)[0])


# --- what it finds ---


def matching(offerings: QuerySet[Any], question: Question) -> QuerySet[Any]:
    return offerings.filter(search=Lexemes(question.query)) if question.query else offerings.none()


def ranked(offerings: QuerySet[Any], question: Question, today: dt.date) -> QuerySet[Any]:
    """Those of the offerings that were found: what was confirmed lately first, and of those the best first."""
    best = offerings.order_by().values("pk")[:CANDIDATES]
    fresh = Case(
        When(confirmed_on__gt=months_before(today, FRESH_MONTHS), then=Value(True)),  # noqa: FBT003
        default=Value(False),  # noqa: FBT003
        output_field=BooleanField(),
    )
    return (
        Offering.objects.filter(pk__in=best)
        .annotate(fresh=fresh, rank=rank(question))
        .order_by("-fresh", "-rank", "-confirmed_on", "pk")
    )


def rank(question: Question) -> Any:
    """Title over summary over description, normalised by length (1): a long text has every word once."""
    if not question.weights:
        return _rank(question.query)
    return rank_by((term.query, weight) for term, weight in zip(question.terms, question.weights, strict=True))


def rank_by(weighed: Iterable[tuple[str, float]]) -> Any:
    """The sum of the ranks of some queries, each with its weight."""
    return reduce(add, (Value(weight, FloatField()) * _rank(query) for query, weight in weighed))


def _rank(query: str) -> SearchRank:
    return SearchRank(F("search"), Lexemes(query), weights=WEIGHTS, normalization=Value(1))


NEAREST = """
SELECT typed, (
    SELECT text FROM offerings_word WHERE text %% plain(typed) AND similarity(text, plain(typed)) >= %s
    ORDER BY similarity(text, plain(typed)) DESC, text LIMIT 1
) FROM unnest(%s::text[]) WITH ORDINALITY AS asked (typed, place) ORDER BY place
"""


def nearest(words: Sequence[str]) -> dict[str, str]:
    """For each word the one on the card that is most like it, itself perhaps; none for what is like nothing."""
    return {typed: found for typed, found in _rows(NEAREST, [LIKE, list(words)]) if found}


def meant(words: str) -> list[str]:
    """What is typed, as the card spells it; what is like nothing is left out."""
    return list(nearest(LETTERS.findall(words)[:MAX_WORDS]).values())


# --- what words are found by ---

LEXEMES = "SELECT word, tsvector_to_array(words_and_parts(word)) FROM unnest(%s::text[]) word"
_lexemes: Recent[frozenset[str]] = Recent(20_000)


def lexemes_of(words: Iterable[str]) -> dict[str, frozenset[str]]:
    """For each word its stem and those of its parts; kept, since they follow from the program's own lists."""
    asked = set(words)
    found = {word: stems for word in asked if (stems := _lexemes.get(word)) is not None}
    missing = sorted(asked - found.keys())
    if missing:
        read_now = {word: frozenset(stems) for word, stems in _rows(LEXEMES, [missing])}
        for word, stems in read_now.items():
            _lexemes.put(word, stems)
        found |= read_now
    return found


def forget() -> None:
    """What this process keeps of words."""
    _found.clear()
    read.cache_clear()
    parts_of.cache_clear()
    _lexemes.clear()


def _rows(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _one(sql: str, parameters: list[Any]) -> Any:
    return _rows(sql, parameters)[0][0]
