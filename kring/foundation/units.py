"""What a quantity is counted in. Whatever somebody writes for an hour, hours are added up as hours."""

from __future__ import annotations

# A free unit is allowed beside these; unlike things are never summed.
UNITS = ("uren", "dagdelen", "euro", "plekken", "mensen", "stuks", "keer")

WRITTEN = {
    "uren": ("uur", "uurtje", "uurtjes", "u", "hour", "hours"),
    "dagdelen": ("dagdeel", "half day", "half days", "half-day", "half-days"),
    "euro": ("euro's", "euro’s", "euros", "eur", "€"),
    "plekken": ("plek", "plaats", "plaatsen", "place", "places"),
    "mensen": ("mens", "persoon", "personen", "person", "persons", "people"),
    "stuks": ("stuk", "st", "piece", "pieces"),
    "keer": ("keren", "maal", "x", "time", "times"),
}
_LISTED = {written: unit for unit, ways in WRITTEN.items() for written in ways}


def folded(unit: str) -> str:
    """The unit of the list that is meant; a free one in small letters."""
    typed = " ".join(unit.split()).lower().rstrip(".")
    return _LISTED.get(typed, typed)
