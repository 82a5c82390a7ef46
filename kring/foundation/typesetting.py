"""Documents as PDF and pictures as PNG, set by typst from a template of ours.

What people wrote goes in as data and is never read as markup: a template only shows strings. The PDF is tagged
(PDF/UA-1), and set in our own fonts, so that it looks the same on every machine.
"""

from __future__ import annotations

import json
import threading
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

HERE = Path(__file__).resolve().parent / "typst"
FONTS = HERE / "fonts"
# A page of a document takes a few hundredths of a second; who waits longer than this finds somebody else busy.
WAIT_SECONDS = 20.0
_one_at_a_time = threading.Lock()

Data = Mapping[str, Any]


class Busy(Exception):
    """Others are having documents made; later there is room again."""


def pdf(template: Path, data: Data) -> bytes:
    """The document that a template makes of the data. Raises Busy, and typst.TypstError for a wrong template."""
    return _set(template, data, format="pdf", pdf_standards="ua-1")


def png(template: Path, data: Data) -> bytes:
    """The one page of a template as a picture, a pixel for each point. Raises as pdf() does."""
    return _set(template, data, format="png", ppi=72)


def _set(template: Path, data: Data, **wanted: Any) -> bytes:
    """One at a time: setting three hundred dishes takes some 60 MB, and a worker has several threads."""
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        made = typst.compile(
            template,
            root=settings.BASE_DIR,
            font_paths=_fonts(),
            sys_inputs={"data": json.dumps(_printable(data))},
            **wanted,
        )
    finally:
        _one_at_a_time.release()
    assert isinstance(made, bytes)  # noqa: S101 - a document is one file, and a picture has one page
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@cache
def _covered() -> frozenset[str]:
    """The characters that our fonts have; a tagged PDF must not hold any other."""
    runs = (line.split("-") for line in (FONTS / "covered.txt").read_text().split())
    return frozenset(chr(point) for first, last in runs for point in range(int(first, 16), int(last, 16) + 1))


def _printable(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case Mapping():
            return {name: _printable(each) for name, each in value.items()}
        case list() | tuple():
            return [_printable(each) for each in value]
    return value


def printable(text: str) -> str:
    """The text in characters that our fonts have: a letter without the mark we lack, a question mark for one we lack,
    and nothing for a picture or a sign that only directs.
    """
    covered = _covered()
    if covered.issuperset(text):
        return text
    return "".join(each if each in covered or each in "\n\t" else _nearest(each) for each in text)


def _nearest(character: str) -> str:
    plain = "".join(each for each in unicodedata.normalize("NFKD", character) if each in _covered())
    if plain.strip():
        return plain
    return "?" if unicodedata.category(character)[0] in "LN" else " " if character.isspace() else ""
