"""What the commitments board can be narrowed by, on the page and in the API alike."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, CommitmentState
from members.models import District, Sector
from offerings.models import Means


def sectors() -> list[tuple[str, str]]:
    return [(each.slug, str(each)) for each in Sector.objects.all()]


def districts() -> list[tuple[str, str]]:
    return [(each.slug, str(each)) for each in District.objects.all()]


class CommitmentFilter(df.FilterSet):
    stand = df.MultipleChoiceFilter(
        field_name="state", label=_("Stand"), choices=CommitmentState.choices, distinct=False
    )
    m = df.MultipleChoiceFilter(field_name="means", label=_("De vijf M's"), choices=Means.choices, distinct=False)
    sector = df.MultipleChoiceFilter(field_name="sector__slug", label=_("Sector"), choices=sectors, distinct=False)
    wijk = df.MultipleChoiceFilter(field_name="district__slug", label=_("Wijk"), choices=districts, distinct=False)
    wie = df.CharFilter(method="with_party", label=_("Wie"))
    laat = df.BooleanFilter(method="only_late", label=_("Datum voorbij"))
    eenheid = df.CharFilter(field_name="unit", label=_("Eenheid"))
    bevestigd = df.BooleanFilter(method="only_confirmed", label=_("Bevestigd door de ontvanger"))
    jaar = df.NumberFilter(field_name="closed_at__year", label=_("Jaar"), min_value=2000, max_value=2200)

    class Meta:
        model = Commitment
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

    def with_party(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By the address of an organisation, or words in its name."""
        wanted = Q(promisor__slug=value) | Q(beneficiary__slug=value)
        return queryset.filter(wanted | Q(promisor__name__icontains=value) | Q(beneficiary__name__icontains=value))

    def only_late(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001
        return queryset.late(timezone.localdate()) if value else queryset  # type: ignore[attr-defined]

    def only_confirmed(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001
        return queryset.confirmed() if value else queryset  # type: ignore[attr-defined]
