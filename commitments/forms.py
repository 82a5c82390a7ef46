"""The forms of the main job. Each knows what it is about and what it does: `act(by, at)` after `is_valid()`."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments import enquiring, promising
from commitments.models import UNITS, Answer, Commitment, DeclineReason, Enquiry, GivenBackReason
from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.foundation.forms import Form, Once
from members.models import Organisation
from offerings.models import Offering

LARGEST = Decimal("99999999")
LATEST = dt.timedelta(days=5 * 366)


def future_date(value: dt.date) -> dt.date:
    """A day from today on, within five years. Raises ValidationError."""
    today = timezone.localdate()
    if value < today:
        raise forms.ValidationError(_("Deze datum is al voorbij. Kies vandaag of een dag daarna."))
    if value > today + LATEST:
        raise forms.ValidationError(_("Deze datum is te ver weg. Kies een dag binnen vijf jaar."))
    return value


def quantity_field(label: Any, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=Decimal("0.01"), max_value=LARGEST, max_digits=10, decimal_places=2, **kwargs
    )


class AskForm(Once, Form):
    """Asking for an offering. Who is signed in for an organisation says for which; others say who they are."""

    asker = forms.ModelChoiceField(label=_("Namens"), queryset=Organisation.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Je naam"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    organisation_name = forms.CharField(
        label=_("Je bedrijf of organisatie"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        label=_("Je e-mailadres"),
        help_text=_("We sturen je eerst een mail om te kijken of het klopt."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    people = forms.IntegerField(label=_("Met hoeveel mensen?"), min_value=1, max_value=100_000, required=False)
    wanted_by = forms.DateField(
        label=_("Voor wanneer?"),
        help_text=_("Weet je het nog niet precies? Kies de laatste dag waarop het nog kan."),
    )
    message = forms.CharField(label=_("Wat zou je willen?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    counter_favour = forms.CharField(
        label=_("Wat doen jullie terug?"),
        max_length=120,
        required=False,
        help_text=_(
            "Een tegenprestatie hoeft geen geld te zijn. Bijvoorbeeld: een rondleiding, verf, een dagdeel hulp."
        ),
    )
    no_counter_favour = forms.BooleanField(label=_("Er is niets nodig, of we betalen de prijs"), required=False)

    def __init__(self, *args: Any, offering: Offering, user: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offering, self.user = offering, user
        own = Organisation.objects.served_by(user).exclude(pk=offering.organisation_id).order_by("name")
        self.is_known = own.exists()
        if self.is_known:
            self._asked_for(own)
        else:
            del self.fields["asker"]

    def _asked_for(self, own: QuerySet[Organisation]) -> None:
        asker = self.fields["asker"]
        if isinstance(asker, forms.ModelChoiceField):
            asker.queryset = own
        for name in ("name", "organisation_name", "email"):
            del self.fields[name]

    def clean_wanted_by(self) -> dt.date:
        return future_date(self.cleaned_data["wanted_by"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("counter_favour") and not cleaned.get("no_counter_favour"):
            self.add_error("counter_favour", _("Schrijf op wat jullie terugdoen, of kruis aan dat er niets nodig is."))
        return cleaned

    def ask(self, at: dt.datetime) -> Enquiry:
        data = self.cleaned_data
        user = self.user if isinstance(self.user, User) else None
        asker = data.get("asker")
        enquiry = Enquiry(
            offering=self.offering,
            receiver=self.offering.organisation,
            asker=asker,
            name=data.get("name") or (user.get_full_name() if user else ""),
            organisation_name=data.get("organisation_name") or str(asker),
            email=data.get("email") or (user.email if user else ""),
            people=data["people"],
            wanted_by=data["wanted_by"],
            message=data["message"],
            counter_favour="" if data["no_counter_favour"] else data["counter_favour"],
            no_counter_favour=data["no_counter_favour"],
            once=data["once"],
        )
        return enquiring.ask(enquiry, user if asker else None, at)


class DeedForm(Once, Form):
    """A form about one thing. `CHOICE` says which fields are asked for with which choice."""

    NEEDED: dict[str, tuple[str, ...]] = {}

    def __init__(self, *args: Any, subject: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        for name in self.NEEDED.get(cleaned.get("choice", ""), ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Vul dit ook in."))
        return cleaned

    def act(self, by: Actor, at: dt.datetime) -> None:
        raise LookupError(type(self).__name__)

    @property
    def key(self) -> uuid.UUID:
        """What makes a second press of the button the same deed."""
        key: uuid.UUID = self.cleaned_data["once"]
        return key


class EnquiryAnswerForm(DeedForm):
    """Yes with terms, let's talk, or no with a reason."""

    NEEDED = {
        Answer.YES: ("quantity", "unit", "due_on"),
        Answer.TALK: ("text",),
        Answer.NO: ("reason",),
    }

    choice = forms.ChoiceField(label=_("Wat antwoord je?"), choices=Answer.choices, widget=forms.RadioSelect)
    quantity = quantity_field(_("Hoeveel?"), required=False)
    unit = forms.CharField(
        label=_("Waarvan?"), max_length=20, required=False, widget=forms.TextInput(attrs={"list": "units"})
    )
    due_on = forms.DateField(label=_("Uiterlijk wanneer?"), required=False)
    counter_favour = forms.CharField(label=_("In ruil voor"), max_length=120, required=False)
    text = forms.CharField(
        label=_("Bericht"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    reason = forms.ChoiceField(
        label=_("Waarom niet?"), choices=[("", _("Kies een reden")), *DeclineReason.choices], required=False
    )

    def __init__(self, *args: Any, subject: Enquiry, **kwargs: Any) -> None:
        terms = enquiring.terms_of(subject, timezone.localdate())
        asked = {
            "quantity": terms.quantity,
            "unit": terms.unit,
            "due_on": terms.due_on,
            "counter_favour": terms.counter_favour,
        }
        super().__init__(*args, subject=subject, initial=asked | (kwargs.pop("initial", None) or {}), **kwargs)
        self.units = UNITS

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("choice") == Answer.YES and cleaned.get("due_on"):
            try:
                future_date(cleaned["due_on"])
            except forms.ValidationError as error:
                self.add_error("due_on", error)
        return cleaned

    def act(self, by: Actor, at: dt.datetime) -> None:
        data = self.cleaned_data
        match data["choice"]:
            case Answer.YES:
                terms = enquiring.Terms(
                    title=str(self.subject.about)[:120],
                    quantity=data["quantity"],
                    unit=data["unit"],
                    due_on=data["due_on"],
                    counter_favour=data["counter_favour"],
                )
                enquiring.agree(self.subject, by, at, terms=terms, note=data["text"])
            case Answer.TALK:
                enquiring.talk(self.subject, by, at, text=data["text"], by_receiver=True, once=self.key)
            case _no:
                enquiring.decline(self.subject, by, at, reason=data["reason"], note=data["text"])


class MessageForm(DeedForm):
    """What the one who asked says back."""

    text = forms.CharField(label=_("Je bericht"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def act(self, by: Actor, at: dt.datetime) -> None:
        enquiring.talk(
            self.subject, by, at, text=self.cleaned_data["text"], by_receiver=False, once=self.cleaned_data["once"]
        )


class AnswerForm(DeedForm):
    """Yes or no to a proposal."""

    choice = forms.ChoiceField(
        label=_("Wat vind je ervan?"),
        choices=[("yes", _("Ja, dat spreken we af")), ("no", _("Nee, dit past niet"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Wil je er iets bij zeggen?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def act(self, by: Actor, at: dt.datetime) -> None:
        step = promising.accept if self.cleaned_data["choice"] == "yes" else promising.decline
        step(self.subject, by, at, self.cleaned_data["note"])


class ReportForm(DeedForm):
    """How it goes: done, some of it, or it will not work out."""

    NEEDED = {"done": ("quantity", "note"), "progress": ("quantity",), "give_back": ("reason",)}

    choice = forms.ChoiceField(
        label=_("Hoe staat het ermee?"),
        choices=[
            ("done", _("Het is klaar")),
            ("progress", _("Er is een deel gedaan")),
            ("give_back", _("Het gaat niet lukken")),
        ],
        widget=forms.RadioSelect,
    )
    quantity = quantity_field(_("Hoeveel?"), required=False)
    note = forms.CharField(
        label=_("Wat leverde het op?"),
        help_text=_("Eén of twee zinnen. Bijvoorbeeld: zes middagen, veertien jongeren deden mee."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.ChoiceField(
        label=_("Waardoor lukt het niet?"),
        choices=[("", _("Kies een reden")), *GivenBackReason.choices],
        required=False,
        help_text=_("Dat kan gebeuren. Fijn dat je het zegt."),
    )

    def __init__(self, *args: Any, subject: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.fields["quantity"].initial = subject.quantity
        self.fields["quantity"].help_text = _("Afgesproken: %(promised)s %(unit)s") % {
            "promised": subject.quantity.normalize().to_integral_value()
            if subject.quantity == subject.quantity.to_integral_value()
            else subject.quantity,
            "unit": subject.unit,
        }

    def act(self, by: Actor, at: dt.datetime) -> None:
        data = self.cleaned_data
        match data["choice"]:
            case "done":
                promising.report(self.subject, by, at, quantity=data["quantity"], note=data["note"], once=self.key)
            case "progress":
                promising.add_update(self.subject, by, at, quantity=data["quantity"], note=data["note"], once=self.key)
            case _give_back:
                promising.give_back(self.subject, by, at, reason=data["reason"], note=data["note"])


class ConfirmForm(DeedForm):
    """The receiver: yes, or not yet and why."""

    NEEDED = {"yes": ("quantity",), "not_yet": ("note",)}

    choice = forms.ChoiceField(
        label=_("Klopt dit resultaat?"),
        choices=[("yes", _("Ja, dit klopt")), ("not_yet", _("Nog niet helemaal"))],
        widget=forms.RadioSelect,
    )
    quantity = quantity_field(_("Hoeveel was het?"), required=False)
    note = forms.CharField(
        label=_("Wil je er iets bij zeggen?"),
        help_text=_("Is het nog niet klaar? Schrijf dan wat er nog mist."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, subject: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.fields["quantity"].initial = subject.delivered

    def act(self, by: Actor, at: dt.datetime) -> None:
        data = self.cleaned_data
        if data["choice"] == "yes":
            promising.confirm(self.subject, by, at, quantity=data["quantity"], note=data["note"])
        else:
            promising.not_yet(self.subject, by, at, note=data["note"])
