"""A need as an organisation writes it: the same rules for the page and the API."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from kring.foundation.forms import ModelForm, Once, UnitField, Versioned
from members.models import Organisation
from offerings.models import OPEN_AT_MOST, Category, Means, Need, NeedState

# The five M's as one asks for them, money last.
ASKED_FOR = [
    (Means.PEOPLE, _("mensen: handen of kennis")),
    (Means.GOODS, _("middelen: spullen of ruimte")),
    (Means.NETWORK, _("massa: een netwerk")),
    (Means.MEDIA, _("media: aandacht")),
    (Means.MONEY, _("munten: geld")),
]
# Addresses below /vragen/ that are no need.
RESERVED = {"plaats", "nieuw", "gezocht"}


def in_its_course(category: Category) -> str:
    return f"{category.parent} · {category}" if category.parent else str(category)


class NeedForm(Once, Versioned, ModelForm):
    """What is looked for first; the rest may be left as it is."""

    class Meta:
        model = Need
        fields = [
            *("title", "means", "description"),
            *("quantity", "unit", "counter_favour", "category", "district", "wanted_by", "expires_on"),
        ]
        field_classes = {"unit": UnitField}
        widgets = {"description": forms.Textarea(attrs={"rows": 5}), "unit": forms.TextInput}
        labels = {
            "means": _("Wat voor hulp is het?"),
            "description": _("Vertel er iets meer over"),
            "expires_on": _("Hoelang staat deze vraag open?"),
        }
        help_texts = {
            "title": _("Kort en concreet, bijvoorbeeld ‘Timmerman voor een zaterdag’."),
            "description": _(
                "Voor wie is het, en wat gebeurt ermee? Hoe concreter, hoe eerder iemand denkt: dat kan ik."
            ),
            "unit": _("Bijvoorbeeld uren, stuks of mensen."),
            "counter_favour": _("Iets terugdoen mag klein zijn: taart, een rondleiding, een dagdeel hulp."),
            "category": _("Dan vinden we beter wat erbij past."),
            "expires_on": _("Een week van tevoren vragen we of hij langer open moet."),
        }

    FIRST = ("title", "means", "description")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        category = self.fields["category"]
        if isinstance(category, forms.ModelChoiceField):
            category.queryset = Category.objects.select_related("parent").order_by("parent__order", "order")
            category.label_from_instance = in_its_course  # type: ignore[method-assign, assignment]
        self.fields["expires_on"].required = True
        self.fields["means"] = forms.ChoiceField(
            label=self.fields["means"].label, choices=ASKED_FOR, widget=forms.RadioSelect
        )

    @property
    def first_fields(self) -> list[BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def more_fields(self) -> list[BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.FIRST]

    @property
    def is_folded(self) -> bool:
        """Whether the rest may stay folded: nothing to mend there."""
        return not any(name not in self.FIRST for name in self.errors)

    def clean_quantity(self) -> Decimal | None:
        quantity: Decimal | None = self.cleaned_data["quantity"]
        if quantity is not None and quantity <= 0:
            raise forms.ValidationError(_("Vul een aantal boven nul in, of laat het leeg."))
        return quantity

    def clean_wanted_by(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["wanted_by"]
        if day is not None and "wanted_by" in self.changed_data and day < timezone.localdate():
            raise forms.ValidationError(_("Deze datum is al voorbij. Kies vandaag of een dag daarna."))
        return day

    def clean_expires_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError(_("Deze datum is al voorbij. Kies vandaag of een dag daarna."))
        if day > today + OPEN_AT_MOST:
            raise forms.ValidationError(_("Dat is te ver weg. Een vraag staat hoogstens een jaar open."))
        return day

    def conflict(self) -> list[dict[str, Any]]:
        """Both texts of every field that differs, once another saved first; saving again writes what is typed."""
        if not self.is_bound or not self.is_stale:
            return []
        stored = Need.objects.get(pk=self.instance.pk)
        theirs = NeedForm(instance=stored, organisation=self.organisation)
        pairs = [
            {"label": field.label, "theirs": in_words(theirs[field.name]), "yours": in_words(field)}
            for field in self.visible_fields()
        ]
        self.take_version_of(stored)
        return [pair for pair in pairs if pair["theirs"] != pair["yours"]]

    def save_for(self, today: dt.date) -> Need:
        """Writes the need; any edit confirms it. Pressed twice, a new one is made once."""
        need: Need = self.instance
        need.organisation = self.organisation
        if need.pk:
            need.keep(today)
            return need
        return self._make(need, today)

    def _make(self, need: Need, today: dt.date) -> Need:
        need.once, need.slug, need.state = self.cleaned_data["once"], free_slug(need.title), NeedState.OPEN
        try:
            with transaction.atomic():
                need.keep(today)
        except IntegrityError:
            made = Need.objects.filter(once=need.once, organisation=self.organisation).first()
            if made is not None:
                return made
            # Somebody else took the address a moment ago, or has this key.
            need.once, need.slug = uuid.uuid4(), f"{need.slug[:80]}-{secrets.token_hex(4)}"
            need.keep(today)
        return need


def in_words(field: BoundField) -> str:
    """What a field holds, as somebody reads it."""
    value, choices = field.value(), getattr(field.field, "choices", None)
    if choices is not None:
        return next((str(label) for key, label in choices if key and str(key) == str(value)), "")
    return "" if value is None else "\n".join(str(value).split("\r\n"))


def free_slug(title: str) -> str:
    """An address from the title; with a number behind it when it is taken."""
    base = slugify(title)[:80] or "vraag"
    taken = set(Need.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)
