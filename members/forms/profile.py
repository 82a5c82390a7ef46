from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.foundation.forms import ModelForm, Versioned
from kring.foundation.images import PictureField
from members.models import LegalForm, Organisation, OrganisationKind, Role, SocialLink
from members.validators import tidy_postcode, validate_rsin

MAX_LINKS = 8
web_address = URLValidator(schemes=["http", "https"], message=_("Geef een webadres, bijvoorbeeld www.voorbeeld.nl."))
kvk_digits = RegexValidator(r"^\d{8}$", _("Een KvK-nummer heeft 8 cijfers, bijvoorbeeld 12345678."))

# The form in the order in which one tells it. A field that a kind of organisation does not have is left out.
SECTIONS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("Wie jullie zijn"), ("name", "tagline", "story", "logo")),
    (_("Voor wie en waar"), ("main_sector", "sectors", "target_groups", "districts", "branch", "business_area")),
    (_("Zo bereiken mensen jullie"), ("email", "phone", "website", "links", "contact")),
    (_("Adres"), ("street", "house_number", "postcode", "city")),
    (_("Over de organisatie"), ("legal_form", "founding_year", "volunteers", "employees", "company_size")),
    (_("Nummers"), ("kvk_number", "rsin", "anbi", "anbi_url")),
)
MEMBERS_ONLY = ("main_sector", "sectors", "target_groups", "volunteers", "anbi", "anbi_url")
BUSINESSES_ONLY = ("branch", "business_area", "company_size")


class DigitsField(forms.CharField):
    """A number that people write with spaces, dots or dashes between the digits."""

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s.\-]", "", super().to_python(value) or "")


class WebField(forms.URLField):
    """Somebody's own page: http or https, and typed as people say it."""

    default_validators = [web_address]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", required=False, max_length=200, **kwargs)


class PostcodeField(forms.CharField):
    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        return tidy_postcode(typed) if typed else ""


