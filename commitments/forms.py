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

from commitments.models.choices import LARGEST
from kring.foundation.actors import Actor
from kring.foundation.forms import Form, Once

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
