"""What a row says of an organisation, as fields of ours, and what that would change of one that is here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kring.board.importing.cleaning import street_and_number
from kring.board.importing.verdicts import name_key
from kring.board.models import ImportKind
from members.models import LegalForm, Organisation, OrganisationKind
from members.people import Guest
from members.search import bare

FIELDS = {
    "naam": "name",
    "kort": "tagline",
    "postcode": "postcode",
    "plaats": "city",
    "telefoon": "phone",
    "email": "email",
    "website": "website",
    "kvk": "kvk_number",
    "rsin": "rsin",
    "branche": "branch",
    "sector": "main_sector_id",
    "medewerkers": "employees",
    "vrijwilligers": "volunteers",
    "opgericht": "founding_year",
}
KINDS = {ImportKind.BUSINESSES: OrganisationKind.BUSINESS, ImportKind.ORGANISATIONS: OrganisationKind.MEMBER}


@dataclass(frozen=True)
class Wishes:
    """What the board wants of a list, as the form of its columns asks."""

    overwrite: bool = True
    list_them: bool = False
    of_partner: bool = False
    invite: bool = False
    postcodes: tuple[int, int] | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Wishes:
        span = kept.get("postcodes")
        known = {name: bool(kept[name]) for name in ("overwrite", "list_them", "of_partner", "invite") if name in kept}
        return cls(**known, postcodes=(span[0], span[1]) if span else None)


def profile(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the row fills. An empty cell says nothing."""
    found = {field: values[name] for name, field in FIELDS.items() if values.get(name) not in (None, "")}
    address = values.get("adres") or ""
    street, number = (address, values["huisnummer"]) if values.get("huisnummer") else street_and_number(address)
    if street:
        found |= {"street": street, "house_number": number[:12]}
    return found


def made(values: Mapping[str, Any], kind: str, wishes: Wishes, today: dt.date) -> Organisation:
    """A new organisation, not saved."""
    organisation = Organisation(kind=KINDS[ImportKind(kind)], **profile(values))
    if kind == ImportKind.BUSINESSES:
        organisation.partner_member = wishes.of_partner
        organisation.listed_on = today if wishes.list_them else None
    return organisation


def owner(values: Mapping[str, Any]) -> Guest | None:
    """Who is to answer for a new member: who is named as such, else its contact."""
    if values.get("beheerder_email"):
        return Guest(values["beheerder_email"], values.get("beheerder_naam") or "")
    if values.get("email"):
        return Guest(values["email"], values.get("beheerder_naam") or values.get("contact") or "")
    return None


def since(values: Mapping[str, Any], today: dt.date) -> dt.date:
    return dt.date.fromisoformat(values["lid_sinds"][0]) if values.get("lid_sinds") else today


def contribution(values: Mapping[str, Any]) -> Decimal | None:
    cents = values.get("contributie")
    return Decimal(cents) / 100 if cents is not None else None


def differences(organisation: Organisation, values: Mapping[str, Any], wishes: Wishes) -> list[dict[str, Any]]:
    """Field by field what the row would change. What is only written in another way is the same."""
    found = []
    for field, after in profile(values).items():
        if field == "rsin" and not may_have_rsin(organisation):
            continue
        before = getattr(organisation, field)
        is_filled = before not in (None, "")
        if is_filled and (not wishes.overwrite or _plain(field, before) == _plain(field, after)):
            continue
        if before != after:
            found.append({"field": field, "before": before, "after": after})
    if organisation.is_business:
        found += _standing(organisation, wishes)
    return found


def may_have_rsin(organisation: Organisation) -> bool:
    """Not a sole trader: there it may be a person's own number."""
    return organisation.legal_form != LegalForm.SOLE_TRADER


def _standing(organisation: Organisation, wishes: Wishes) -> list[dict[str, Any]]:
    found = []
    if wishes.of_partner and not organisation.partner_member:
        found.append({"field": "partner_member", "before": False, "after": True})
    if wishes.list_them and organisation.listed_on is None:
        found.append({"field": "listed_on", "before": None, "after": True})
    return found


def _plain(field: str, value: Any) -> Any:
    """Without what only differs in the way of writing."""
    if field == "name":
        return name_key(value)
    if field == "phone":
        return re.sub(r"^(\+31|0031)", "0", re.sub(r"[^0-9+]", "", value.replace("(0)", "")))
    if field == "website":
        return re.sub(r"^https?://(www\.)?", "", value.lower()).rstrip("/")
    return bare(value) if field in {"city", "email", "street", "branch", "house_number"} else value