class LinesOfLinksField(forms.CharField):
    """Web addresses, one on each line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[str]:
        one = WebField()
        lines = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        if len(lines) > MAX_LINKS:
            raise ValidationError(_("Dat zijn er veel. Kies er hoogstens %(most)d.") % {"most": MAX_LINKS})
        return list(dict.fromkeys(one.clean(line) for line in lines))


def _read_once(first: Any, *others: Any) -> None:
    """Fields that choose from the same rows, read for all of them together."""
    rows = [(value, label) for value, label in first.choices if value]
    first.widget.choices = [("", first.empty_label), *rows]
    for field in others:
        field.widget.choices = rows


class ProfileForm(Versioned, ModelForm):
    """What an organisation says of itself."""

    logo = PictureField(label=_("Logo"), required=False, help_text=_("JPEG, PNG of WebP, hoogstens 5 MB."))
    website = WebField(label=_("Website"), help_text=_("Bijvoorbeeld www.voorbeeld.nl."))
    anbi_url = WebField(label=_("Pagina met jullie ANBI-gegevens"))
    links = LinesOfLinksField(
        label=_("Ook te vinden op"),
        required=False,
        max_length=2000,
        help_text=_("Bijvoorbeeld jullie pagina op Instagram of LinkedIn. Zet elk adres op een eigen regel."),
    )
    postcode = PostcodeField(label=_("Postcode"), required=False, help_text=_("Bijvoorbeeld 3131 AB."))
    kvk_number = DigitsField(
        label=_("KvK-nummer"),
        required=False,
        max_length=20,
        validators=[kvk_digits],
        help_text=_("8 cijfers, bijvoorbeeld 12345678."),
    )
    rsin = DigitsField(
        label=_("RSIN"),
        required=False,
        max_length=20,
        validators=[RegexValidator(r"^\d{9}$", _("Een RSIN heeft 9 cijfers, bijvoorbeeld 123456782.")), validate_rsin],
        help_text=_("9 cijfers, bijvoorbeeld 123456782. Het staat in brieven van de Belastingdienst."),
    )

    class Meta:
        model = Organisation
        fields = [name for _title, names in SECTIONS for name in names if name != "links"]
        widgets = {
            "tagline": forms.Textarea(attrs={"rows": 2}),
            "story": forms.Textarea(attrs={"rows": 10}),
            "sectors": forms.CheckboxSelectMultiple,
            "districts": forms.CheckboxSelectMultiple,
            "target_groups": forms.CheckboxSelectMultiple,
        }
        labels = {
            "main_sector": _("Belangrijkste sector"),
            "sectors": _("Ook actief in"),
            "target_groups": _("Voor wie"),
            "districts": _("In welke wijken"),
            "email": _("E-mailadres van de organisatie"),
            "anbi": _("We hebben de ANBI-status"),
        }
        help_texts = {
            "tagline": _("Wat doen jullie, en voor wie? Hoogstens 200 tekens."),
            "story": _("Een lege regel begint een nieuwe alinea. **Vet** schrijf je tussen sterretjes."),
            "email": _("Een adres dat van niemand persoonlijk is, zoals info@. Dit staat op de site."),
            "phone": _("Met netnummer, bijvoorbeeld 010 123 45 67. Dit staat op de site."),
            "contact": _("Op de site staat alleen wat deze persoon zelf openbaar maakt."),
            "districts": _("Kies de wijken waar jullie iets doen."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in MEMBERS_ONLY if self.instance.is_business else BUSINESSES_ONLY:
            del self.fields[name]
        if "main_sector" in self.fields:
            self.fields["main_sector"].required = self.instance.kind == OrganisationKind.MEMBER
            _read_once(self.fields["main_sector"], self.fields["sectors"])
        self._choose_contact(self.fields["contact"])
        self.fields["links"].initial = "\n".join(link.url for link in self.instance.social_links.all())

    def clean_founding_year(self) -> int | None:
        year: int | None = self.cleaned_data["founding_year"]
        if year is not None and year > timezone.localdate().year:
            raise ValidationError(_("Dit jaar moet nog komen. Schrijf het jaar van oprichting, zoals 1985."))
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("rsin") and cleaned.get("legal_form") == LegalForm.SOLE_TRADER:
            why = _("Laat dit leeg: het nummer van een eenmanszaak kan iemands burgerservicenummer zijn.")
            self.add_error("rsin", why)
        return cleaned

    def _choose_contact(self, field: Any) -> None:
        """From who serves the organisation now, read once; who left is not offered again."""
        held = Role.objects.of(self.instance).open().values("user")
        field.queryset = User.objects.filter(pk__in=held, is_active=True).order_by("name")
        serving = {user.pk: str(user) for user in field.queryset}
        field.widget.choices = [("", field.empty_label), *serving.items()]
        if self.instance.contact_id not in serving:
            self.initial["contact"] = None

    @property
    def sections(self) -> list[tuple[str | Promise, list[BoundField]]]:
        parts = [(title, [self[name] for name in names if name in self.fields]) for title, names in SECTIONS]
        return [(title, fields) for title, fields in parts if fields]

    def save_on(self, today: dt.date) -> Organisation:
        """Writes the profile; any edit confirms it."""
        organisation: Organisation = self.instance
        organisation.profile_confirmed_on = today
        organisation.version += 1
        self.save()
        wanted = self.cleaned_data["links"]
        organisation.social_links.exclude(url__in=wanted).delete()
        SocialLink.objects.bulk_create(
            [SocialLink(organisation=organisation, url=url) for url in wanted], ignore_conflicts=True
        )
        return organisation

    def conflict(self) -> list[dict[str, Any]]:
        """Both texts of every field that differs, once another saved first; saving again writes what is typed."""
        if not self.is_bound or not self.is_stale:
            return []
        stored = Organisation.objects.get(pk=self.instance.pk)
        theirs = ProfileForm(instance=stored)
        pairs = [
            {"label": self[name].label, "theirs": in_words(theirs[name]), "yours": in_words(self[name])}
            for name in self.fields
            if name not in {"version", "logo"}
        ]
        self.take_version_of(stored)
        return [pair for pair in pairs if pair["theirs"] != pair["yours"]]


def in_words(field: BoundField) -> str:
    """What a field holds, as somebody reads it."""
    value = field.value()
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        chosen = {str(each) for each in (value if isinstance(value, list) else [value])}
        return ", ".join(str(label) for key, label in flat(choices) if key and key in chosen)
    if isinstance(field.field, forms.BooleanField):
        return _now("ja") if value in {True, "on", "true"} else _now("nee")
    return "" if value is None else "\n".join(str(value).split("\r\n"))


def flat(choices: Iterable[Any]) -> list[tuple[str, Any]]:
    return [(str(key), label) for key, label in choices]
