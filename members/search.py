"""Finding organisations by name, whatever the capitals and accents, and by what a name with a typing error is like."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower

MAX_WORDS = 8
# How much a name has to be like what was typed, of 1, to be taken for what was meant.
LIKE = 0.4
NEAR_SHOWN = 6


def bare(text: str) -> str:
    """In lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


# translate() replaces character for character: ten times as fast as unaccent(), as good for European names.
ACCENTED = "".join(
    chr(code) for code in range(0xE0, 0x180) if len(bare(chr(code))) == 1 and bare(chr(code)) != chr(code)
)
UNACCENTED = "".join(bare(character) for character in ACCENTED)


class Bare(Func):
    """The same as `bare`, in the database."""

    function = "translate"
    output_field = TextField()

    def __init__(self, expression: Any, **extra: Any) -> None:
        super().__init__(Lower(expression), Value(ACCENTED), Value(UNACCENTED), **extra)


def matching(organisations: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Those with every word in the name or the tagline."""
    found: QuerySet[Any] = organisations.alias(bare_name=Bare("name"), bare_tagline=Bare("tagline"))
    for word in bare(words).split()[:MAX_WORDS]:
        found = found.filter(Q(bare_name__contains=word) | Q(bare_tagline__contains=word))
    return found


def near(organisations: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Those whose name is like the words, the likest first."""
    likeness = TrigramWordSimilarity(bare(words), Bare("name"))
    alike: QuerySet[Any] = organisations.annotate(likeness=likeness).filter(likeness__gte=LIKE)
    return alike.order_by(F("likeness").desc(), "name", "pk")[:NEAR_SHOWN]
