"""What the menu card can be narrowed by, on the page and in the API alike. Each is a parameter of the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import django_filters as df
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from members.models import District, Organisation
from offerings import search
from offerings.choices import (
    AUDIENCE_LABELS,
    AUDIENCES,
    FROM_LABELS,
    GROUP_LABELS,
    GROUPS,
    MEANS,
    MEANS_LABELS,
    NEED_STAND_LABELS,
    NEED_STANDS,
    PRICE_LABELS,
    PRICES,
)
from offerings.models import Audience, Category, Need, Offering

MAX_SLUGS = 50


class SlugsField(forms.Field):
    """Some addresses of entries on a list; one that is not on it finds nothing."""

    widget = forms.SelectMultiple

    def clean(self, value: Sequence[str] | None) -> list[str]:
        return [each for each in value or () if each][:MAX_SLUGS]


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class SlugsFilter(df.Filter):
    field_class = SlugsField


class ChoicesFilter(df.MultipleChoiceFilter):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(distinct=False, **kwargs)


Rows = QuerySet[Any]


def for_audience(offerings: Rows, values: Sequence[str]) -> Rows:
    return offerings.filter(audience__in=[*(AUDIENCES[each] for each in values), Audience.BOTH])


def in_categories(offerings: Rows, values: Sequence[str]) -> Rows:
    """A main category is all that lies in it."""
    wanted = Category.objects.filter(Q(slug__in=values) | Q(parent__slug__in=values))
    return offerings.filter(category__in=wanted.values("pk"))


def in_sectors(offerings: Rows, values: Sequence[str]) -> Rows:
    return offerings.filter(organisation__main_sector__slug__in=values)


def in_districts(offerings: Rows, values: Sequence[str]) -> Rows:
    """An offering that has no district of its own can be had where its organisation is active."""
    wanted = Q(slug__in=values) | Q(parent__slug__in=values)
    through = Organisation.districts.through.objects
    active = through.filter(Q(district__slug__in=values) | Q(district__parent__slug__in=values))
    districts = District.objects.filter(wanted)
    return offerings.filter(
        Q(district__in=districts.values("pk")) | Q(district=None, organisation__in=active.values("organisation_id"))
    )


def at_prices(offerings: Rows, values: Sequence[str]) -> Rows:
    return offerings.filter(price_kind__in=[PRICES[each] for each in values])


def for_groups(offerings: Rows, values: Sequence[str]) -> Rows:
    fits = Q()
    for smallest, largest in (GROUPS[each] for each in values):
        fits |= (Q(group_min=None) | Q(group_min__lte=largest)) & (Q(group_max=None) | Q(group_max__gte=smallest))
    return offerings.filter(fits)


def from_businesses(offerings: Rows, values: Sequence[str]) -> Rows:
    return offerings.exclude(means="")


def in_means(offerings: Rows, values: Sequence[str]) -> Rows:
    return offerings.filter(means__in=[MEANS[each] for each in values])


# What each parameter of the address does, for values that are on its list.
NARROWING: dict[str, Callable[[Rows, Sequence[str]], Rows]] = {
    "voor": for_audience,
    "rubriek": in_categories,
    "sector": in_sectors,
    "wijk": in_districts,
    "prijs": at_prices,
    "groep": for_groups,
    "van": from_businesses,
    "m": in_means,
}


def narrowed(offerings: Rows, chosen: Mapping[str, Sequence[str]]) -> Rows:
    """Without `van` it is what members offer; businesses give in one of the five M's."""
    if not chosen.get("van"):
        offerings = offerings.filter(means="")
    for name, values in chosen.items():
        if values:
            offerings = NARROWING[name](offerings, values)
    return offerings


class OfferingFilter(df.FilterSet):
    """The same for an address that is not looked at before: an unknown value of a list is told."""

    q = df.CharFilter(label=_("Woorden"))
    voor = df.ChoiceFilter(label=_("Voor wie"), choices=AUDIENCE_LABELS)
    rubriek = SlugsFilter(label=_("Rubriek"))
    sector = SlugsFilter(label=_("Sector"))
    wijk = SlugsFilter(label=_("Wijk"))
    prijs = ChoicesFilter(label=_("Prijs"), choices=PRICE_LABELS)
    groep = ChoicesFilter(label=_("Groep"), choices=GROUP_LABELS)
    van = df.ChoiceFilter(label=_("Van wie"), choices=FROM_LABELS)
    m = ChoicesFilter(label=_("De vijf M's"), choices=MEANS_LABELS)

    class Meta:
        model = Offering
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.form.cleaned_data
        found = narrowed(queryset, {name: listed(asked[name]) for name in NARROWING})
        words = search.tidy(asked["q"])
        if not words:
            return found
        # Filters have no part in how words are read.
        side = queryset.exclude(means="") if asked["van"] else queryset.filter(means="")
        return search.matching(found, search.find(side, words).question)


class NeedFilter(df.FilterSet):
    """Which stand in the open; without one it is what the page shows: what can be answered now."""

    stand = df.ChoiceFilter(label=_("Stand"), choices=NEED_STAND_LABELS)

    class Meta:
        model = Need
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        stand = self.form.cleaned_data["stand"] or "open"
        if stand == "alle":
            return queryset
        if stand == "open":
            return queryset & Need.objects.open(timezone.localdate())
        return queryset.filter(state=NEED_STANDS[stand])


def listed(value: str | Sequence[str]) -> list[str]:
    """One value or several, as several."""
    return [value] if isinstance(value, str) and value else list(value)
