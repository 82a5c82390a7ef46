"""The forms of a commitment. Each knows what it is about and what it does: `act(by, at)` after `is_valid()`.

Those of an enquiry stand in enquiry_forms.py.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments import promising
from commitments.models import Commitment, GivenBackReason
from kring.foundation.actors import Actor
from kring.foundation.forms import Form, Once

LARGEST = Decimal("99999999")
LATEST = dt.timedelta(days=5 * 366)


def future_date(value: dt.date) -> dt.date:
    """A day from today on, within five years. Raises ValidationError."""
    today = timezone.localdate()
    if value < today:
        raise forms.ValidationError(_("Deze datum is al voorbij. Kies vandaag of een dag daarna."))
    if value > today + LATEST:
        raise forms.ValidationError(_("Deze datum is te ver weg. Kies een dag binnen vijf jaar."))
    return value


def quantity_field(label: Any, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=Decimal("0.01"), max_value=LARGEST, max_digits=10, decimal_places=2, **kwargs
    )


class DeedForm(Once, Form):
    """A form about one thing. `CHOICE` says which fields are asked for with which choice."""

    NEEDED: dict[str, tuple[str, ...]] = {}

    def __init__(self, *args: Any, subject: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        for name in self.NEEDED.get(cleaned.get("choice", ""), ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Vul dit ook in."))
        return cleaned

    def act(self, by: Actor, at: dt.datetime) -> None:
        raise LookupError(type(self).__name__)

    @property
    def key(self) -> uuid.UUID:
        """What makes a second press of the button the same deed."""
        key: uuid.UUID = self.cleaned_data["once"]
        return key


class AnswerForm(DeedForm):
    """Yes or no to a proposal."""

    choice = forms.ChoiceField(
        label=_("Wat vind je ervan?"),
        choices=[("yes", _("Ja, dat spreken we af")), ("no", _("Nee, dit past niet"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Wil je er iets bij zeggen?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def act(self, by: Actor, at: dt.datetime) -> None:
        step = promising.accept if self.cleaned_data["choice"] == "yes" else promising.decline
        step(self.subject, by, at, self.cleaned_data["note"])


class ReportForm(DeedForm):
    """How it goes: done, some of it, or it will not work out."""

    NEEDED = {"done": ("quantity", "note"), "progress": ("quantity",), "give_back": ("reason",)}

    choice = forms.ChoiceField(
        label=_("Hoe staat het ermee?"),
        choices=[
            ("done", _("Het is klaar")),
            ("progress", _("Er is een deel gedaan")),
            ("give_back", _("Het gaat niet lukken")),
        ],
        widget=forms.RadioSelect,
    )
    quantity = quantity_field(_("Hoeveel?"), required=False)
    note = forms.CharField(
        label=_("Wat leverde het op?"),
        help_text=_("Eén of twee zinnen. Bijvoorbeeld: zes middagen, veertien jongeren deden mee."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.ChoiceField(
        label=_("Waardoor lukt het niet?"),
        choices=[("", _("Kies een reden")), *GivenBackReason.choices],
        required=False,
        help_text=_("Dat kan gebeuren. Fijn dat je het zegt."),
    )

    def __init__(self, *args: Any, subject: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.fields["quantity"].initial = subject.quantity
        self.fields["quantity"].help_text = _("Afgesproken: %(promised)s %(unit)s") % {
            "promised": subject.quantity.normalize().to_integral_value()
            if subject.quantity == subject.quantity.to_integral_value()
            else subject.quantity,
            "unit": subject.unit,
        }

    def act(self, by: Actor, at: dt.datetime) -> None:
        data = self.cleaned_data
        match data["choice"]:
            case "done":
                promising.report(self.subject, by, at, quantity=data["quantity"], note=data["note"], once=self.key)
            case "progress":
                promising.add_update(self.subject, by, at, quantity=data["quantity"], note=data["note"], once=self.key)
            case _give_back:
                promising.give_back(self.subject, by, at, reason=data["reason"], note=data["note"])


class ConfirmForm(DeedForm):
    """The receiver: yes, or not yet and why."""

    NEEDED = {"yes": ("quantity",), "not_yet": ("note",)}

    choice = forms.ChoiceField(
        label=_("Klopt dit resultaat?"),
        choices=[("yes", _("Ja, dit klopt")), ("not_yet", _("Nog niet helemaal"))],
        widget=forms.RadioSelect,
    )
    quantity = quantity_field(_("Hoeveel was het?"), required=False)
    note = forms.CharField(
        label=_("Wil je er iets bij zeggen?"),
        help_text=_("Is het nog niet klaar? Schrijf dan wat er nog mist."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, subject: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.fields["quantity"].initial = subject.delivered

    def act(self, by: Actor, at: dt.datetime) -> None:
        data = self.cleaned_data
        if data["choice"] == "yes":
            promising.confirm(self.subject, by, at, quantity=data["quantity"], note=data["note"])
        else:
            promising.not_yet(self.subject, by, at, note=data["note"])
