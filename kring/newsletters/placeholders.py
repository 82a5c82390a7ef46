"""The few words between braces that stand for something else. No other does anything, and none looks into anything."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from kring.foundation.models import Circle

BRACED = re.compile(r"\{([^{}\n]{1,40})\}")
FIRST_NAME, NAME, CIRCLE, CITY = "voornaam", "naam", "kring", "stad"
KNOWN = (FIRST_NAME, NAME, CIRCLE, CITY)


class Called(NamedTuple):
    """How the reader is called, or the marks in whose place that comes later."""

    first_name: str
    name: str


def called(name: str) -> Called:
    """By name, or in a friendly way where none is known; in the language that is active."""
    tidy = " ".join(name.split())
    return Called(tidy.split(" ")[0] or _("lezer"), tidy or _("lezer"))


def unknown(text: str) -> list[str]:
    """What stands between braces and means nothing, in the order of the text."""
    return [found for found in BRACED.findall(text) if found.strip() not in KNOWN]


def values(reader: Called) -> Mapping[str, str]:
    circle = Circle.current()
    return {FIRST_NAME: reader.first_name, NAME: reader.name, CIRCLE: circle.full_name, CITY: circle.city}


def filled(text: str, reader: Called) -> str:
    """The text with each of them in place; what means nothing stays as it was typed."""
    known = values(reader)
    return BRACED.sub(lambda found: known.get(found[1].strip(), found[0]), text)


def filled_after(text: str, reader: Called, make: Callable[[str], str], written: Callable[[str], str] = str) -> str:
    """What is made of the text, with each of them in place: to Markdown a name is never more than a name.

    `written` is how a word is to stand in what was made.
    """
    known, mark = values(reader), f"q{secrets.token_hex(10)}q"
    places = list(known)

    def marked(found: re.Match[str]) -> str:
        word = found[1].strip()
        return f"{mark}{places.index(word)}" if word in known else found[0]

    made = make(BRACED.sub(marked, text))
    return re.sub(rf"{mark}(\d)", lambda found: written(known[places[int(found[1])]]), made)
