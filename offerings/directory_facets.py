"""What the directory can be narrowed by besides: who has something on the menu card, and who looks for something."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from members import filters
from members.filters import Facet
from offerings import kept
from offerings.models import Need, Offering


def offers(today: dt.date) -> Exists:
    return Exists(Offering.objects.published(today).filter(organisation=OuterRef("pk")))


def needs(today: dt.date) -> Exists:
    return Exists(Need.objects.open(today).filter(organisation=OuterRef("pk")))


# A change of an offering or a need is a change of the card.
filters.register(Facet("aanbod", _("Aanbod"), _("Staat op de menukaart"), offers, kept.stamp))
filters.register(Facet("vraag", _("Vragen"), _("Zoekt nu iets"), needs, kept.stamp))
