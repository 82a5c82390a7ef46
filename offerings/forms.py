from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from kring.foundation.forms import Form, ModelForm, Once, UnitField, Versioned
from kring.foundation.images import PictureField
from members.models import Organisation
from offerings.models import Audience, Category, Means, Offering, PriceKind

WEEK = [(number + 1, name) for number, name in WEEKDAYS.items()]  # ours begin at 1, as ISO 8601 does
# Addresses below /aanbod/ and /menukaart/ that are no offering.
RESERVED = {"nieuw", "voorbeeld"}
LATEST_RETURN = dt.timedelta(days=730)
NOT_COMPARED = {"photo"}
GIVEN = ("means", "quantity", "unit")  # what a business says of what it gives, and a member does not


def in_its_course(category: Category) -> str:
    return f"{category.parent} · {category}" if category.parent else str(category)


def _pairs(field: forms.ChoiceField) -> Iterable[tuple[Any, Any]]:
    return field.choices  # type: ignore[return-value]


class OfferingForm(Once, Versioned, ModelForm):
    """An offering as its organisation writes it. The four things first without which there is no card."""

    photo = PictureField(label=_("Foto"), required=False, help_text=_("JPEG, PNG of WebP, hoogstens 5 MB."))
    months = forms.TypedMultipleChoiceField(
        label=_("Maanden"),
        choices=list(MONTHS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Dagen"), choices=WEEK, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Offering
        fields = [
            *("title", "summary", "category", "audience", "means", "quantity", "unit"),
            *("description", "price_kind", "price", "price_unit", "counter_favour"),
            *("group_min", "group_max", "duration", "place", "place_text", "district"),
            *("months", "weekdays", "weeks_ahead", "wheelchair_accessible"),
            *("photo", "photo_alt", "contact_role"),
        ]
        field_classes = {"unit": UnitField}
        widgets = {
            "description": forms.Textarea(attrs={"rows": 6}),
            "unit": forms.TextInput,
            "audience": forms.RadioSelect,
            "price_kind": forms.RadioSelect,
        }
        help_texts = {
            "description": _(
                "Een lege regel begint een nieuwe alinea, een streepje een lijst, **sterren** maken vet."
            ),
            "title": _("Kort en concreet, bijvoorbeeld ‘Vergaderen in de hooischuur’."),
            "summary": _("Wat krijg je? In één zin, hoogstens 160 tekens."),
            "quantity": _("Bijvoorbeeld 10. Weet je het niet? Laat het dan leeg."),
            "unit": _("Bijvoorbeeld uren, laptops of plekken."),
            "price_unit": _("Bijvoorbeeld persoon, groep of dagdeel."),
            "counter_favour": _("Wat vragen jullie ervoor terug? Bijvoorbeeld verf en kwasten."),
            "contact_role": _("Bijvoorbeeld ‘de verhuur’. Namen en nummers hoeven hier niet te staan."),
        }

    # The fields that stand on the form at once; the others are folded under 'Meer'.
    FIRST = ("title", "summary", "means", "category", "audience", "quantity", "unit")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        category = self.fields["category"]
        if isinstance(category, forms.ModelChoiceField):
            category.queryset = Category.objects.select_related("parent").order_by("parent__order", "order")
            category.label_from_instance = in_its_course  # type: ignore[method-assign, assignment]
            category.empty_label = _("Kies een rubriek")
        self.fields["audience"].choices = Audience.choices  # type: ignore[attr-defined]
        if organisation.is_business:
            # It gives to whom it may concern, in one of the five M's.
            del self.fields["audience"]
            self.fields["means"] = forms.ChoiceField(
                label=_("Wat geef je?"), choices=Means.choices, widget=forms.RadioSelect
            )
            self.fields["means"].initial = self.instance.means
        else:
            for name in GIVEN:
                del self.fields[name]

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST if name in self.fields]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.FIRST]

    @property
    def is_folded(self) -> bool:
        """Whether the rest may stay folded: nothing to mend there."""
        return not any(name not in self.FIRST for name in self.errors)

    def in_words(self, name: str) -> str:
        """What a field says, as it is shown to people; of a bound form what was typed."""
        value, field = self[name].value(), self.fields[name]
        asked = {str(each) for each in value} if isinstance(value, list) else {str(value)}
        if isinstance(field, forms.ChoiceField):
            return ", ".join(str(label) for key, label in _pairs(field) if str(key) in asked and key != "")
        return "" if value is None else str(value).replace("\r\n", "\n").strip()

    def conflict(self) -> list[dict[str, Any]]:
        """Both texts of every field that differs, once another saved first; saving again writes what is typed."""
        if not self.is_bound or not self.is_stale:
            return []
        stored = Offering.objects.get(pk=self.instance.pk)
        theirs = OfferingForm(instance=stored, organisation=self.organisation)
        self.take_version_of(stored)
        pairs = [
            {"label": field.label, "theirs": theirs.in_words(field.name), "yours": self.in_words(field.name)}
            for field in self.visible_fields()
            if field.name not in NOT_COMPARED
        ]
        return [pair for pair in pairs if pair["theirs"] != pair["yours"]]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        kind, price = cleaned.get("price_kind"), cleaned.get("price")
        if kind in {PriceKind.FROM, PriceKind.FIXED} and price is None and "price" not in self.errors:
            self.add_error("price", _("Vul een bedrag in, bijvoorbeeld 12,50. Of kies een andere prijs."))
        if kind == PriceKind.COUNTER_FAVOUR and not cleaned.get("counter_favour"):
            self.add_error("counter_favour", _("Schrijf op wat je ervoor terugvraagt."))
        smallest, largest = cleaned.get("group_min"), cleaned.get("group_max")
        if smallest and largest and largest < smallest:
            self.add_error("group_max", _("De grootste groep is kleiner dan de kleinste. Draai ze om."))
        return cleaned

    def save_for(self, today: dt.date) -> Offering:
        """Writes the offering; any edit confirms it. Pressed twice, a new one is made once."""
        offering: Offering = self.instance
        replaced = Offering.objects.filter(pk=offering.pk).values_list("photo", flat=True).first()
        offering.organisation = self.organisation
        offering.means = self.cleaned_data.get("means", "")
        if self.organisation.is_business:
            offering.audience = Audience.BOTH
        if offering.pk:
            offering.keep(today)
        else:
            offering = self._make(offering, today)
        if replaced and replaced != offering.photo.name:
            transaction.on_commit(lambda: default_storage.delete(replaced))
        return offering

    def _make(self, offering: Offering, today: dt.date) -> Offering:
        offering.once = self.cleaned_data["once"]
        offering.slug = free_slug(offering.title)
        try:
            with transaction.atomic():
                offering.keep(today)
        except IntegrityError:
            made = Offering.objects.filter(once=offering.once, organisation=self.organisation).first()
            if made is not None:
                return made
            # Somebody else took the address a moment ago, or has this key.
            offering.once = uuid.uuid4()
            offering.slug = f"{offering.slug[:80]}-{secrets.token_hex(4)}"
            offering.keep(today)
        return offering


class TakeAwayForm(Form):
    """Off the card, and when it comes back if it does."""

    until = forms.DateField(label=_("Wanneer komt het terug?"), required=False)

    def clean_until(self) -> dt.date | None:
        until: dt.date | None = self.cleaned_data["until"]
        today = timezone.localdate()
        if until is not None and not today < until <= today + LATEST_RETURN:
            raise forms.ValidationError(_("Kies een dag na vandaag, binnen twee jaar."))
        return until


class CopyForm(Once, Form):
    """The press of a button, once."""


def free_slug(title: str) -> str:
    """An address from the title; with a number behind it when it is taken."""
    base = slugify(title)[:80] or "aanbod"
    taken = set(Offering.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)
