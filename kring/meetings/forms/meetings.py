from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kring.foundation.documents import DocumentField
from kring.foundation.forms import Form, ModelForm, Once, Versioned
from kring.foundation.images import PictureField
from kring.meetings import audiences, preparing
from kring.meetings.agenda import WRITTEN
from kring.meetings.models import AgendaItem, Meeting, Minutes, MinutesAudience, Template
from members.models import Organisation

LATEST = dt.timedelta(days=5 * 366)
SMALL_HOURS = dt.time(6)
# Of an evening with a hundred lines the draft alone is long.
LONGEST_MINUTES = 100_000


def moment(day: dt.date, time: dt.time) -> dt.datetime:
    """That time on that day by the circle's clock. Raises ValidationError in the two nights that it is changed."""
    zone = timezone.get_default_timezone()
    told = dt.datetime.combine(day, time)
    first, second = told.replace(tzinfo=zone, fold=0), told.replace(tzinfo=zone, fold=1)
    back = first.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None)
    if back != told:
        raise forms.ValidationError(
            _("Deze tijd bestaat die nacht niet: de klok gaat een uur vooruit. Kies een andere.")
        )
    if first.utcoffset() != second.utcoffset():
        raise forms.ValidationError(
            _("Dit uur komt die nacht twee keer voor: de klok gaat terug. Kies een andere tijd.")
        )
    return first


class WhenForm(forms.BaseForm):
    """A day with two times, checked by the circle's clock. An end in the small hours is of the night after."""

    def moments(self, cleaned: dict[str, Any]) -> dict[str, dt.datetime]:
        """Both, as far as they were given right; what is wrong is said beside the time that it is about."""
        found: dict[str, dt.datetime] = {}
        day = cleaned.get("day")
        for name, field in (("begins", "starts_at"), ("ends", "ends_at")):
            if day is None or cleaned.get(name) is None:
                continue
            ends_that_night = name == "ends" and cleaned[name] < SMALL_HOURS < (cleaned.get("begins") or SMALL_HOURS)
            try:
                found[field] = moment(day + dt.timedelta(days=ends_that_night), cleaned[name])
            except forms.ValidationError as error:
                self.add_error(name, error)
        if len(found) == 2 and found["ends_at"] <= found["starts_at"]:
            self.add_error("ends", _("Het einde is voor het begin. Kies een latere tijd."))
        return found


