from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models import UNITS
from kring.foundation.forms import Form, Once, UnitField, Versioned
from kring.meetings import evening
from kring.meetings.models import MOST_PEOPLE, ActionState, Meeting, Outcome, OutcomeKind
from members.models import Organisation
from offerings.models import Category

LARGEST = Decimal("99999999")
LATEST = dt.timedelta(days=5 * 366)
WRITTEN = ("kind", "text", "due_on", "quantity", "unit", "counter_favour", "no_counter_favour", "votes")
# What does not change any more once a line became a commitment, a need or an offering.
SETTLED = ("kind", "who", "beneficiary")


def whose_field() -> forms.CharField:
    return forms.CharField(
        label=_("Wie?"),
        max_length=120,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "list": "organisaties",
                "hx-get": reverse_lazy("meetings:organisations"),
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#organisaties",
            }
        ),
    )


def due_field() -> forms.DateField:
    return forms.DateField(label=_("Voor wanneer?"), required=False)


def coming(value: dt.date | None) -> dt.date | None:
    """A day from today on, within five years. Raises ValidationError."""
    if value is None:
        return None
    today = timezone.localdate()
    if value < today:
        raise forms.ValidationError(_("Deze datum is al voorbij. Kies vandaag of een dag daarna."))
    if value > today + LATEST:
        raise forms.ValidationError(_("Deze datum is te ver weg. Kies een dag binnen vijf jaar."))
    return value


class CatchForm(Once, Form):
    """One line, typed with one thumb while somebody speaks."""

    kind = forms.ChoiceField(
        label=_("Wat is het?"), choices=OutcomeKind.choices, initial=OutcomeKind.PLEDGE, widget=forms.RadioSelect
    )
    text = forms.CharField(label=_("In één regel"), max_length=200)
    who = whose_field()
    due_on = due_field()

    def clean_due_on(self) -> dt.date | None:
        return coming(self.cleaned_data["due_on"])

    def outcome(self, meeting: Meeting) -> Outcome:
        data = self.cleaned_data
        outcome = Outcome(meeting=meeting, kind=data["kind"], text=data["text"], due_on=data["due_on"])
        evening.name_whose(outcome, data["who"])
        return outcome


class OutcomeForm(Versioned, Form):
    """The same line afterwards, with what a commitment needs. Once it became something, whose it is stands there."""

    kind = forms.ChoiceField(label=_("Wat is het?"), choices=OutcomeKind.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("In één regel"), max_length=200)
    who = whose_field()
    beneficiary = forms.CharField(
        label=_("Voor wie?"), max_length=120, required=False, help_text=_("Leeg: voor de hele kring.")
    )
    due_on = forms.DateField(label=_("Voor wanneer?"), required=False)
    quantity = forms.DecimalField(
        label=_("Hoeveel?"), min_value=Decimal("0.01"), max_value=LARGEST, max_digits=10, decimal_places=2
    )
    unit = UnitField(label=_("Waarvan?"))
    counter_favour = forms.CharField(
        label=_("Wat komt ervoor terug?"),
        max_length=120,
        required=False,
        help_text=_("Is er niets over gezegd? Laat dit leeg en kruis niets aan."),
    )
    no_counter_favour = forms.BooleanField(label=_("Er hoeft niets tegenover te staan"), required=False)
    votes = forms.IntegerField(label=_("Stemmen"), min_value=0, max_value=10_000, required=False)
    action_state = forms.ChoiceField(
        label=_("Hoe staat het met het actiepunt?"), choices=ActionState.choices, required=False
    )
    units = UNITS

    def __init__(self, *args: Any, outcome: Outcome, **kwargs: Any) -> None:
        told = {
            **{name: getattr(outcome, name) for name in WRITTEN},
            "who": outcome.whose or (str(outcome.sign_up) if outcome.sign_up else ""),
            "beneficiary": str(outcome.beneficiary or ""),
            "action_state": outcome.action_state,
        }
        self.instance = outcome
        super().__init__(*args, initial=told, **kwargs)
        self.subject = outcome
        for name in SETTLED if outcome.became_something else ():
            self.fields[name].disabled = True
        self.fields["beneficiary"].widget.attrs |= self.fields["who"].widget.attrs

    def clean_due_on(self) -> dt.date | None:
        """A day that stood there already may be past."""
        value: dt.date | None = self.cleaned_data["due_on"]
        return value if value == self.subject.due_on else coming(value)

    def clean_beneficiary(self) -> Organisation | None:
        words = self.cleaned_data["beneficiary"]
        if "beneficiary" not in self.changed_data:
            return self.subject.beneficiary
        found = evening.organisation_named(words) if words else None
        if words and found is None:
            raise forms.ValidationError(_("Deze organisatie kennen we niet. Kies er een uit de lijst."))
        return found

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if "who" in self.changed_data:
            evening.name_whose(self.subject, cleaned.get("who", ""))
        same = self.subject.organisation is not None and self.subject.organisation == cleaned.get("beneficiary")
        if same:
            self.add_error("beneficiary", _("Dat is dezelfde als wie het doet. Laat het leeg of kies een ander."))
        if cleaned.get("counter_favour") and cleaned.get("no_counter_favour"):
            self.add_error("counter_favour", _("Kies één van de twee: dit komt terug, of er hoeft niets."))
        return cleaned

    def save(self, today: dt.date) -> Outcome:
        outcome, data = self.subject, self.cleaned_data
        for name in (*WRITTEN, "beneficiary"):
            setattr(outcome, name, data[name])
        state = data["action_state"] or ActionState.OPEN
        if state != outcome.action_state:
            outcome.done_on = today if state != ActionState.OPEN else None
        outcome.action_state = state
        outcome.version += 1
        outcome.save()
        return outcome


class PresentForm(Form):
    """With how many somebody is here; nought takes a check-in back."""

    people = forms.IntegerField(label=_("Met hoeveel?"), min_value=0, max_value=MOST_PEOPLE)


class IdeaForm(Form):
    """What an idea becomes, and whose it will be."""

    into = forms.ChoiceField(
        label=_("Wat wordt het?"),
        choices=[
            ("need", _("Een vraag")),
            ("offering", _("Een aanbod op de menukaart")),
            ("commitment", _("Een toezegging")),
        ],
        widget=forms.RadioSelect,
    )
    organisation = forms.ModelChoiceField(
        label=_("Van wie?"),
        queryset=Organisation.objects.none(),
        help_text=_("Die organisatie krijgt er mail over, en maakt het zelf af."),
    )
    category = forms.ModelChoiceField(
        label=_("In welke rubriek?"),
        queryset=Category.objects.none(),
        required=False,
        help_text=_("Alleen nodig bij een aanbod."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation, category = self.fields["organisation"], self.fields["category"]
        if isinstance(organisation, forms.ModelChoiceField) and isinstance(category, forms.ModelChoiceField):
            organisation.queryset = Organisation.objects.listed().order_by("name")
            category.queryset = Category.objects.select_related("parent").order_by("parent__order", "order")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("into") == "offering" and not cleaned.get("category") and "category" not in self.errors:
            self.add_error("category", _("Kies in welke rubriek van de menukaart het komt."))
        return cleaned
