"""What the record of an organisation holds of this room."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kring.foundation.records import Column, Section
from members import record_parts
from members.models import Organisation
from offerings.models import Need, Offering


def offerings(organisation: Organisation) -> QuerySet[Offering]:
    return Offering.objects.filter(organisation=organisation).order_by("-pk")


def needs(organisation: Organisation) -> QuerySet[Need]:
    return Need.objects.filter(organisation=organisation).order_by("-pk")


def named(*names: str) -> dict[str, str]:
    """Columns under the names of their fields."""
    return {name: name for name in names}


record_parts.register(
    Section(
        "offerings",
        _("Aanbod"),
        offerings,
        {
            "id": Column("uuid", _("nummer")),
            **named("slug", "state", "title", "summary", "description", "photo", "photo_alt", "audience", "means"),
            **named("group_min", "group_max", "duration", "price_kind", "price", "price_unit", "counter_favour"),
            **named("place", "place_text", "months", "weekdays", "quantity", "unit", "weeks_ahead"),
            **named("wheelchair_accessible", "contact_role", "confirmed_on", "published_on", "paused_until"),
            **named("archived_on", "created_at", "updated_at"),
            "category": "category__name",
            "district": "district__name",
            "contact": "contact__name",
        },
    ),
    Section(
        "needs",
        _("Vragen"),
        needs,
        {
            "id": Column("uuid", _("nummer")),
            **named("slug", "state", "title", "description", "means", "quantity", "unit", "counter_favour"),
            **named("wanted_by", "expires_on", "confirmed_on", "created_at", "updated_at"),
            "category": "category__name",
            "district": "district__name",
        },
    ),
)
