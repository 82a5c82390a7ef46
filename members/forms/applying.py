"""Asking to belong, on one page. What was typed is kept as it is, so that a draft may be unfinished or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.foundation.forms import MAX_TEXT, Form, ModelForm, clean_text
from kring.foundation.phones import validate_phone
from members.forms.profile import DigitsField, PostcodeField, WebField, in_words, kvk_digits
from members.models import Application, District, Organisation, OrganisationKind

PERSON = ("contact_name", "contact_email", "contact_phone")
Sections = tuple[tuple[str | Promise, tuple[str, ...]], ...]


class ApplyForm(ModelForm):
    """What every party says of itself, and who says it."""

    kind: ClassVar[OrganisationKind]
    sections_of: ClassVar[Sections]

    website = WebField(label=_("Website"), help_text=_("Bijvoorbeeld www.voorbeeld.nl."))
    postcode = PostcodeField(label=_("Postcode"), required=False, help_text=_("Bijvoorbeeld 3131 AB."))
    kvk_number = DigitsField(
        label=_("KvK-nummer"),
        required=False,
        max_length=20,
        validators=[kvk_digits],
        help_text=_("8 cijfers, bijvoorbeeld 12345678. Een groep zonder inschrijving laat dit leeg."),
    )
    contact_name = forms.CharField(
        label=_("Je naam"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact_email = forms.EmailField(
        label=_("Je e-mailadres"),
        help_text=_("Hier sturen we de mail heen waarmee je de aanmelding verstuurt."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    contact_phone = forms.CharField(
        label=_("Je telefoonnummer"),
        max_length=30,
        required=False,
        help_text=_("Voor het bestuur, als er iets te vragen is. Het komt niet op de site."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        validators=[validate_phone],
    )
    motivation = forms.CharField(
        label=_("Waarom willen jullie erbij?"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Een paar zinnen is genoeg. Wat brengen jullie mee, wat zoeken jullie?"),
    )

    def __init__(self, *args: Any, known_address: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known_address:
            del self.fields["contact_email"]

    @property
    def sections(self) -> list[tuple[str | Promise, list[Any]]]:
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.sections_of]

    @property
    def in_short(self) -> list[dict[str, Any]]:
        """What was typed, to be looked over; what was left empty is left out."""
        pairs = [{"label": field.label, "value": in_words(field)} for field in self if not field.is_hidden]
        return [pair for pair in pairs if pair["value"]]

    def described(self) -> Organisation:
        """The organisation as it describes itself, not saved."""
        organisation: Organisation = self.instance
        organisation.kind = self.kind
        return organisation

    @property
    def districts(self) -> QuerySet[District]:
        found: QuerySet[District] = self.cleaned_data.get("districts", District.objects.none())
        return found


class MemberForm(ApplyForm):
    """A social organisation that asks for membership."""

    kind = OrganisationKind.MEMBER
    sections_of = (
        (_("Jullie organisatie"), ("name", "tagline", "main_sector", "districts", "legal_form", "no_profit")),
        (_("Waar je jullie vindt"), ("website", "kvk_number", "street", "house_number", "postcode", "city")),
        (_("Waarom"), ("motivation",)),
        (_("Wie ben jij?"), PERSON),
    )
    no_profit = forms.BooleanField(
        label=_("We willen geen winst maken"),
        help_text=_("De kring is voor organisaties die iets voor de stad doen, niet om eraan te verdienen."),
        error_messages={"required": _("Wil je wel winst maken? Meld je dan aan als bedrijf.")},
    )

    class Meta:
        model = Organisation
        fields = [
            "name",
            "tagline",
            "main_sector",
            "districts",
            "legal_form",
            "website",
            "kvk_number",
            "street",
            "house_number",
            "postcode",
            "city",
        ]
        labels = {
            "name": _("Naam van de organisatie"),
            "main_sector": _("Belangrijkste sector"),
            "districts": _("In welke wijken"),
        }
        help_texts = {"tagline": _("Wat doen jullie, en voor wie? Hoogstens 200 tekens.")}
        widgets = {"tagline": forms.Textarea(attrs={"rows": 2}), "districts": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("main_sector", "tagline"):
            self.fields[name].required = True


class BusinessForm(ApplyForm):
    """A business that wants to be on the list."""

    kind = OrganisationKind.BUSINESS
    sections_of = (
        (_("Jullie bedrijf"), ("name", "tagline", "branch", "business_area", "company_size", "partner_member")),
        (_("Waar je jullie vindt"), ("website", "kvk_number", "street", "house_number", "postcode", "city")),
        (_("Wat zoeken jullie?"), ("motivation",)),
        (_("Wie ben jij?"), PERSON),
    )

    class Meta:
        model = Organisation
        fields = [
            "name",
            "tagline",
            "branch",
            "business_area",
            "company_size",
            "partner_member",
            "website",
            "kvk_number",
            "street",
            "house_number",
            "postcode",
            "city",
        ]
        labels = {"name": _("Naam van het bedrijf")}
        help_texts = {"tagline": _("Wat doen jullie? Hoogstens 200 tekens.")}
        widgets = {"tagline": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kvk_number"].required = True
        self.fields["kvk_number"].help_text = _("8 cijfers, bijvoorbeeld 12345678.")
        self.fields["motivation"].required = False
        self.fields["motivation"].label = _("Wat zou je met de kring willen doen?")
        self.fields["motivation"].help_text = _("Iets vragen van de menukaart, iets geven, of nog geen idee.")


FORMS: dict[str, type[ApplyForm]] = {
    OrganisationKind.MEMBER: MemberForm,
    OrganisationKind.BUSINESS: BusinessForm,
}


class DraftForm(Form):
    """All that is needed to keep what was typed: where to send the link."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    contact_email = forms.EmailField(
        error_messages={"required": _("Vul je e-mailadres in, dan sturen we je de link waarmee je verdergaat.")}
    )


class AnswerForm(Form):
    answer = forms.CharField(label=_("Jullie antwoord"), max_length=3000, widget=forms.Textarea(attrs={"rows": 5}))


def typed_in(data: QueryDict, form: type[ApplyForm]) -> dict[str, list[str]]:
    """What was typed in the fields of the form, right or wrong, as it was posted."""
    return {
        name: [clean_text(value)[:MAX_TEXT] for value in data.getlist(name)[:50]]
        for name in form.base_fields
        if name in data and name != "contact_email"
    }


def columns(typed: Mapping[str, list[str]]) -> dict[str, Any]:
    """The same, as an Application keeps it."""

    def first(name: str, longest: int) -> str:
        return (typed.get(name) or [""])[0].strip()[:longest]

    return {
        "answers": dict(typed),
        "name": first("contact_name", 120),
        "phone": first("contact_phone", 30),
        "motivation": first("motivation", 3000),
    }


def filled_in(application: Application) -> ApplyForm:
    """The form as it was kept, bound, so that it says what is still missing. The address is known already."""
    data = MultiValueDict({name: list(values) for name, values in application.answers.items()})
    return FORMS[application.kind](data, known_address=True)


def reopened(application: Application) -> ApplyForm:
    """The form as it was kept, without complaints."""
    form = FORMS[application.kind]
    initial = {
        name: values if isinstance(form.base_fields[name], forms.ModelMultipleChoiceField) else values[0]
        for name, values in application.answers.items()
        if name in form.base_fields and values
    }
    return form(initial=initial, known_address=True)
