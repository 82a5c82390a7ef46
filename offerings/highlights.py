"""Marks on a card the words that it was found by.

A card is kept as HTML under all that stands on it, so the marks are set afterwards: in the texts of its title and its
summary, by the lexemes that the database gives each word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.utils.safestring import SafeString

from kring.foundation.cache import Recent
from members.search import bare
from offerings.search import Question, lexemes_of

# As components/card.html has them.
MARKED = re.compile(r'(<h3 class="card-title">\s*<a [^>]*>|<p class="card-summary">)([^<]*)')
# A word, and not the name of a character as in &#x27;
WORD = re.compile(r"&#?\w+;|[^\W_]+")
LEXEME = re.compile(r"'((?:[^']|'')+)'(:\*)?")


# The cards of the last searches, as they were marked: as few as the cards at hand.
_marked: Recent[SafeString] = Recent(500)


class Marker:
    """Marks what a question asked for."""

    def __init__(self, question: Question) -> None:
        self._query = question.query
        found = LEXEME.findall(question.query)
        self._whole = {lexeme.replace("''", "'") for lexeme, begins in found if not begins}
        self._begins = tuple(lexeme.replace("''", "'") for lexeme, begins in found if begins)

    def marked(self, cards: Sequence[SafeString]) -> list[SafeString]:
        keys = [f"{self._query}\0{card}" for card in cards]
        done = {key: found for key in keys if (found := _marked.get(key)) is not None}
        missing = {key: card for key, card in zip(keys, cards, strict=True) if key not in done}
        for key, card in zip(missing, self._mark(list(missing.values())), strict=True):
            done[key] = card
            _marked.put(key, card)
        return [done[key] for key in keys]

    def _mark(self, cards: Sequence[SafeString]) -> list[SafeString]:
        lexemes = lexemes_of(word for card in cards for _tag, text in MARKED.findall(card) for word in words_in(text))
        wanted = {word for word, stems in lexemes.items() if self._is_asked_for({*stems, bare(word)})}

        def mark(match: re.Match[str]) -> str:
            return f"<mark>{match[0]}</mark>" if match[0].lower() in wanted else match[0]

        def mark_text(match: re.Match[str]) -> str:
            return match[1] + WORD.sub(mark, match[2])

        # Of a card that is safe already; no more than the tag is added.
        return [SafeString(MARKED.sub(mark_text, card)) for card in cards]

    def _is_asked_for(self, stems: Iterable[str]) -> bool:
        return any(stem in self._whole or stem.startswith(self._begins or "\0") for stem in stems)


def words_in(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text) if not word.startswith("&")]
