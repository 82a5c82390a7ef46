"""Writing a commitment down: in six fields while people are talking, or with all that can be said of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.postgres.search import TrigramSimilarity
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from commitments import making
from commitments.forms import future_date, quantity_field
from commitments.making import MEANS_OF_UNIT, Counter
from commitments.models import UNITS, Basis, Commitment, CommitmentState, Origin, Visibility
from kring.accounts.models import User
from kring.foundation.forms import Form, Once, UnitField, Versioned
from kring.foundation.narrowing import tidy
from members.models import District, Organisation, Sector
from members.search import Bare, bare
from offerings.models import Means

# So many names are offered while somebody types; any other can be typed in full.
NAMES_OFFERED = 400
LIKE = 0.25
NEAR = 3


def names_for(user: User) -> list[str]:
    """The organisations to choose from, the own first."""
    own = list(Organisation.objects.served_by(user).order_by("name").values_list("name", flat=True))
    rest = Organisation.objects.visible_to(user).order_by("name").values_list("name", flat=True)[:NAMES_OFFERED]
    return list(dict.fromkeys([*own, *rest]))


class OrganisationField(forms.CharField):
    """The name of an organisation, or its address on the site; a list to choose from comes with the page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, widget=forms.TextInput(attrs={"list": "organisations"}), **kwargs)
        self.user: User | None = None

    def clean(self, value: Any) -> Organisation | None:
        typed = tidy(super().clean(value))
        if not typed or self.user is None:
            return None
        visible = Organisation.objects.visible_to(self.user).select_related("main_sector")
        named = visible.alias(bare_name=Bare("name")).filter(bare_name=bare(typed))[:2]
        found = list(visible.filter(slug=typed)[:1]) or list(named)
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(
                _("Er zijn er meer met deze naam. Typ hier het laatste stuk van hun webadres.")
            )
        raise forms.ValidationError(self._near(visible, typed))

    @staticmethod
    def _near(visible: Any, typed: str) -> str:
        like = visible.annotate(likeness=TrigramSimilarity("name", typed)).filter(likeness__gt=LIKE)
        names = list(like.order_by("-likeness").values_list("name", flat=True)[:NEAR])
        if not names:
            return str(_("We kennen geen organisatie met deze naam. Kies er een uit de lijst."))
        return str(_("Zo heet er geen. Bedoel je %(names)s?") % {"names": ", ".join(names)})


