"""Finding organisations by name: exactly, in part, and with a letter wrong in each word.

Two spellings of a word that differ by one letter (missing, added, another, two changed places) are the same once each
has lost one letter. The database keeps, for every name, its words and what they are with a letter left out (migration
0003), so that such words are looked up in an index; no likeness is calculated but to put what was found in order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, F, Func, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Lower

MAX_WORDS = 8
# Shorter words say nothing beside longer ones: 'de', 'en', 'bv'.
TELLING = 3
# A word alone has to be so long to be looked for with a letter wrong: 'zang' is one letter from 'zand' and 'tang'.
LONG_ALONE = 5
# How much a name has to be like what was typed, of 1, to be taken for what was meant.
LIKE = 0.33
NEAR_SHOWN = 6
INITIAL = re.compile(r"\b([a-z])\.")
BETWEEN = re.compile(r"[\W_]+")
SAINT = re.compile(r"\bst\b")


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


def plain(text: str) -> str:
    """The words as they are compared: bare, B.V. as one word, 'st.' as 'sint', and between them one space."""
    return SAINT.sub("sint", BETWEEN.sub(" ", INITIAL.sub(r"\1", bare(text)))).strip()


class Plain(Func):
    """The SQL function plain_name() (migration 0003): the same as `plain`, in the database, of one text or more."""

    function = "plain_name"
    arg_joiner = " || ' ' || "
    output_field = TextField()


class Pieces(Func):
    """The SQL function name_pieces() (migration 0003): the words of a name, and those with a letter left out."""

    function = "name_pieces"
    output_field = ArrayField(TextField())


# As the index has it.
NAME_AND_TAGLINE = Plain("name", "tagline")


def with_one_left_out(word: str) -> set[str]:
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


@dataclass(frozen=True)
class Question:
    """What somebody typed, as conditions on a name."""

    typed: str
    text: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", plain(self.typed))

    @cached_property
    def words(self) -> list[str]:
        """Those that a name has to have: the telling ones, or all when there are none."""
        words = list(dict.fromkeys(self.text.split()))[:MAX_WORDS]
        return [word for word in words if len(word) >= TELLING] or words

    @property
    def together(self) -> str:
        """Without spaces, since those may be wrong as well."""
        return self.text.replace(" ", "")

    @cached_property
    def literally(self) -> Q:
        """Every word as it was typed, in the name or the tagline."""
        return all_of(self._occurs(word) for word in self.words)

    @cached_property
    def with_errors(self) -> Q:
        """Every word, or the whole name, but for a letter."""
        found = all_of(self._occurs_about(word) for word in self.words)
        if self.text == self.together or len(self.together) < TELLING:
            return found
        return found | Q(pieces__overlap=sorted(with_one_left_out(self.together)))

    @staticmethod
    def _occurs(word: str) -> Q:
        """A word of one or two letters only as a whole, in the name: as a part it would be in all of them."""
        if len(word) >= TELLING:
            return Q(plain_text__contains=word)
        return Q(pieces__contains=[f"={word}"])

    def _occurs_about(self, word: str) -> Q:
        """As it was typed; or with a letter wrong, or over a space that was not typed, in the name."""
        if len(word) < TELLING:
            return self._occurs(word)
        is_long = len(word) >= LONG_ALONE or len(self.words) > 1
        spellings = sorted(with_one_left_out(word)) if is_long else [word]
        return self._occurs(word) | Q(pieces__overlap=spellings)


def all_of(conditions: Iterable[Q]) -> Q:
    together = Q()
    for each in conditions:
        together &= each
    return together


def matching(organisations: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Those that have the words, be it with a letter wrong in each; all when no word was typed, in signs only none."""
    question = Question(words)
    if not question.words:
        return organisations.none() if words else organisations
    found = organisations.alias(plain_text=NAME_AND_TAGLINE, pieces=Pieces("name"))
    with_words: QuerySet[Any] = found.filter(question.with_errors)
    return with_words


def ranked(organisations: QuerySet[Any], words: str) -> QuerySet[Any]:
    """The name itself first, then what begins with it, has it, has the words; then what is most like it."""
    question = Question(words)
    if not question.words:
        return organisations.order_by(Lower("name"), "pk")
    place = Case(
        When(plain_name=question.text, then=0),
        When(plain_name__startswith=question.text, then=1),
        When(plain_name__contains=question.text, then=2),
        When(question.literally, then=3),
        default=4,
        output_field=IntegerField(),
    )
    found = organisations.alias(plain_name=Plain("name"), plain_text=NAME_AND_TAGLINE, pieces=Pieces("name"))
    likeness = TrigramSimilarity(F("plain_name"), question.text)
    best: QuerySet[Any] = found.alias(place=place, likeness=likeness)
    return best.order_by("place", "-likeness", Lower("name"), "pk")


def near(organisations: QuerySet[Any], words: str) -> list[int]:
    """The keys of those whose name is like the words, the likest first."""
    likeness = TrigramWordSimilarity(plain(words), Plain("name"))
    alike = organisations.alias(likeness=likeness, plain_name=Plain("name"))
    alike = alike.filter(plain_name__trigram_word_similar=plain(words))
    with transaction.atomic(), connection.cursor() as cursor:
        # The operator that an index serves takes its threshold from here.
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE)])
        return list(alike.order_by("-likeness", "name", "pk").values_list("pk", flat=True)[:NEAR_SHOWN])
