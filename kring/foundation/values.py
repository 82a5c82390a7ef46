"""What stands in a field of a model, in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import Range
from django.utils.translation import gettext as _

from kring.foundation import wording

MONEY = {"contribution", "estimated_value", "price"}
# A year is no amount: it has no dot in it.
PLAIN = {"founding_year"}


def in_words(field: models.Field[Any, Any] | None, value: Any) -> str:
    """Nothing is an empty text. `field` says what a value means; None when it comes from no field."""
    if value is None or value == "":
        return ""
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.FileField):
        return _("een bestand")
    name = field.name if field is not None else ""
    if name in MONEY:
        return wording.euro(value)
    return str(value) if name in PLAIN else _of_its_kind(value)


def _of_its_kind(value: Any) -> str:
    match value:
        case bool():
            return _("ja") if value else _("nee")
        case dt.datetime():
            return wording.long_datetime(value)
        case dt.date():
            return wording.day_date(value)
        case int() | Decimal():
            return wording.number(value)
        case Range():
            return period(value.lower, value.upper)
        case dict():
            return "\n".join(f"{name}: {_of_its_kind(each)}" for name, each in value.items() if each)
        case list() | tuple():
            return ", ".join(_of_its_kind(each) for each in value)
    return str(value)


def period(first: dt.date | None, end: dt.date | None) -> str:
    """From a day up to and including another; the database keeps the day after that."""
    if first is None:
        return ""
    if end is None:
        return _("vanaf %(first)s") % {"first": wording.day_date(first)}
    last = end - dt.timedelta(days=1)
    return _("van %(first)s t/m %(last)s") % {"first": wording.day_date(first), "last": wording.day_date(last)}
