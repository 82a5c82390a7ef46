"""What the menu card can be narrowed by, on the page and in the API alike. Each is a parameter of the address."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from offerings import search
from offerings.lists import lists
from offerings.models import Audience, Means, Offering, PriceKind

# The sizes of a group that the card asks for: an offering fits when its own range meets it.
GROUPS: dict[str, tuple[int, int]] = {"1-9": (1, 9), "10-24": (10, 24), "25-49": (25, 49), "50+": (50, 1_000_000)}
FOR = {"stad": Audience.CITY, "bedrijven": Audience.BUSINESS}
GROUP_LABELS = [
    ("1-9", _("tot 10 mensen")),
    ("10-24", _("10 tot 25 mensen")),
    ("25-49", _("25 tot 50 mensen")),
    ("50+", _("50 mensen of meer")),
]
ORDERS = [("kaart", _("zoals op de kaart")), ("nieuw", _("nieuwste eerst")), ("naam", _("op naam"))]


class Choices(df.MultipleChoiceFilter):
    """One or more of a list; all of them columns of the offering itself or of what it belongs to, so nothing doubles."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(distinct=False, **kwargs)


class OfferingFilter(df.FilterSet):
    q = df.CharFilter(method="with_words", label=_("Woorden"))
    voor = df.ChoiceFilter(
        method="for_whom", label=_("Voor wie"), choices=[("stad", _("de stad")), ("bedrijven", _("bedrijven"))]
    )
    rubriek = Choices(
        method="in_categories", label=_("Rubriek"), choices=lambda: [(c.slug, c.name) for c in lists().categories]
    )
    sector = Choices(
        field_name="organisation__main_sector__slug",
        label=_("Sector"),
        choices=lambda: [(s.slug, s.name) for s in lists().sectors],
    )
    wijk = Choices(
        field_name="district__slug", label=_("Wijk"), choices=lambda: [(d.slug, d.name) for d in lists().districts]
    )
    prijs = Choices(field_name="price_kind", label=_("Prijs"), choices=PriceKind.choices)
    groep = Choices(method="for_groups", label=_("Groep"), choices=GROUP_LABELS)
    van = df.ChoiceFilter(method="from_whom", label=_("Van wie"), choices=[("bedrijven", _("bedrijven"))])
    m = Choices(field_name="means", label=_("De vijf M's"), choices=Means.choices)

    class Meta:
        model = Offering
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A value that is not on the list is passed over, not an error: old links keep working."""
        if not self.form.cleaned_data.get("van"):
            queryset = queryset.of_members()  # type: ignore[attr-defined]
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    @property
    def qs(self) -> QuerySet[Any]:
        if not hasattr(self, "_qs"):
            self.form.full_clean()
            self._qs = self.filter_queryset(self.queryset.all())
        return self._qs

    @property
    def words(self) -> str:
        return search.tidy(self.data.get("q", "") if self.data else "")

    def with_words(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return search.matching(queryset, self.words) if self.words else queryset

    def for_whom(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(audience__in=[FOR[value], Audience.BOTH])

    def in_categories(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        keys = [key for slug in value for key in lists().family(slug)]
        return queryset.filter(category__in=keys) if keys else queryset

    def for_groups(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        fits = Q()
        for group in value:
            smallest, largest = GROUPS[group]
            fits |= (Q(group_min=None) | Q(group_min__lte=largest)) & (Q(group_max=None) | Q(group_max__gte=smallest))
        return queryset.filter(fits)

    def from_whom(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.exclude(means="")
