from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kring.board.importing import columns, reading
from kring.board.importing.organisations import Wishes
from kring.board.importing.packages import NotReadable
from kring.board.models import Import, ImportKind
from kring.foundation.forms import Form, Once
from kring.foundation.models import Circle

ACCEPTED = ".csv,.txt,.tsv,.xlsx"
TOO_LARGE = _("Dit bestand is groter dan 9 MB. Knip de lijst in stukken en doe die een voor een.")

EXPLAINED = [
    (ImportKind.BUSINESSES, _("Bedrijven, zoals de ledenlijst van de ondernemersvereniging")),
    (ImportKind.ORGANISATIONS, _("Maatschappelijke organisaties die lid zijn, met hun beheerder")),
    (ImportKind.PEOPLE, _("Mensen, met de organisatie waarvoor ze iets mogen doen")),
]


class ListField(forms.FileField):
    """A list as a spreadsheet saves it. What is something else is told so at once; its rows are read by a task."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        most = {"data-most-bytes": reading.MAX_BYTES, "data-too-large": TOO_LARGE}
        self.widget.attrs |= {"accept": ACCEPTED, **most}

    def clean(self, data: Any, initial: Any = None) -> Any:
        cleaned: UploadedFile[Any] = super().clean(data, initial)
        if (cleaned.size or 0) > reading.MAX_BYTES:
            raise ValidationError(TOO_LARGE)
        content = cleaned.read()
        try:
            reading.refuse_at_sight(content)
        except NotReadable as error:
            raise ValidationError(str(error)) from error
        return cleaned, content


class UploadForm(Once, Form):
    kind = forms.ChoiceField(label=_("Wat staat er in de lijst?"), choices=EXPLAINED, widget=forms.RadioSelect)
    file = ListField(
        label=_("Het bestand"),
        allow_empty_file=True,
        help_text=_("CSV of XLSX, hoogstens 20.000 rijen en 9 MB. Van een werkmap lezen we het eerste blad."),
    )


class FourDigits(forms.CharField):
    """Those of a postcode: a number would be written with a dot in it."""

    default_validators = [RegexValidator(r"^[1-9]\d{3}$", _("Geef vier cijfers, bijvoorbeeld 3131."))]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=4, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs)


class ColumnsForm(Form):
    """Which column is what, and what is to be done with the rows."""

    overwrite = forms.BooleanField(
        label=_("Verander ook wat hier al staat"),
        required=False,
        help_text=_("Anders vullen we alleen aan wat leeg is."),
    )
    of_partner = forms.BooleanField(required=False)
    list_them = forms.BooleanField(
        label=_("Zet ze meteen op de lijst met bedrijven"),
        required=False,
        help_text=_("Anders zien alleen jullie ze, tot je ze er zelf op zet."),
    )
    invite = forms.BooleanField(
        label=_("Stuur wie er een rol bij krijgt een mail"),
        required=False,
        help_text=_("Eén mail per rol: dat ze kunnen inloggen, en hoe. Zonder vinkje mailen we niemand."),
    )
    postcodes_from = FourDigits(label=_("Postcodes van de stad, van"), required=False)
    postcodes_to = FourDigits(
        label=_("Postcodes van de stad, tot en met"),
        required=False,
        help_text=_("Vier cijfers. Van een postcode daarbuiten vragen we of die klopt."),
    )

    def __init__(self, data: Any = None, *, found: Import) -> None:
        self._kind, self._header, self._samples = ImportKind(found.kind), found.header, found.samples
        wishes = Wishes.of(found.wishes)
        span = wishes.postcodes or (None, None)
        kept = {name: getattr(wishes, name) for name in ("overwrite", "of_partner", "list_them", "invite")}
        super().__init__(data, initial=kept | {"postcodes_from": span[0], "postcodes_to": span[1]})
        self._leave_out()
        by_place = {place: name for name, place in (found.mapping or {}).items()}
        for place, header in enumerate(self._header):
            self.fields[column(place)] = self._column(place, header, by_place.get(place, ""))

    def _leave_out(self) -> None:
        """What a list of this kind has nothing to do with."""
        unasked = {
            ImportKind.BUSINESSES: ("invite",),
            ImportKind.ORGANISATIONS: ("of_partner", "list_them"),
            ImportKind.PEOPLE: ("overwrite", "of_partner", "list_them", "postcodes_from", "postcodes_to"),
        }
        for name in unasked[self._kind]:
            del self.fields[name]
        if "of_partner" in self.fields:
            partner = Circle.current().partner_short or _now("de ondernemersvereniging")
            self.fields["of_partner"].label = _now("Ze zijn lid van %(partner)s") % {"partner": partner}

    def _column(self, place: int, header: str, name: str) -> forms.ChoiceField:
        fields = [(each.name, each.label) for each in columns.fields_of(self._kind)]
        samples = self._samples[place] if place < len(self._samples) else []
        return forms.ChoiceField(
            label=header or _now("kolom %(number)d") % {"number": place + 1},
            choices=[(UNUSED, _now("gebruik deze kolom niet")), *fields],
            initial=name or UNUSED,
            help_text=_now("Zoals: %(samples)s") % {"samples": " · ".join(samples)} if samples else "",
        )

    @property
    def of_columns(self) -> list[BoundField]:
        return [self[column(place)] for place in range(len(self._header))]

    @property
    def of_wishes(self) -> list[BoundField]:
        return [self[name] for name in self.fields if not name.startswith(COLUMN)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        taken: dict[str, str] = {}
        for place in range(len(self._header)):
            name = cleaned.get(column(place), "")
            if name in taken:
                message = _("Kolom ‘%(other)s’ is dat al. Kies iets anders.")
                self.add_error(column(place), ValidationError(message, params={"other": taken[name]}))
            elif name not in {"", UNUSED}:
                taken[name] = self._header[place]
        if not self.errors:
            self._must_have()
        if bool(cleaned.get("postcodes_from")) != bool(cleaned.get("postcodes_to")):
            self.add_error("postcodes_to", _("Vul ze allebei in, of geen van beide."))
        return cleaned

    def _must_have(self) -> None:
        for each in columns.missing(self.mapping, self._kind):
            message = _("Zeg nog welke kolom dit is: %(field)s. Zonder dat kan deze lijst niet mee.")
            self.add_error(None, ValidationError(message, params={"field": each.label}))

    @property
    def mapping(self) -> dict[str, int]:
        chosen = {str(place): self.cleaned_data.get(column(place), "") for place in range(len(self._header))}
        return columns.by_hand(chosen, self._header, self._kind)

    @property
    def wishes(self) -> dict[str, Any]:
        said = self.cleaned_data
        span = [int(said["postcodes_from"]), int(said["postcodes_to"])] if said.get("postcodes_from") else None
        return {
            "overwrite": said.get("overwrite", False),
            "of_partner": said.get("of_partner", False),
            "list_them": said.get("list_them", False),
            "invite": said.get("invite", False),
            "postcodes": sorted(span) if span else None,
        }


COLUMN, UNUSED = "kolom-", "niet"


def column(place: int) -> str:
    """The name of the field that says what a column is."""
    return f"{COLUMN}{place}"
