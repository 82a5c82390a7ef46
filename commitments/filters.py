"""What the commitments board can be narrowed by, by parameters of the address, on the page and in the API alike."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import django_filters as df
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commitments import outcomes
from commitments.models import Basis, Commitment, CommitmentState, Visibility
from commitments.outcomes import Outcome
from kring.foundation.narrowing import YES, Labels, tidy
from members.filters import district_labels, sector_labels
from members.models import Organisation
from members.search import Bare, bare
from offerings.choices import MEANS, MEANS_LABELS

S = CommitmentState

STATES = {
    "concept": S.DRAFT,
    "voorgesteld": S.PROPOSED,
    "afgesproken": S.AGREED,
    "bezig": S.STARTED,
    "klaar-gemeld": S.REPORTED,
    "nagekomen": S.KEPT,
    "teruggegeven": S.GIVEN_BACK,
    "afgewezen": S.DECLINED,
    "ingetrokken": S.WITHDRAWN,
    "verlopen": S.LAPSED,
}
STATE_LABELS: Labels = [(name, state.label) for name, state in STATES.items()]
RUNNING = ("afgesproken", "bezig", "klaar-gemeld")

BASES = {"factuur": Basis.INVOICE, "prijs": Basis.MARKET, "uurtarief": Basis.HOURLY, "schatting": Basis.ESTIMATE}
BASIS_LABELS: Labels = [(name, basis.label) for name, basis in BASES.items()]

OUTCOME_LABELS: Labels = [(outcome.value, outcome.label) for outcome in Outcome]
NONE = "geen"

LATE = _("Datum voorbij")
OUTSIDE = _("Buiten eigen veld")
CONFIRMED = _("Bevestigd door de ontvanger")
BY_SILENCE = _("Afgesloten zonder reactie")
PUBLIC = _("Voor iedereen te zien")


def sectors() -> list[tuple[str, str]]:
    return [*sector_labels(), (NONE, gettext("Zonder sector"))]


def districts() -> list[tuple[str, str]]:
    return [*district_labels(), (NONE, gettext("Zonder wijk"))]


MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def month_of(value: str) -> dt.date | None:
    """The first day of '2026-06'; none when it is no month."""
    found = MONTH.fullmatch(value)
    return dt.date(int(found[1]), int(found[2]), 1) if found else None


def month_label(value: str) -> str:
    first = month_of(value)
    return date_format(first, "F Y") if first else ""


class MonthField(forms.CharField):
    def clean(self, value: Any) -> dt.date | None:
        typed = super().clean(value)
        first = month_of(typed)
        if typed and first is None:
            raise forms.ValidationError(_("Geef een maand als 2026-06."))
        return first


class MonthFilter(df.Filter):
    field_class = MonthField


def yes_filter(method: str, label: Any) -> df.ChoiceFilter:
    return df.ChoiceFilter(method=method, label=label, choices=[(YES, label)])


class CommitmentFilter(df.FilterSet):
    stand = df.MultipleChoiceFilter(method="in_states", label=_("Stand"), choices=STATE_LABELS, distinct=False)
    m = df.MultipleChoiceFilter(method="in_means", label=_("De vijf M's"), choices=MEANS_LABELS, distinct=False)
    sector = df.MultipleChoiceFilter(method="in_sectors", label=_("Sector"), choices=sectors, distinct=False)
    wijk = df.MultipleChoiceFilter(method="in_districts", label=_("Wijk"), choices=districts, distinct=False)
    wie = df.CharFilter(method="with_party", label=_("Wie"))
    laat = yes_filter("only_late", LATE)
    eenheid = df.CharFilter(field_name="unit", label=_("Eenheid"))
    waarde = df.ChoiceFilter(method="valued_by", label=_("Waarde volgens"), choices=BASIS_LABELS)
    bevestigd = yes_filter("only_confirmed", CONFIRMED)
    stilte = yes_filter("only_by_silence", BY_SILENCE)
    maand = MonthFilter(method="closed_in", label=_("Afgesloten in"))
    openbaar = yes_filter("only_public", PUBLIC)
    uitkomst = df.MultipleChoiceFilter(
        method="ended_as", label=_("Wat werd het"), choices=OUTCOME_LABELS, distinct=False
    )
    buiten = yes_filter("only_outside", OUTSIDE)

    class Meta:
        model = Commitment
        fields: list[str] = []

    def in_states(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(state__in=[STATES[each] for each in value]) if value else queryset

    def in_means(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(means__in=[MEANS[each] for each in value]) if value else queryset

    def in_sectors(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        wanted = Q(sector__slug__in=value) | (Q(sector=None) if NONE in value else Q())
        return queryset.filter(wanted) if value else queryset

    def in_districts(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        """A district is all the neighbourhoods that lie in it."""
        wanted = Q(district__slug__in=value) | Q(district__parent__slug__in=value)
        wanted |= Q(district=None) if NONE in value else Q()
        return queryset.filter(wanted) if value else queryset

    def with_party(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By the address of an organisation, or words in its name."""
        organisation = Organisation.objects.filter(slug=value).first()
        if organisation is not None:
            return queryset.filter(Q(promisor=organisation) | Q(beneficiary=organisation))
        wanted = bare(tidy(value))
        named: QuerySet[Any] = queryset.alias(
            bare_promisor=Bare("promisor__name"), bare_beneficiary=Bare("beneficiary__name")
        )
        return named.filter(Q(bare_promisor__contains=wanted) | Q(bare_beneficiary__contains=wanted))

    def only_late(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.late(timezone.localdate())  # type: ignore[attr-defined, no-any-return]

    def valued_by(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(value_basis=BASES[value], estimated_value__isnull=False)

    def only_confirmed(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.confirmed()  # type: ignore[attr-defined, no-any-return]

    def only_by_silence(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.kept().filter(kept_by_silence=True)  # type: ignore[attr-defined, no-any-return]

    def closed_in(self, queryset: QuerySet[Any], name: str, value: dt.date) -> QuerySet[Any]:
        """In the month that begins on this day, in the circle's zone."""
        following = (value + dt.timedelta(days=31)).replace(day=1)
        zone = timezone.get_current_timezone()
        start, end = (dt.datetime.combine(day, dt.time.min, zone) for day in (value, following))
        return queryset.filter(closed_at__gte=start, closed_at__lt=end)

    def only_public(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(visibility=Visibility.PUBLIC)

    def ended_as(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return outcomes.ended_as(queryset, *value) if value else queryset

    def only_outside(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return outcomes.outside_own_field(queryset)
