"""A form of two who may write at once: what is stored beside what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from kring.foundation.forms import Versioned


class Compared(Versioned):
    def in_words(self, name: str) -> str:
        """What a field says, to lay two texts beside one another."""
        value, field = self[name].value(), self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            found = field.queryset.filter(pk=value).first() if str(value or "").isdigit() else None  # type: ignore[union-attr]
            return str(found or "")
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, "")) if value else ""  # type: ignore[arg-type]
        if isinstance(field, forms.BooleanField):
            return _("ja") if value else _("nee")
        return "" if value is None else str(value).replace("\r\n", "\n").strip()

    def differences(self, stored: Compared) -> list[dict[str, Any]]:
        """Field by field what is stored now beside what was typed, where those differ."""
        return [
            {"label": field.label, "theirs": theirs, "yours": yours}
            for field in self.visible_fields()
            if (theirs := stored.in_words(field.name)) != (yours := self.in_words(field.name))
        ]
