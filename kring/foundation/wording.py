"""Dates, amounts and quantities the way one says them, in the language of the page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from django.utils import dateformat, timezone
from django.utils.dates import MONTHS
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

Number = int | float | Decimal
NARROW = "\N{NO-BREAK SPACE}"
DAYS_AS_DAYS = 21
DAYS_AS_WEEKS = 70


def local(value: dt.date) -> dt.date:
    """A moment in the circle's zone; a day as it is."""
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


def long_date(value: dt.date) -> str:
    """dinsdag 18 november 2014"""
    return dateformat.format(local(value), "l j F Y")


def day_date(value: dt.date) -> str:
    """18 november 2014"""
    return dateformat.format(local(value), "j F Y")


def short_date(value: dt.date) -> str:
    """di 18 nov; with the year when that is not this one."""
    day = local(value)
    this_year = day.year == timezone.localdate().year
    return dateformat.format(day, "D j M" if this_year else "j M Y").lower().replace(".", "")


def clock(value: dt.datetime | dt.time) -> str:
    """19.30 uur"""
    moment = local(value) if isinstance(value, dt.datetime) else value
    # Translators: how a time of day is written; the English one is "%H:%M".
    return moment.strftime(_("%H.%M uur"))


def long_datetime(value: dt.datetime) -> str:
    """dinsdag 18 november 2014, 19.30 uur"""
    return f"{long_date(value)}, {clock(value)}"


def days_away(value: dt.date, today: dt.date) -> str:
    """over 3 dagen, 3 dagen geleden, vandaag"""
    day = local(value)
    days = ((day.date() if isinstance(day, dt.datetime) else day) - today).days
    if days in (-1, 0, 1):
        return {-1: _("gisteren"), 0: _("vandaag"), 1: _("morgen")}[days]
    span = _span(abs(days))
    return _("over %(span)s") % {"span": span} if days > 0 else _("%(span)s geleden") % {"span": span}


def _span(days: int) -> str:
    if days <= DAYS_AS_DAYS:
        return ngettext("%(n)d dag", "%(n)d dagen", days) % {"n": days}
    if days <= DAYS_AS_WEEKS:
        weeks = round(days / 7)
        return ngettext("%(n)d week", "%(n)d weken", weeks) % {"n": weeks}
    months = round(days / 30.44)
    if months < 24:
        return ngettext("%(n)d maand", "%(n)d maanden", months) % {"n": months}
    years = round(days / 365.25)
    return ngettext("%(n)d jaar", "%(n)d jaar", years) % {"n": years}


def number(value: Number) -> str:
    """1.250 or 2,5: grouped, and without noughts behind the comma."""
    return _number(str(value), get_language() or "")


@lru_cache(maxsize=4096)
def _number(value: str, language: str) -> str:
    exact = Decimal(value).normalize()
    places = max(0, -int(exact.as_tuple().exponent))
    return number_format(exact, decimal_pos=min(places, 2), use_l10n=True, force_grouping=True)


def euro(value: Number) -> str:
    """€ 1.250, or € 12,50 where there are cents."""
    amount = Decimal(str(value)).quantize(Decimal("0.01"))
    places = 0 if amount == amount.to_integral_value() else 2
    return f"€{NARROW}{number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True)}"


def quantity(value: Number, unit: str) -> str:
    """6 dagdelen, 1 dagdeel, € 250: an amount with its unit, singular and plural right."""
    if unit == "euro":
        return euro(value)
    return f"{number(value)}{NARROW}{unit_name(unit, value)}"


def amount(value: Number, unit: str) -> str:
    """The same before 'van 6 dagdelen': the unit follows there, but the sign of euros stands in front of each."""
    return euro(value) if unit == "euro" else number(value)


def unit_name(unit: str, value: Number) -> str:
    """A unit of the circle's list in the language of the page; a free unit as somebody typed it."""
    count = 1 if value == 1 else 2
    match unit:
        case "uren":
            return ngettext("uur", "uur", count)
        case "dagdelen":
            return ngettext("dagdeel", "dagdelen", count)
        case "plekken":
            return ngettext("plek", "plekken", count)
        case "mensen":
            return ngettext("persoon", "mensen", count)
        case "stuks":
            return ngettext("stuk", "stuks", count)
        case "keer":
            return ngettext("keer", "keer", count)
        case "euro":
            return _("euro")
    return unit


def months(numbers: list[int]) -> str:
    """The months in words: 'van april tot en met oktober', 'maart en juni'; none and all are the whole year."""
    wanted = sorted(set(numbers))
    if len(wanted) in {0, 12}:
        return _("het hele jaar")
    names = {number: str(MONTHS[number]) for number in wanted}
    # A run may pass the turn of the year: it starts where the month before is not wanted.
    starts = [number for number in wanted if (number - 2) % 12 + 1 not in names]
    if len(starts) == 1 and len(wanted) > 2:
        last = (starts[0] + len(wanted) - 2) % 12 + 1
        return _("van %(first)s tot en met %(last)s") % {"first": names[starts[0]], "last": names[last]}
    *most, final = names.values()
    return _("%(most)s en %(last)s") % {"most": ", ".join(most), "last": final} if most else final
