"""What the directory can be narrowed by, on the page and in the API alike. Each is a parameter of the address.

Other rooms add what they know of an organisation, such as whether it has something on offer; this room knows none of
them. They do so once, when the site starts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

import django_filters as df
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kring.foundation.narrowing import YES, Labels, tidy
from members import search
from members.models import District, Membership, MembershipStatus, Organisation, OrganisationKind, Sector

KINDS = {
    "organisaties": OrganisationKind.MEMBER,
    "bedrijven": OrganisationKind.BUSINESS,
    "partners": OrganisationKind.PARTNER,
}
KIND_LABELS: Labels = [("organisaties", _("Organisaties")), ("bedrijven", _("Bedrijven")), ("partners", _("Partners"))]
ANBI_LABELS: Labels = [(YES, _("Met ANBI"))]


def _named(entries: QuerySet[Any]) -> list[tuple[str, str]]:
    english = get_language() == "en"
    rows = entries.values_list("slug", "name", "name_en")
    return [(slug, name_en if english and name_en else name) for slug, name, name_en in rows]


def sector_labels() -> list[tuple[str, str]]:
    return _named(Sector.objects.all())


def district_labels() -> list[tuple[str, str]]:
    return _named(District.objects.all())


class OrganisationFilter(df.FilterSet):
    q = df.CharFilter(method="with_words", label=_("Naam"))
    soort = df.ChoiceFilter(method="of_kind", label=_("Soort"), choices=KIND_LABELS)
    sector = df.MultipleChoiceFilter(method="in_sectors", label=_("Sector"), choices=sector_labels, distinct=False)
    wijk = df.MultipleChoiceFilter(method="in_districts", label=_("Wijk"), choices=district_labels, distinct=False)
    anbi = df.ChoiceFilter(method="with_anbi", label=_("ANBI"), choices=ANBI_LABELS)

    class Meta:
        model = Organisation
        fields: list[str] = []

    def with_words(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return search.matching(queryset, tidy(value))

    def of_kind(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(kind=KINDS[value])

    def in_sectors(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        """With one of the sectors as the main one, or as one of the others."""
        also = Organisation.sectors.through.objects.filter(sector__slug__in=value).values("organisation")
        return queryset.filter(Q(main_sector__slug__in=value) | Q(pk__in=also)) if value else queryset

    def in_districts(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        """A district is all the neighbourhoods that lie in it."""
        wanted = Q(district__slug__in=value) | Q(district__parent__slug__in=value)
        there = Organisation.districts.through.objects.filter(wanted).values("organisation")
        return queryset.filter(pk__in=there) if value else queryset

    def with_anbi(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(anbi=True)

    def with_facet(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(_facets[name].holds(timezone.localdate()))


class MembershipFilter(df.FilterSet):
    organisation = df.UUIDFilter(field_name="organisation__uuid", label=_("Organisatie"))
    status = df.MultipleChoiceFilter(label=_("Stand"), choices=MembershipStatus.choices)

    class Meta:
        model = Membership
        fields: list[str] = []


class Facet(NamedTuple):
    """What another room knows of an organisation: `name` is the parameter, whose one value is 'ja'.

    `holds` is a condition on the organisation OuterRef("pk"); `stamp` a text that changes with what it asks.
    """

    name: str
    title: str | Promise
    label: str | Promise
    holds: Callable[[dt.date], Exists]
    stamp: Callable[[], str]


_facets: dict[str, Facet] = {}


def register(facet: Facet) -> None:
    _facets[facet.name] = facet
    choice = df.ChoiceFilter(
        field_name=facet.name, method="with_facet", label=facet.title, choices=[(YES, facet.label)]
    )
    OrganisationFilter.base_filters[facet.name] = choice


def facets() -> list[Facet]:
    return list(_facets.values())


def stamps() -> str:
    """Two facets may have the same; it is asked once."""
    return "".join(stamp() for stamp in dict.fromkeys(facet.stamp for facet in _facets.values()))
