"""Questions and needs with what fits them, judged by reading the demo's menu card before any of it was searched.

`fits` names all that somebody who asks this would be glad to see, the gladdest first; it is not what the program
returns. The figures are those of information retrieval: MRR is one over the place of the first that fits, recall@5 how
many of those that fit stand among the first five (of five at most), hit@1 whether the first one fits.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

FOLDER = Path(__file__).resolve().parent
FIRST = 5


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def reciprocal_rank(got: Sequence[str], fits: Sequence[str]) -> float:
    return next((1 / place for place, slug in enumerate(got, 1) if slug in fits), 0.0)


def recall(got: Sequence[str], fits: Sequence[str]) -> float:
    return len(set(got[:FIRST]) & set(fits)) / min(FIRST, len(fits))


def mean(figures: Sequence[float]) -> float:
    return round(fmean(figures), 3)
