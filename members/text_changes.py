"""What differs between two texts, in pieces that a reader can follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from django.db.models import TextChoices

# More words than these are compared by line: comparing takes the square of their number.
MOST_WORDS = 2000
# So much stays of what is the same on both sides of a difference.
AROUND = 60
GAP = " … "


class Kind(TextChoices):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Piece(NamedTuple):
    kind: Kind
    text: str


def compared(before: str, after: str) -> Iterator[Piece]:
    """The new text with what is gone still in it; long stretches that stayed the same are shortened."""
    old, new = _parts(before, after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (step, first, last, new_first, new_last) in enumerate(steps):
        if step == "equal":
            same = "".join(old[first:last])
            yield Piece(Kind.SAME, _shortened(same, is_first=number == 0, is_last=number == len(steps) - 1))
            continue
        if first < last:
            yield Piece(Kind.GONE, "".join(old[first:last]))
        if new_first < new_last:
            yield Piece(Kind.NEW, "".join(new[new_first:new_last]))


def _parts(*texts: str) -> list[list[str]]:
    words = [re.findall(r"\s+|\S+", text) for text in texts]
    if max(map(len, words)) <= MOST_WORDS:
        return words
    lines = [text.splitlines(keepends=True) for text in texts]
    return lines if max(map(len, lines)) <= MOST_WORDS else [[text] for text in texts]


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    if len(text) <= 2 * AROUND + len(GAP):
        return text
    start = "" if is_first else text[:AROUND].rsplit(" ", 1)[0]
    end = "" if is_last else text[-AROUND:].split(" ", 1)[-1]
    return f"{start}{GAP}{end}"
