from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kring.foundation.forms import ModelForm, Versioned
from kring.foundation.images import PictureField
from members.models import Organisation
from members.validators import tidy_postcode


class ProfileForm(Versioned, ModelForm):
    """What an organisation says of itself."""

    logo = PictureField(label=_("Logo"), required=False, help_text=_("JPEG, PNG of WebP, hoogstens 5 MB."))

    class Meta:
        model = Organisation
        fields = [
            *("name", "tagline", "story", "logo"),
            *("main_sector", "sectors", "districts", "target_groups"),
            *("website", "email", "phone"),
            *("street", "house_number", "postcode", "city"),
            *("legal_form", "founding_year", "volunteers", "employees"),
            *("kvk_number", "rsin", "anbi", "anbi_url"),
        ]
        widgets = {
            "story": forms.Textarea(attrs={"rows": 8}),
            "sectors": forms.CheckboxSelectMultiple,
            "districts": forms.CheckboxSelectMultiple,
            "target_groups": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "tagline": _("Eén zin die zegt wat jullie doen."),
            "email": _("Een adres van de organisatie, zoals info@. Dit staat op de site."),
            "phone": _("Dit nummer staat op de site."),
            "kvk_number": _("8 cijfers, bijvoorbeeld 12345678."),
            "rsin": _("9 cijfers, bijvoorbeeld 123456782."),
            "postcode": _("Bijvoorbeeld 3131 AB."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_business:
            for name in ("sectors", "target_groups", "anbi", "anbi_url", "volunteers"):
                del self.fields[name]
        else:
            self.fields["main_sector"].required = True

    def clean_kvk_number(self) -> str:
        typed: str = self.cleaned_data["kvk_number"]
        return typed.replace(" ", "").replace(".", "")

    def clean_postcode(self) -> str:
        return tidy_postcode(self.cleaned_data["postcode"]) if self.cleaned_data["postcode"] else ""

    def save_on(self, today: dt.date) -> Organisation:
        """Writes the profile; any edit confirms it."""
        organisation: Organisation = self.instance
        organisation.profile_confirmed_on = today
        organisation.version += 1
        self.save()
        return organisation
