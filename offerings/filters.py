"""What the menu card can be narrowed by, on the page and in the API alike. Each is a parameter of the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters as df
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

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
    PRICE_LABELS,
    PRICES,
)
from offerings.models import Audience, Category, Offering

MAX_SLUGS = 50


class SlugsField(forms.Field):
    """Some addresses of entries on a list; one that is not on it finds nothing."""

    widget = forms.SelectMultiple

    def clean(self, value: Sequence[str] | None) -> list[str]:
        return [each for each in value or () if each][:MAX_SLUGS]


class SlugsFilter(df.Filter):
    field_class = SlugsField


class ChoicesFilter(df.MultipleChoiceFilter):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(distinct=False, **kwargs)


class OfferingFilter(df.FilterSet):
    """Without `van` it is what members offer; businesses give in one of the five M's."""

    q = df.CharFilter(method="with_words", label=_("Woorden"))
    voor = df.ChoiceFilter(method="for_audience", label=_("Voor wie"), choices=AUDIENCE_LABELS)
    rubriek = SlugsFilter(method="in_categories", label=_("Rubriek"))
    sector = SlugsFilter(method="in_sectors", label=_("Sector"))
    wijk = SlugsFilter(method="in_districts", label=_("Wijk"))
    prijs = ChoicesFilter(method="at_prices", label=_("Prijs"), choices=PRICE_LABELS)
    groep = ChoicesFilter(method="for_groups", label=_("Groep"), choices=GROUP_LABELS)
    van = df.ChoiceFilter(method="from_businesses", label=_("Van wie"), choices=FROM_LABELS)
    m = ChoicesFilter(method="in_means", label=_("De vijf M's"), choices=MEANS_LABELS)

    class Meta:
        model = Offering
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # First of all, since what words find depends on what there is to find.
        van = self.form.cleaned_data.get("van")
        queryset = queryset.exclude(means="") if van else queryset.filter(means="")
        found: QuerySet[Any] = super().filter_queryset(queryset)
        return found

    def with_words(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        words = search.tidy(value)
        return search.matching(queryset, search.find(queryset, words)) if words else queryset

    def for_audience(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(audience__in=[AUDIENCES[value], Audience.BOTH])

    def in_categories(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        """A main category is all that lies in it."""
        if not value:
            return queryset
        wanted = Category.objects.filter(Q(slug__in=value) | Q(parent__slug__in=value))
        return queryset.filter(category__in=wanted.values("pk"))

    def in_sectors(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(organisation__main_sector__slug__in=value) if value else queryset

    def in_districts(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        """An offering that has no district of its own can be had where its organisation is active."""
        if not value:
            return queryset
        wanted = Q(slug__in=value) | Q(parent__slug__in=value)
        through = Organisation.districts.through.objects
        active = through.filter(Q(district__slug__in=value) | Q(district__parent__slug__in=value))
        districts = District.objects.filter(wanted)
        return queryset.filter(
            Q(district__in=districts.values("pk"))
            | Q(district=None, organisation__in=active.values("organisation_id"))
        )

    def at_prices(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(price_kind__in=[PRICES[each] for each in value]) if value else queryset

    def for_groups(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        fits = Q()
        for smallest, largest in (GROUPS[each] for each in value):
            fits |= (Q(group_min=None) | Q(group_min__lte=largest)) & (Q(group_max=None) | Q(group_max__gte=smallest))
        return queryset.filter(fits)

    def from_businesses(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """See filter_queryset."""
        return queryset

    def in_means(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(means__in=[MEANS[each] for each in value]) if value else queryset
