"""Finding offerings by words: Dutch stems without accents, beginnings of words, and what is near a typing error."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import BooleanField, Case, F, Func, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable

from kring.foundation.forms import clean_text
from offerings.models import FRESH_MONTHS, Offering, months_before

STEMS, LETTER_BY_LETTER = "dutch_unaccent", "simple_unaccent"  # made in migration 0002
MAX_CHARACTERS = 100  # of a question; the rest is not looked at
MAX_WORDS = 10
# A word of at least so many letters finds what begins with it: in Dutch 'muziek' is in 'muziekavond'.
PREFIX_LETTERS = 4
# Ranking costs as much as there is to rank: of a common word so many are ranked, in no order of merit.
CANDIDATES = 500
# How much a word of the lexicon has to be like what was typed, of 1, to be taken for what was meant.
LIKE = 0.35
OPERATORS = re.compile(r'"|(^|\s)-\S|(^|\s)or(\s|$)', re.IGNORECASE)
LETTERS = re.compile(r"[^\W_]+")


class Plain(Func):
    """The SQL function plain(): lower case, without accents (migration 0002)."""

    function = "plain"
    output_field = TextField()


def tidy(text: str) -> str:
    """What somebody typed in a search box, on one line and not endless; nothing when no word is in it."""
    words = " ".join(clean_text(text).split())[:MAX_CHARACTERS].strip()
    return words if LETTERS.search(words) else ""


def question(words: str) -> Combinable:
    """Quotes, minus and `or` mean what they do elsewhere; else each word, or a word that begins with it, occurs."""
    asked = SearchQuery(words, config=STEMS, search_type="websearch")
    if OPERATORS.search(words):
        return asked
    typed = LETTERS.findall(words)[:MAX_WORDS]
    if not any(len(word) >= PREFIX_LETTERS for word in typed):
        return asked
    begins: Any = None
    for word in typed:
        each: Any = SearchQuery(word, config=STEMS)
        if len(word) >= PREFIX_LETTERS:
            # The stemmer leaves the s of 'excursies'; a beginning does without.
            beginning = word[:-1] if len(word) > PREFIX_LETTERS and word[-1] in "sS" else word
            each |= SearchQuery(f"{beginning}:*", config=LETTER_BY_LETTER, search_type="raw")
        begins = each if begins is None else begins & each
    found: Combinable = asked | begins
    return found


def matching(offerings: QuerySet[Any], words: str) -> QuerySet[Any]:
    return offerings.filter(search=question(words))


def ranked(offerings: QuerySet[Any], words: str, today: dt.date) -> QuerySet[Any]:
    """Those of the offerings that have the words: what was confirmed lately first, and of those the best first."""
    best = offerings.order_by().values("pk")[:CANDIDATES]
    fresh = Case(
        When(confirmed_on__gt=months_before(today, FRESH_MONTHS), then=Value(True)),  # noqa: FBT003
        default=Value(False),  # noqa: FBT003
        output_field=BooleanField(),
    )
    # Normalised by length (1): a long text has every word once.
    rank = SearchRank(F("search"), question(words), normalization=Value(1))
    return (
        Offering.objects.filter(pk__in=best)
        .annotate(fresh=fresh, rank=rank)
        .order_by("-fresh", "-rank", "-confirmed_on", "pk")
    )


NEAREST = """
SELECT (
    SELECT text FROM offerings_word WHERE text %% plain(typed) AND similarity(text, plain(typed)) >= %s
    ORDER BY similarity(text, plain(typed)) DESC, text LIMIT 1
) FROM unnest(%s::text[]) WITH ORDINALITY AS asked (typed, place) ORDER BY place
"""


def meant(words: str) -> list[str]:
    """For each word the one on the card that is spelled most like it; what is like nothing is left out."""
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, [LIKE, LETTERS.findall(words)[:MAX_WORDS]])
        return [found for (found,) in cursor.fetchall() if found]
