"""Makes offerings/dutch/compound_parts.txt.gz from OpenTaal's hunspell files.

    python -m tools.compound_parts nl.aff nl.dic

The affix file says of each word with which letters it may begin a compound (Ca) and whether it may end one (Cc). Short
nouns it leaves out, since a spelling checker had better miss a compound than accept a wrong one; we are less strict.
A new list needs a migration that reads it (as offerings/migrations/0003) and splits the words of the card anew.
"""

from __future__ import annotations

import argparse
import gzip
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).resolve().parent.parent / "offerings" / "dutch" / "compound_parts.txt.gz"
BEGINS, ENDS, FORBIDDEN = "Ca", "Cc", "Fw"
SHORTEST, LONGEST = 3, 15
SHORT_BEGINNINGS = {"dag", "les", "kok", "bus", "kar"}
SHORT_ENDINGS = {
    *("dag", "les", "uur", "bus", "bak", "hal", "kok", "set", "mat", "tas", "pot", "kar", "kas", "bar", "lid", "bal"),
    *("bos", "bad", "boot", "zee", "week", "jas", "kan", "pas", "pop", "rit", "spel", "wet", "weg", "zak", "vis"),
}


class Suffix(NamedTuple):
    strip: str
    add: str
    flags: list[str]
    condition: re.Pattern[str]


Rules = Mapping[str, list[Suffix]]


def plain(word: str) -> str:
    """Without accents, and with ij as two letters."""
    apart = unicodedata.normalize("NFKD", word.replace("ĳ", "ij"))
    return "".join(character for character in apart if not unicodedata.combining(character))


def pairs(flags: str) -> list[str]:
    return [flags[place : place + 2] for place in range(0, len(flags), 2)]


def suffixes(affixes: Path) -> Rules:
    found: defaultdict[str, list[Suffix]] = defaultdict(list)
    for line in affixes.read_text().splitlines():
        match line.split("#")[0].split():
            case ["SFX", _flag, "Y" | "N", number] if number.isdecimal():
                continue  # the head of a table
            case ["SFX", flag, strip, add, *condition]:
                ending, _slash, flags = add.partition("/")
                rule = re.compile(f"{condition[0] if condition else '.'}$")
                found[flag].append(Suffix(strip.strip("0"), ending.strip("0"), pairs(flags), rule))
    return found


def forms(word: str, flags: list[str], rules: Rules, depth: int = 0) -> Iterator[tuple[str, set[str]]]:
    """A word and all that its suffixes make of it, each with its flags."""
    if depth > 2 or FORBIDDEN in flags:
        return
    yield word, set(flags)
    for suffix in (suffix for flag in set(flags) for suffix in rules.get(flag, ())):
        if word.endswith(suffix.strip) and suffix.condition.search(word):
            stem = word[: len(word) - len(suffix.strip)] if suffix.strip else word
            yield from forms(stem + suffix.add, suffix.flags, rules, depth + 1)


def inflected(word: str, flags: list[str], rules: Rules) -> Iterator[str]:
    """The plural and diminutive of a noun, which the flags Y and Z make."""
    for suffix in (suffix for flag in flags if flag[0] in "YZ" for suffix in rules.get(flag, ())):
        if word.endswith(suffix.strip) and suffix.condition.search(word):
            yield (word[: len(word) - len(suffix.strip)] if suffix.strip else word) + suffix.add


def parts(affixes: Path, words: Path) -> tuple[set[str], set[str]]:
    """What may begin a compound, and what may end one."""
    rules, first, last = suffixes(affixes), set(SHORT_BEGINNINGS), set(SHORT_ENDINGS)
    for line in words.read_text().splitlines()[1:]:
        word, _slash, flagged = line.partition("/")
        flags = pairs(re.split(r"[\t ]", flagged)[0])
        for form, having in forms(word, flags, rules):
            if BEGINS in having:
                first.add(plain(form))
            if ENDS in having and len(plain(form)) > SHORTEST:
                last.add(plain(form))
        if word == word.lower() and FORBIDDEN not in flags and any(flag[0] in "YZ" for flag in flags):
            last |= {plain(word)} if len(plain(word)) > SHORTEST else set()
            last |= {plain(form) for form in inflected(word, flags, rules) if len(plain(form)) > SHORTEST + 1}
    return usable(first), usable(last)


def usable(words: set[str]) -> set[str]:
    return {word for word in words if re.fullmatch(f"[a-z]{{{SHORTEST},{LONGEST}}}", word)}


def is_made_of(word: str, first: set[str], last: set[str]) -> bool:
    """Whether it is one or more beginnings, then an ending."""
    reached = [True] + [False] * len(word)
    for stop in range(SHORTEST, len(word)):
        reached[stop] = any(reached[start] and word[start:stop] in first for start in range(stop - SHORTEST + 1))
    return any(reached[start] and word[start:] in last for start in range(SHORTEST, len(word) - SHORTEST + 1))


def simplest(words: set[str], first: set[str] | None = None) -> set[str]:
    """Those that are not made of others, the short ones looked at first; `first` are what may go before."""
    kept: set[str] = set()
    for word in sorted(words, key=lambda word: (len(word), word)):
        if not is_made_of(word, kept if first is None else first, kept):
            kept.add(word)
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("affixes", type=Path)
    parser.add_argument("words", type=Path)
    given = parser.parse_args()
    first, last = parts(given.affixes, given.words)
    first = simplest(first)
    last = simplest(last, first)
    lines = [("" if each in first else "-") + each + ("" if each in last else "-") for each in sorted(first | last)]
    with LIST.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(("\n".join(lines) + "\n").encode())
    print(f"{len(lines)} parts")


if __name__ == "__main__":
    main()
