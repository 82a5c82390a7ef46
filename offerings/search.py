"""Finding offerings by words: Dutch stems without accents, ranked; and what is near when nothing is found."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Case, F, FloatField, Func, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable

from kring.foundation.forms import clean_text
from offerings.models import FRESH_MONTHS, Offering, months_before

CONFIGURATION = "dutch_plain"
MAX_WORDS = 100  # characters of a question that are looked at
# Ranking everything costs as much as everything is long; of a common word only so many are ranked.
CANDIDATES = 500
# How like a title has to be to what was typed, of 1, to be shown as near.
NEAR = 0.4
STALE_WEIGHT = 0.5


class Plain(Func):
    """The SQL function plain(): lower case, without accents (migration 0002)."""

    function = "plain"
    output_field = TextField()


def tidy(text: str) -> str:
    """What somebody typed in a search box, in one line and not endless."""
    return " ".join(clean_text(text).split())[:MAX_WORDS]


def question(words: str) -> Combinable:
    return SearchQuery(words, config=CONFIGURATION, search_type="websearch")


def matching(offerings: QuerySet[Any], words: str) -> QuerySet[Any]:
    return offerings.filter(search=question(words))


def ranked(offerings: QuerySet[Any], words: str, today: dt.date) -> QuerySet[Any]:
    """The best first: title over text, fresh over stale. Of a common word the first CANDIDATES are ranked."""
    best = matching(offerings, words).order_by().values("pk")[:CANDIDATES]
    freshness = Case(
        When(confirmed_on__gt=months_before(today, FRESH_MONTHS), then=Value(1.0)),
        default=Value(STALE_WEIGHT),
        output_field=FloatField(),
    )
    rank = SearchRank(F("search"), question(words), normalization=Value(1)) * freshness
    return offerings.filter(pk__in=best).annotate(rank=rank).order_by("-rank", "pk")


def near(offerings: QuerySet[Any], words: str, limit: int) -> QuerySet[Any]:
    """Offerings with a word in the title that is spelled like what was asked."""
    likeness = Func(Plain(Value(words)), Plain(F("title")), function="word_similarity", output_field=FloatField())
    like = Q(pk__in=Offering.objects.extra(where=["plain(%s) <%% plain(title)"], params=[words]).values("pk"))
    return offerings.annotate(likeness=likeness).filter(like, likeness__gte=NEAR).order_by("-likeness", "pk")[:limit]
