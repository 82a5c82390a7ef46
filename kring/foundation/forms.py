"""What all forms share: clean text, and two guards.

`Once` makes a second press of a button the same deed as the first. `Versioned` notices that
somebody else saved in the meantime, so that nobody's text is overwritten unseen.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.validators import MaxLengthValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from kring.foundation.addresses import must_be_deliverable
from kring.foundation.units import folded
from kring.foundation.widgets import fit

MAX_TEXT = 20_000
WITH_CEILING = (forms.CharField, forms.URLField)  # not their subclasses, whose values are no texts


def clean_text(value: str) -> str:
    """Text in composed form (NFC), its lines ended in one way, without the control characters and lone surrogates that
    no keyboard types."""
    lines = value.replace("\r\n", "\n")  # as browsers post it
    kept = "".join(c for c in lines if c in "\r\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept)


# Of which nothing shows; and letters to the standard that are nothing to the eye.
INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"})
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def is_seen(value: str) -> bool:
    return any(c not in BLANK_LETTERS and unicodedata.category(c) not in INVISIBLE for c in value)


def must_be_seen(value: str) -> None:
    """Text of which nothing shows, such as a zero-width space, is not filled in."""
    if not is_seen(value):
        raise forms.ValidationError(forms.Field.default_error_messages["required"], code="required")


def clean_data(data: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    """What was posted, with every text in it cleaned."""
    lists = data.lists() if isinstance(data, MultiValueDict) else ((key, [value]) for key, value in data.items())
    return MultiValueDict(
        {clean_text(key): [clean_text(v) if isinstance(v, str) else v for v in values] for key, values in lists}
    )


class Shared(forms.BaseForm):
    """Cleaned input, a ceiling for every text, and hints and errors tied to their field."""

    def __init__(self, data: Mapping[str, Any] | None = None, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(None if data is None else clean_data(data), *args, **kwargs)
        for field in self.fields.values():
            if type(field) in WITH_CEILING and field.max_length is None:  # type: ignore[attr-defined]
                field.validators.append(MaxLengthValidator(MAX_TEXT))
            if type(field) is forms.CharField and field.required:
                field.validators.append(must_be_seen)
            if isinstance(field, forms.EmailField):
                field.validators.append(must_be_deliverable)
            fit(field)

    def in_words(self, name: str) -> str:
        """What a field says, as whoever filled it in would say it."""
        value, field = self[name].value(), self.fields[name]
        if isinstance(field, forms.BooleanField) and not isinstance(field, forms.NullBooleanField):
            return str(_("ja") if value else _("nee"))
        if isinstance(field, forms.ChoiceField):
            asked = {str(each) for each in value} if isinstance(value, list | tuple) else {str(value)}
            choices: Any = field.choices
            pairs = [(str(key), str(label)) for key, label in choices]
            return ", ".join(label for key, label in pairs if key in asked and key != "")
        return "" if value is None else str(value).strip()

    @property
    def typed(self) -> list[dict[str, Any]]:
        """For components/facts.html: what was filled in over what stood there, for who came too late with it."""
        return [
            {"label": field.label, "value": said}
            for field in self.visible_fields()
            if field.name in self.changed_data and (said := self.in_words(field.name))
        ]

    def differences(self, stored: Shared) -> list[dict[str, Any]]:
        """For components/conflict.html: what is stored now beside what was typed, where those are not the same."""
        return [
            {"label": field.label, "theirs": theirs, "yours": yours}
            for field in self.visible_fields()
            if (theirs := stored.in_words(field.name)) != (yours := self.in_words(field.name))
            and field.field.has_changed(stored[field.name].value(), field.value())
        ]


class UnitField(forms.CharField):
    """What a quantity is counted in, in the word by which it is added up; the page offers the list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": "units"}))
        super().__init__(**{"max_length": 20, **kwargs})

    def clean(self, value: Any) -> str:
        unit = folded(super().clean(value))
        if self.required:
            must_be_seen(unit)
        return unit


class MomentField(forms.DateTimeField):
    """A day with a time, by the circle's clock: of the hour that a night in March lacks, and October has twice, it
    says so in plain words."""

    default_error_messages = {
        "no_such_moment": _("Dat moment bestaat niet, of twee keer: de klok wordt dan verzet. Kies een ander uur.")
    }

    def to_python(self, value: Any) -> dt.datetime | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise forms.ValidationError(self.error_messages["no_such_moment"], code="no_such_moment") from error


class Form(Shared, forms.Form):
    pass


class ModelForm(Shared, forms.ModelForm):  # type: ignore[type-arg]
    pass


class Once(forms.Form):
    """A hidden key made when the form is shown; stored in a unique column, so that a double click does it once."""

    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = uuid.uuid4


class Versioned(forms.Form):
    """The version that was on the screen, and an error when somebody else saved since.

    For forms on an object with a `version`, fetched with its row locked when the form is posted. When `is_stale`
    the page shows both texts.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_147_483_647)
    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    def clean_version(self) -> int:
        seen: int = self.cleaned_data["version"]
        if self.instance.pk and seen != self.instance.version:
            message = _("Iemand anders heeft dit intussen veranderd. Kijk wat blijft en bewaar opnieuw.")
            self.add_error(None, forms.ValidationError(message, code="stale"))
        return seen

    def conflict_with(self, stored: Any) -> list[dict[str, Any]]:
        """Where somebody else saved in the meantime: what differs from the form as it is stored now.

        From then on this form is about that: saving again goes on top of it, with open eyes.
        """
        if not self.is_bound or not self.is_stale:
            return []
        found: list[dict[str, Any]] = self.differences(stored)  # type: ignore[attr-defined]
        self.take_version_of(stored.instance)
        return found

    def take_version_of(self, stored: Any) -> None:
        """From now on the form is about what is stored: saving again writes over it, with open eyes."""
        data = MultiValueDict(self.data.lists() if isinstance(self.data, MultiValueDict) else {})
        data[self.add_prefix("version")] = str(stored.version)
        self.data = data

    @property
    def is_stale(self) -> bool:
        return self.has_error(NON_FIELD_ERRORS, code="stale")
