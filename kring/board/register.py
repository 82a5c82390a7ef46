"""The register as the board keeps it: who belongs in which way, and whom nobody answers for."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.foundation.narrowing import Choices, Labels, Narrowed, quoted
from members import search
from members.models import Membership, MembershipStatus, Organisation, OrganisationKind, Role

PER_PAGE = 50
MAX_LISTED = 5000

S = MembershipStatus
MEMBER, BUSINESS, PARTNER = OrganisationKind.MEMBER, OrganisationKind.BUSINESS, OrganisationKind.PARTNER
STATE_LABELS: Labels = [
    ("lid", _("Lid")),
    ("aspirant", _("Aspirant-lid")),
    ("aangevraagd", _("Aanvraag")),
    ("opgezegd", _("Opgezegd")),
    ("geschorst", _("Geschorst")),
    ("ontzet", _("Ontzet")),
    ("oud-lid", _("Oud-lid")),
    ("bedrijf", _("Bedrijf op de lijst")),
    ("bedrijf-nieuw", _("Bedrijf, nog niet op de lijst")),
    ("partner", _("Partner")),
    ("zonder-beheerder", _("Zonder beheerder")),
]
STATUSES = {
    "lid": (S.ACTIVE,),
    "aspirant": (S.TRIAL,),
    "aangevraagd": (S.APPLIED, S.INFO_REQUESTED),
    "opgezegd": (S.RESIGNED,),
    "geschorst": (S.SUSPENDED,),
    "ontzet": (S.EXPELLED,),
    "oud-lid": (S.FORMER,),
}


def with_status(organisations: QuerySet[Organisation]) -> QuerySet[Any]:
    """Each with the `status` of its membership that goes on, else of its last one."""
    latest = Membership.objects.filter(organisation=OuterRef("pk")).annotate(
        over=Q(status__in=(S.FORMER, S.REJECTED, S.WITHDRAWN))
    )
    newest = latest.order_by("over", F("period").desc(nulls_last=True), "-pk")
    return organisations.annotate(status=Subquery(newest.values("status")[:1]))


def without_owner(organisations: QuerySet[Any], today: dt.date) -> QuerySet[Any]:
    """Those that nobody answers for who can still sign in."""
    return organisations.filter(~Exists(_owners(today)))


def _owners(today: dt.date) -> QuerySet[Role]:
    return Role.objects.held(today).owners().filter(organisation=OuterRef("pk"), user__is_active=True)


def standing(today: dt.date) -> dict[str, int]:
    """How many members the circle has, and how many of these nobody answers for."""
    members = Organisation.objects.listed(today).members()
    return members.aggregate(members=Count("pk"), unanswered=Count("pk", filter=~Exists(_owners(today))))


class Register:
    """What an address of the board's list of organisations asks for."""

    def __init__(self, query: QueryDict, today: dt.date) -> None:
        self.today = today
        self.narrowed = Narrowed(query, [Choices("stand", _("Stand"), STATE_LABELS)], words={"q": quoted})

    @cached_property
    def _matching(self) -> QuerySet[Any]:
        words = self.narrowed.words["q"]
        found = with_status(Organisation.objects.all())
        return search.matching(found, words) if words else found

    @cached_property
    def found(self) -> QuerySet[Any]:
        state = next(iter(self.narrowed.chosen.get("stand", [])), "")
        return self._in_state(state) if state else self._matching

    def _in_state(self, state: str) -> QuerySet[Any]:
        found = self._matching
        if state in STATUSES:
            return found.filter(kind=MEMBER, status__in=STATUSES[state])
        if state == "zonder-beheerder":
            return without_owner(found.filter(kind=MEMBER, status__in=(S.TRIAL, S.ACTIVE, S.RESIGNED)), self.today)
        if state == "partner":
            return found.filter(kind=PARTNER)
        return found.filter(kind=BUSINESS, listed_on__isnull=state == "bedrijf-nieuw")

    @property
    def whole(self) -> QuerySet[Organisation]:
        """All of it in its order, for a file."""
        return Organisation.objects.filter(pk__in=self.found.values("pk")).order_by(Lower("name"), "pk")

    @property
    def address(self) -> str:
        """What follows the address of this list as a file."""
        return self.narrowed.address()

    @cached_property
    def page(self) -> Page[Any]:
        owners = Role.objects.held(self.today).owners().filter(organisation=OuterRef("pk")).order_by()
        counted = owners.values("organisation").annotate(number=Count("pk")).values("number")
        rows = self.found.annotate(owners=Subquery(counted)).order_by(Lower("name"), "pk")
        shown = rows.only("slug", "name", "kind", "listed_on", "profile_confirmed_on", "main_sector")
        return Paginator(shown[:MAX_LISTED], PER_PAGE).get_page(self.narrowed.page)

    @cached_property
    def ways(self) -> list[dict[str, Any]]:
        return self.narrowed.ways("stand")

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [{"organisation": each, "state": _state(each)} for each in self.page.object_list]

    @property
    def besides_search(self) -> list[tuple[str, str]]:
        return self.narrowed.besides("q")


def _state(organisation: Any) -> str | Promise:
    """How it belongs, in words."""
    if organisation.kind == BUSINESS:
        return gettext("Op de lijst") if organisation.listed_on else gettext("Nog niet op de lijst")
    return MembershipStatus(organisation.status).label if organisation.status else ""
