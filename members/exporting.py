"""The directory on paper and as a file: the same organisations, a row each, with what the reader may know of them.

All that a row needs comes with one query, whatever the number of rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.models import District, Membership, MembershipStatus, OrganisationKind, Role, Sector
from members.models.memberships import OVER, WITHOUT_PERIOD

MAX_EXPORTED = 25_000
# On paper; some twenty pages.
MAX_PRINTED = 1_000
ROWS_AT_ONCE = 500

Row = dict[str, Any]
Header = str | Promise

PLAIN = (
    "name",
    "slug",
    "kind",
    "tagline",
    "branch",
    "main_sector__name",
    "main_sector__name_en",
    "email",
    "phone",
    "website",
    "street",
    "house_number",
    "postcode",
    "city",
    "founding_year",
    "anbi",
)
FOR_THE_BOARD = ("kvk_number", "rsin", "listed_on", "profile_confirmed_on")
HEADER: Sequence[Header] = (
    _("Naam"),
    _("Soort"),
    _("In één zin"),
    _("Sector"),
    _("Ook actief in"),
    _("Wijken"),
    _("E-mail"),
    _("Telefoon"),
    _("Website"),
    _("Straat"),
    _("Huisnummer"),
    _("Postcode"),
    _("Plaats"),
    _("Opgericht"),
    _("ANBI"),
    _("Pagina"),
)
BOARD_HEADER: Sequence[Header] = (
    _("KvK-nummer"),
    _("RSIN"),
    _("Lidmaatschap"),
    _("Lid sinds"),
    _("Op de lijst sinds"),
    _("Profiel bevestigd op"),
    _("Beheerders"),
    _("E-mail van de beheerders"),
)


def _in_words(names: Iterable[Sequence[str]]) -> str:
    """Of each (name, name in English) the one of the reader's language."""
    english = get_language() == "en"
    return ", ".join(name_en if english and name_en else name for name, name_en in names)


def _named(entries: QuerySet[Any]) -> dict[str, ArraySubquery]:
    return {"": ArraySubquery(entries.values("name")), "_en": ArraySubquery(entries.values("name_en"))}


def public_columns() -> dict[str, Any]:
    this = OuterRef("pk")
    sectors = _named(Sector.objects.filter(also_organisations=this).order_by("order", "name"))
    districts = _named(District.objects.filter(organisations=this).order_by("order", "name"))
    return {f"also_in{suffix}": names for suffix, names in sectors.items()} | {
        f"active_in{suffix}": names for suffix, names in districts.items()
    }


def board_columns(today: dt.date) -> dict[str, Any]:
    this = OuterRef("pk")
    memberships = Membership.objects.filter(organisation=this)
    is_over = ExpressionWrapper(Q(status__in=OVER), output_field=BooleanField())
    owners = Role.objects.held(today).owners().filter(organisation=this).order_by("since", "pk")
    return {
        # The one that goes on, or else the last.
        "status": Subquery(memberships.order_by(is_over, "-pk").values("status")[:1]),
        "periods": periods(),
        "owners": ArraySubquery(owners.values("user__name")),
        "owner_emails": ArraySubquery(owners.values("user__email")),
    }


def periods() -> ArraySubquery:
    """Of an organisation, the last one first, as `member_since` takes them."""
    memberships = Membership.objects.filter(organisation=OuterRef("pk")).exclude(status__in=WITHOUT_PERIOD)
    return ArraySubquery(memberships.order_by("-period").values("period"))


def rows(organisations: QuerySet[Any], *, most: int) -> Iterator[list[Any]]:
    """For everybody: what stands on an organisation's page, without its papers."""
    found = organisations.values(*PLAIN, **public_columns())[:most]
    return (_public(row) for row in found.iterator(chunk_size=ROWS_AT_ONCE))


def rows_for_the_board(organisations: QuerySet[Any], today: dt.date, *, most: int) -> Iterator[list[Any]]:
    """With the papers, the membership, and who owns it: personal data, which only the board may have as a list."""
    found = organisations.values(*PLAIN, *FOR_THE_BOARD, **public_columns(), **board_columns(today))[:most]
    return (_public(row) + _for_the_board(row, today) for row in found.iterator(chunk_size=ROWS_AT_ONCE))


def sheet_for_the_board(organisations: QuerySet[Any], today: dt.date) -> tuple[Sequence[Header], Iterator[list[Any]]]:
    """Header and rows of a file."""
    return (*HEADER, *BOARD_HEADER), rows_for_the_board(organisations, today, most=MAX_EXPORTED)


def _public(row: Row) -> list[Any]:
    sector = _in_words([(row["main_sector__name"] or row["branch"], row["main_sector__name_en"] or "")])
    return [
        row["name"],
        OrganisationKind(row["kind"]).label,
        row["tagline"],
        sector,
        _in_words(zip(row["also_in"], row["also_in_en"], strict=True)),
        _in_words(zip(row["active_in"], row["active_in_en"], strict=True)),
        row["email"],
        row["phone"],
        row["website"],
        row["street"],
        row["house_number"],
        row["postcode"],
        row["city"],
        row["founding_year"],
        _("ja") if row["anbi"] else _("nee"),
        f"{settings.SITE_URL}{reverse('members:detail', args=[row['slug']])}",
    ]


def _for_the_board(row: Row, today: dt.date) -> list[Any]:
    return [
        row["kvk_number"],
        row["rsin"],
        MembershipStatus(row["status"]).label if row["status"] else "",
        member_since(row["periods"], today),
        row["listed_on"],
        row["profile_confirmed_on"],
        ", ".join(row["owners"]),
        ", ".join(row["owner_emails"]),
    ]


def member_since(periods: Sequence[Any], today: dt.date) -> dt.date | None:
    """As Membership.objects.member_since(), of periods that were read already, the last one first."""
    since = None
    edge = today + dt.timedelta(days=1)
    for period in periods:
        if period.lower > today:
            continue
        if period.upper is not None and period.upper < edge:
            break
        since = edge = period.lower
    return since


def printed(organisations: QuerySet[Any]) -> list[Row]:
    """For the list on paper: who, in what, where, and how to reach them."""
    found = organisations.values(*PLAIN, **public_columns())[: MAX_PRINTED + 1]
    return [
        {
            "name": row["name"],
            "slug": row["slug"],
            "sector": _in_words([(row["main_sector__name"] or row["branch"], row["main_sector__name_en"] or "")]),
            "districts": _in_words(zip(row["active_in"], row["active_in_en"], strict=True)),
            "email": row["email"],
            "phone": row["phone"],
            "website": row["website"],
        }
        for row in found
    ]
