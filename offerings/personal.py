"""What this room keeps of people."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.foundation.personal import Basis, Kept, declare_impersonal, register
from kring.foundation.records import Column, Section
from offerings.models import Offering, Shortlist


def contact_of(user: User) -> QuerySet[Offering]:
    return Offering.objects.filter(contact=user).order_by("-pk")


def shortlist(user: User) -> QuerySet[Shortlist]:
    """A row per offering that was set aside, or one for an empty list."""
    return Shortlist.objects.filter(user=user).order_by("items__added_at", "items__pk")


register(
    Kept(
        Section(
            "contact_of_offerings",
            _("Aanbod waarvan jij contactpersoon bent"),
            contact_of,
            {"offering": "title", "organisation": "organisation__name", "role": "contact_role"},
        ),
        purpose=_("Om aanvragen te sturen naar wie erover gaat."),
        basis=Basis.AGREEMENT,
        retention=_("tot iemand anders contactpersoon wordt"),
        covers=frozenset({"offerings.Offering.contact"}),
    ),
    Kept(
        Section(
            "shortlist",
            _("Je bewaarlijst"),
            shortlist,
            {
                "note": "note",
                "offering": Column("items__offering__title", _("aanbod")),
                "added_at": Column("items__added_at", _("bewaard")),
            },
        ),
        purpose=_("Om terug te vinden wat je hebt bewaard."),
        basis=Basis.AGREEMENT,
        retention=_("tot je het weghaalt, of zolang je account bestaat"),
        covers=frozenset({"offerings.Shortlist.user"}),
    ),
)
declare_impersonal("Of the organisation that offers it, as it stands on the card.", "offerings.Offering.description")
declare_impersonal(
    "The name of a kind of thing.",
    *(f"offerings.Category.{name}" for name in ("name", "name_en", "description")),
)
