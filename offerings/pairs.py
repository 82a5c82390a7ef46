"""What a matcher says of a need and an offering."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Why:
    """What they share: words as the need has them, and the names of the rest; empty for what they do not."""

    words: tuple[str, ...] = ()
    category: str = ""
    means: str = ""
    sector: str = ""
    district: str = ""


@dataclass(frozen=True)
class Pair:
    """The keys of both, how well they fit from 0 to 1, and why."""

    need: int
    offering: int
    score: float
    why: Why