class Terms(Form):
    """What is promised, and in return for what."""

    title = forms.CharField(
        label=_("Wat spreken jullie af?"),
        max_length=120,
        help_text=_("In één regel, met een werkwoord. Bijvoorbeeld: het clubhuis verven."),
    )
    quantity = quantity_field(_("Hoeveel?"))
    unit = UnitField(
        label=_("Waarvan?"), help_text=_("Uren, dagdelen, euro, plekken, mensen, stuks, keer, of iets anders.")
    )
    due_on = forms.DateField(label=_("Uiterlijk wanneer?"))
    counter_favour = forms.CharField(
        label=_("In ruil voor"),
        max_length=120,
        required=False,
        help_text=_("Een tegenprestatie hoeft geen geld te zijn. Bijvoorbeeld een rondleiding of een lunch."),
    )
    no_counter_favour = forms.BooleanField(label=_("Er hoeft niets tegenover te staan"), required=False)

    units = UNITS

    def clean_due_on(self) -> dt.date:
        return future_date(self.cleaned_data["due_on"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        asked, nothing = cleaned.get("counter_favour"), cleaned.get("no_counter_favour")
        if "counter_favour" not in self.errors:
            if not asked and not nothing:
                self.add_error("counter_favour", _("Schrijf op wat er terugkomt, of kruis aan dat er niets hoeft."))
            elif asked and nothing:
                self.add_error("counter_favour", _("Kies één van de twee: dit komt terug, of er hoeft niets."))
        return cleaned

    @property
    def terms(self) -> dict[str, Any]:
        """The columns of the commitment."""
        data = self.cleaned_data
        named = ("title", "quantity", "unit", "due_on", "counter_favour", "no_counter_favour")
        means = MEANS_OF_UNIT.get(data["unit"], Means.PEOPLE)
        return {name: data[name] for name in named} | {"means": means}

    @property
    def counter(self) -> Counter | None:
        return None


class Parties(Once, Form):
    """Who promises it to whom."""

    promisor = OrganisationField(label=_("Wie doet het?"))
    beneficiary = OrganisationField(
        label=_("Voor wie?"), required=False, help_text=_("Laat leeg als het voor de hele kring is.")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.user = user
        for name in ("promisor", "beneficiary"):
            self.fields[name].user = user  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        promisor, beneficiary = cleaned.get("promisor"), cleaned.get("beneficiary")
        if promisor is None or "beneficiary" in self.errors:
            return cleaned
        if promisor == beneficiary:
            self.add_error("beneficiary", _("Dat is dezelfde als wie het doet. Een toezegging doe je aan een ander."))
            return cleaned
        try:
            making.proposer(self.user, promisor, beneficiary)
        except making.NotAParty:
            self.add_error("promisor", _("Jij hoort bij geen van beide. Een van de twee moet de jouwe zijn."))
        return cleaned


class PledgeForm(Terms, Parties):
    """Who, what, how many, when and in return for what: what is typed during a meeting, on a phone.

    `write(at)` after `is_valid()`; with `origin=Origin.MEETING` it is known where it came from.
    """

    field_order = ("promisor", "beneficiary", "title", "quantity", "unit", "due_on", "counter_favour")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        counter = cleaned.get("counter_favour")
        if counter and cleaned.get("beneficiary") is None and "beneficiary" not in self.errors and self.counter:
            self.add_error("counter_favour", _("De hele kring kan niets terug beloven. Laat het aantal daarvan leeg."))
        return cleaned

    def write(self, at: dt.datetime, *, origin: str = Origin.NONE, propose: bool = True) -> Commitment:
        """The commitment, proposed to the other side or kept as a draft. The same `once` twice makes one."""
        data = self.cleaned_data
        with transaction.atomic():
            commitment = making.draft(
                self.user,
                at,
                promisor=data["promisor"],
                beneficiary=data["beneficiary"],
                terms=self.terms,
                counter=self.counter,
                origin=origin,
                once=data["once"],
            )
            if propose:
                making.propose(commitment, self.user, at)
        return commitment


class Details(Terms):
    """All that can be said of a commitment beside who, what and when."""

    means = forms.ChoiceField(label=_("Welke van de vijf M's is het?"), choices=Means.choices, required=False)
    description = forms.CharField(
        label=_("Toelichting"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    start_on = forms.DateField(label=_("Wanneer begint het?"), required=False)
    next_step = forms.CharField(label=_("Wat is de eerste stap?"), max_length=200, required=False)
    counter_quantity = quantity_field(
        _("Hoeveel komt er terug?"),
        required=False,
        help_text=_("Vul dit in om er ook een toezegging van te maken, met een aantal en een datum."),
    )
    counter_unit = UnitField(label=_("Waarvan?"), required=False)
    counter_due_on = forms.DateField(label=_("Uiterlijk wanneer komt het terug?"), required=False)
    estimated_value = forms.DecimalField(
        label=_("Wat is het ongeveer waard, in euro?"),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
        help_text=_("Alleen als jullie dat weten. Het telt apart."),
    )
    value_basis = forms.ChoiceField(
        label=_("Waarop is dat gebaseerd?"), choices=[("", _("Kies")), *Basis.choices], required=False
    )
    visibility = forms.ChoiceField(
        label=_("Wie mag dit zien?"), choices=Visibility.choices, initial=Visibility.PUBLIC, required=False
    )
    sector = forms.ModelChoiceField(
        label=_("Bij welke sector telt het mee?"), queryset=Sector.objects.all(), required=False, to_field_name="slug"
    )
    district = forms.ModelChoiceField(
        label=_("In welke wijk?"), queryset=District.objects.all(), required=False, to_field_name="slug"
    )

    # What stands on the form at once; the rest is folded.
    COUNTER = ("counter_favour", "no_counter_favour", "counter_quantity", "counter_unit", "counter_due_on")
    MORE = (
        *("description", "means", "start_on", "next_step"),
        *("estimated_value", "value_basis", "visibility", "sector", "district"),
    )

    def clean_counter_due_on(self) -> dt.date | None:
        given: dt.date | None = self.cleaned_data["counter_due_on"]
        return future_date(given) if given else None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        start, due = cleaned.get("start_on"), cleaned.get("due_on")
        if start and due and start > due:
            self.add_error("start_on", _("Het begint dan na de dag waarop het klaar is. Kies een eerdere dag."))
        if cleaned.get("estimated_value") is not None and not cleaned.get("value_basis"):
            self.add_error("value_basis", _("Kies waarop het bedrag is gebaseerd. Een schatting mag ook."))
        self._check_counter(cleaned)
        return cleaned

    def _check_counter(self, cleaned: dict[str, Any]) -> None:
        parts = [name for name in ("counter_quantity", "counter_unit", "counter_due_on") if cleaned.get(name)]
        if not parts:
            return
        for name in ("counter_favour", "counter_quantity", "counter_unit", "counter_due_on"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Vul dit ook in, dan wordt het een eigen toezegging."))

    @property
    def terms(self) -> dict[str, Any]:
        data = self.cleaned_data
        given = {name: data[name] for name in ("description", "start_on", "next_step", "estimated_value")}
        chosen = {name: data[name] for name in ("means", "visibility", "sector", "district") if data[name]}
        basis = data["value_basis"] if data["estimated_value"] is not None else ""
        return super().terms | given | chosen | {"value_basis": basis}

    @property
    def counter(self) -> Counter | None:
        data = self.cleaned_data
        if not data.get("counter_quantity") or not data.get("counter_due_on"):
            return None
        return Counter(
            data.get("counter_favour", ""),
            data["counter_quantity"],
            data.get("counter_unit", ""),
            data["counter_due_on"],
        )

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in (*self.COUNTER, *self.MORE)]

    @property
    def counter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.COUNTER]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def is_folded(self) -> bool:
        """Whether the rest may stay folded: nothing to mend there."""
        return not any(name in self.MORE for name in self.errors)


class MakeForm(Details, PledgeForm):
    """A commitment with all that can be said of it."""


class EditForm(Versioned, Details):
    """Other terms for a draft, or for what lapsed; the two sides stay who they are."""

    def __init__(self, *args: Any, instance: Commitment, **kwargs: Any) -> None:
        self.instance = instance
        self.back = Commitment.objects.filter(counter_favour_of=instance).first()
        given = kwargs.pop("initial", None) or {}
        super().__init__(*args, initial=self._stored() | given, **kwargs)

    def _stored(self) -> dict[str, Any]:
        named = (
            *("title", "quantity", "unit", "due_on", "counter_favour", "no_counter_favour", "means", "description"),
            *("start_on", "next_step", "estimated_value", "value_basis", "visibility"),
        )
        stored = {name: getattr(self.instance, name) for name in named}
        stored |= {name: getattr(getattr(self.instance, name), "slug", None) for name in ("sector", "district")}
        if self.instance.state == CommitmentState.LAPSED:
            stored["due_on"] = None  # it has to be another
        if self.back is not None:
            for name in ("quantity", "unit", "due_on"):
                stored[f"counter_{name}"] = getattr(self.back, name)
        return stored

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if self.back is not None and not cleaned.get("counter_quantity") and "counter_quantity" not in self.errors:
            self.add_error("counter_quantity", _("Dit is al een toezegging. Pas haar aan, of trek het voorstel in."))
        return cleaned

    def write(self, by: User, at: dt.datetime, *, propose: bool) -> None:
        """Raises StepNotAllowed once somebody was asked to say yes."""
        with transaction.atomic():
            making.edit(self.instance, by, at, terms=self.terms, counter=self.counter)
            if propose:
                making.propose(self.instance, by, at)
