"""What the directory can be narrowed by, on the page and in the API alike."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.models import District, Organisation, Sector


def sectors() -> list[tuple[str, str]]:
    return [(each.slug, str(each)) for each in Sector.objects.all()]


def districts() -> list[tuple[str, str]]:
    return [(each.slug, str(each)) for each in District.objects.all()]


class OrganisationFilter(df.FilterSet):
    q = df.CharFilter(method="with_words", label=_("Naam"))
    soort = df.ChoiceFilter(
        field_name="kind",
        label=_("Soort"),
        choices=[
            ("member", _("maatschappelijke organisaties")),
            ("business", _("bedrijven")),
            ("partner", _("partners")),
        ],
    )
    sector = df.MultipleChoiceFilter(method="in_sectors", label=_("Sector"), choices=sectors, distinct=False)
    wijk = df.MultipleChoiceFilter(method="in_districts", label=_("Wijk"), choices=districts, distinct=False)
    anbi = df.BooleanFilter(field_name="anbi", label=_("ANBI"))

    class Meta:
        model = Organisation
        fields: list[str] = []

    @property
    def qs(self) -> QuerySet[Any]:
        """A value that is not on the list is passed over: old links keep working."""
        if not hasattr(self, "_qs"):
            self.form.full_clean()
            self._qs = self.filter_queryset(self.queryset.all())
        return self._qs

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    def with_words(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Every word in the name or the tagline, whatever the accents."""
        for word in value.split()[:8]:
            queryset = queryset.filter(Q(name__unaccent__icontains=word) | Q(tagline__unaccent__icontains=word))
        return queryset

    def in_sectors(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        also = Organisation.sectors.through.objects.filter(sector__slug__in=value).values("organisation")
        return queryset.filter(Q(main_sector__slug__in=value) | Q(pk__in=also)) if value else queryset

    def in_districts(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        there = Organisation.districts.through.objects.filter(district__slug__in=value).values("organisation")
        return queryset.filter(pk__in=there) if value else queryset
