"""What all forms share: clean text, errors that a page can show beside the field and on top, and two guards.

`Once` makes a second press of a button the same deed as the first. `Versioned` notices that
somebody else saved in the meantime, so that nobody's text is overwritten unseen.
"""

from __future__ import annotations

import unicodedata
import uuid
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_TEXT = 20_000


def clean_text(value: str) -> str:
    """Text in composed form, with the control characters taken out that no keyboard types."""
    kept = "".join(c for c in value if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept)


class CleansText:
    """Every text field is cleaned before its own rules look at it, and has a ceiling."""

    fields: dict[str, forms.Field]

    def prepare_fields(self) -> None:
        for name, field in self.fields.items():
            if isinstance(field, forms.CharField):
                field.to_python = self._cleaning(field)  # type: ignore[method-assign]
                if field.max_length is None:
                    field.max_length = MAX_TEXT
                    field.validators.append(forms.CharField(max_length=MAX_TEXT).validators[0])
            field.widget.attrs.setdefault("aria-describedby", f"id_{name}_more")

    @staticmethod
    def _cleaning(field: forms.CharField) -> Any:
        plain = field.to_python

        def to_python(value: Any) -> Any:
            return plain(clean_text(value) if isinstance(value, str) else value)

        return to_python


class Form(CleansText, forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.prepare_fields()


class ModelForm(CleansText, forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.prepare_fields()


class Once(forms.Form):
    """A hidden key made when the form is shown; the deed stores it in a unique column, so a double click does it once."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = uuid.uuid4


class Versioned(forms.Form):
    """The version that was on the screen. `is_stale` tells that the thing has moved on since."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_147_483_647)
    instance: Any
    stale_message: ClassVar[Any] = _(
        "Iemand anders heeft dit intussen veranderd. Hieronder staan allebei de teksten; kies wat blijft en bewaar opnieuw."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = getattr(self.instance, "version", 0)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.is_stale:
            raise forms.ValidationError(self.stale_message, code="stale")
        return cleaned

    @property
    def is_stale(self) -> bool:
        """Valid once the form was cleaned."""
        typed = self.cleaned_data.get("version")
        return typed is not None and typed != self.instance.version