class MeetingForm(Once, Versioned, WhenForm, ModelForm):
    """A meeting as the board writes it. When it is, is asked as a day and two times."""

    day = forms.DateField(label=_("Welke dag?"))
    begins = forms.TimeField(label=_("Van"))
    ends = forms.TimeField(label=_("Tot"))

    class Meta:
        model = Meeting
        fields = [
            *("title", "kind", "visibility", "intro", "venue", "address", "practical", "host"),
            *("capacity", "signup_opens_on", "signup_closes_on"),
        ]
        widgets = {
            "intro": forms.Textarea(attrs={"rows": 5}),
            "practical": forms.Textarea(attrs={"rows": 3}),
            "visibility": forms.RadioSelect,
        }
        help_texts = {
            "intro": _("Een lege regel begint een nieuwe alinea, **sterren** maken vet."),
            "practical": _("Inloop, parkeren, eten, bereikbaar met een rolstoel."),
            "capacity": _("Leeg: er is altijd plek. Wie er niet meer bij past, komt op de wachtlijst."),
            "visibility": _("Bij leden en bedrijven zien alleen wie meedoet en wie jullie uitnodigen de pagina."),
        }

    field_order = ["title", "kind", "day", "begins", "ends", "venue", "address", "practical", "intro"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        host = self.fields["host"]
        if isinstance(host, forms.ModelChoiceField):
            host.queryset = Organisation.objects.listed().order_by("name")
        if self.instance.pk:
            starts, ends = timezone.localtime(self.instance.starts_at), timezone.localtime(self.instance.ends_at)
            self.initial = {**self.initial, "day": starts.date(), "begins": starts.time(), "ends": ends.time()}

    def clean_capacity(self) -> int | None:
        capacity: int | None = self.cleaned_data["capacity"]
        taken = self.instance.taken
        if capacity is not None and capacity < taken:
            words = ngettext(
                "Er heeft al %(n)d mens een plek. Kies dat aantal of meer.",
                "Er hebben al %(n)d mensen een plek. Kies dat aantal of meer.",
                taken,
            )
            raise forms.ValidationError(words % {"n": taken})
        return capacity

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        found = self.moments(cleaned)
        starts = found.get("starts_at")
        if starts is not None and starts != self.instance.starts_at:
            self._check_day(starts, cleaned["day"])
        opens, closes, day = (cleaned.get(name) for name in ("signup_opens_on", "signup_closes_on", "day"))
        if opens and closes and closes < opens:
            self.add_error("signup_closes_on", _("Dit is voor de dag waarop het aanmelden begint."))
        if day and opens and opens > day:
            self.add_error("signup_opens_on", _("Dit is na de bijeenkomst zelf. Kies een eerdere dag."))
        for name, value in found.items():
            setattr(self.instance, name, value)
        return cleaned

    def _check_day(self, starts: dt.datetime, day: dt.date) -> None:
        now = timezone.now()
        if day < timezone.localdate(now):
            self.add_error("day", _("Deze dag is al voorbij. Kies vandaag of een dag daarna."))
        elif starts <= now:
            self.add_error("begins", _("Dit is al begonnen. Kies een latere tijd."))
        elif starts > now + LATEST:
            self.add_error("day", _("Deze dag is te ver weg. Kies een dag binnen vijf jaar."))


class BeginForm(MeetingForm):
    """A new one: from a template, from an earlier meeting, or from nothing."""

    source = forms.ChoiceField(
        label=_("Waar begin je mee?"),
        required=False,
        help_text=_("De agenda komt mee, met de adressen van stukken. Alles is daarna te veranderen."),
    )
    field_order = ["source", *MeetingForm.field_order]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        templates = {f"template:{each.slug}": each for each in Template.objects.all()[:50]}
        recent = Meeting.objects.order_by("-starts_at", "-pk")[:20]
        copies = {f"copy:{each.slug}": each for each in recent}
        chosen = str(self["source"].value() or "")
        older = preparing.source_named(chosen) if chosen not in copies else None
        if isinstance(older, Meeting):
            copies[chosen] = older
        source = self.fields["source"]
        if isinstance(source, forms.ChoiceField):
            source.choices = [
                ("", _("Met een lege agenda")),
                (_("Een sjabloon"), [(key, str(each)) for key, each in templates.items()]),
                (_("Net als"), [(key, f"{each} ({each.date:%d-%m-%Y})") for key, each in copies.items()]),
            ]

    @property
    def begins_with(self) -> Template | Meeting | None:
        return preparing.source_named(self.cleaned_data.get("source", ""))


class ItemForm(Once, Versioned, ModelForm):
    picture = PictureField(
        label=_("Bijlage: een foto of plaat"), required=False, help_text=_("JPEG, PNG of WebP, hoogstens 5 MB.")
    )

    document = DocumentField(
        label=_("Bijlage: een stuk"),
        required=False,
        help_text=_("Een PDF, hoogstens 10 MB. Wie de bijeenkomst kan zien, kan het stuk lezen."),
    )
    link = forms.URLField(
        label=_("Bijlage: adres van een stuk"),
        required=False,
        assume_scheme="https",
        help_text=_("Van een stuk dat ergens anders staat, bijvoorbeeld https://www.voorbeeld.nl/begroting.pdf"),
    )

    class Meta:
        model = AgendaItem
        fields = WRITTEN
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "minutes": _("Hoe laat het begint, rekenen we zelf uit."),
            "speaker": _("Wie het inleidt of leidt. Een naam of een organisatie."),
            "document_label": _("Vul je niets in, dan heet het zoals het bestand."),
            "fills": _("Dan staat er vanzelf onder wat er op dat moment speelt."),
        }

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("link_label") and not cleaned.get("link") and "link" not in self.errors:
            self.add_error("link", _("Vul ook het adres van het stuk in, of laat de naam weg."))
        chosen = self.files.get(self.add_prefix("document"))
        if not cleaned.get("document"):
            cleaned["document_label"] = ""
        elif chosen is not None and not cleaned.get("document_label"):
            cleaned["document_label"] = Path(chosen.name or "").stem[:120]
        return cleaned


class CancelForm(Form):
    reason = forms.CharField(
        label=_("Waarom gaat het niet door?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Dit staat in de mail aan iedereen die zich aanmeldde."),
    )


class InviteForm(Once, Form):
    audience = forms.ChoiceField(label=_("Wie nodig je uit?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audience = self.fields["audience"]
        if isinstance(audience, forms.ChoiceField):
            audience.choices = [(each.key, each.label) for each in audiences.everything()]


class TemplateForm(Form):
    name = forms.CharField(label=_("Hoe heet dit sjabloon?"), max_length=100)


class MinutesForm(Versioned, Form):
    text = forms.CharField(
        label=_("Verslag"),
        max_length=LONGEST_MINUTES,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=_("### maakt een kopje, een streepje een lijst, **sterren** maken vet."),
    )
    audience = forms.ChoiceField(
        label=_("Wie mag dit lezen?"), choices=MinutesAudience.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, minutes: Minutes, **kwargs: Any) -> None:
        self.instance = minutes
        super().__init__(*args, initial={"text": minutes.text, "audience": minutes.audience}, **kwargs)

    def clean_version(self) -> int:
        """Of an empty sheet there is no other version, whatever was sent."""
        return super().clean_version() if self.instance.pk else self.instance.version
