"""What the page of an offering or a need says of it, point by point."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.foundation import wording
from offerings.cards import group_text
from offerings.models import Category, Need, Offering

Fact = dict[str, Any]


def fact(label: str, value: object, icon: str = "", url: str = "") -> Fact:
    return {"label": label, "value": value, "icon": icon, "url": url}


def offering_facts(offering: Offering) -> list[Fact]:
    """What is known of it; what was not filled in is left out."""
    points = [
        fact(_("Groep"), group_text(offering.group_min, offering.group_max), "users"),
        fact(_("Hoe lang"), offering.duration, "clock"),
        fact(_("Hoeveel"), amount(offering), "package"),
        fact(_("Waar"), place(offering), "map-pin"),
        fact(_("Wanneer"), when(offering), "calendar"),
        fact(_("Vooruit vragen"), weeks_ahead(offering), "hourglass"),
        fact(_("Rolstoel"), wheelchair(offering), "accessibility"),
        *contact(offering),
    ]
    return [point for point in points if point["value"]]


def amount(thing: Offering | Need) -> str:
    return wording.quantity(thing.quantity, thing.unit) if thing.quantity else ""


def place(offering: Offering) -> str:
    """Where, with the district when the words do not name it."""
    where = offering.place_text or str(offering.get_place_display())
    district = str(offering.district or "")
    return where if not district or district.lower() in where.lower() else f"{where}, {district}"


def when(offering: Offering) -> str:
    days = ", ".join(str(WEEKDAYS[day - 1]) for day in sorted(set(offering.weekdays)))
    return f"{days}, {wording.months(offering.months)}" if days else wording.months(offering.months)


def weeks_ahead(offering: Offering) -> str:
    weeks = offering.weeks_ahead
    return ngettext("%(n)d week", "%(n)d weken", weeks) % {"n": weeks} if weeks else ""


def wheelchair(offering: Offering) -> str:
    known = {True: _("goed te bereiken"), False: _("niet goed te bereiken")}
    return "" if offering.wheelchair_accessible is None else known[offering.wheelchair_accessible]


def contact(offering: Offering) -> list[Fact]:
    """The role to ask for; of a person only what that person put on the site."""
    person, points = offering.contact, [fact(_("Contact"), offering.contact_role, "user")]
    if person is not None and person.is_active and person.email_is_public:
        points.append(fact(_("E-mail"), person.email, "mail", f"mailto:{person.email}"))
    if person is not None and person.is_active and person.phone_is_public and person.phone:
        points.append(fact(_("Telefoon"), person.phone, "phone", f"tel:{person.phone.replace(' ', '')}"))
    return points


def need_facts(need: Need) -> list[Fact]:
    points = [
        fact(_("Wat"), need.get_means_display(), "hand-helping"),
        fact(_("Hoeveel"), amount(need), "package"),
        fact(_("Wijk"), need.district, "map-pin"),
        fact(_("Nodig voor"), wording.day_date(need.wanted_by) if need.wanted_by else "", "calendar"),
        fact(_("Wat staat ertegenover"), need.counter_favour, "handshake"),
    ]
    return [point for point in points if point["value"]]


def crumbs(category: Category) -> list[dict[str, str]]:
    """The way up from an offering: the card, the main category, the category."""
    card = reverse("offerings:list")
    above = [each for each in (category.parent, category) if each is not None]
    return [
        {"label": _("Menukaart"), "url": card},
        *({"label": str(each), "url": f"{card}?rubriek={each.slug}"} for each in above),
    ]
