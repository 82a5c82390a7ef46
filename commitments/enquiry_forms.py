"""Asking for something, answering a need, and the talk that follows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments import enquiring
from commitments.forms import DeedForm, future_date, quantity_field
from commitments.models import UNITS, Answer, DeclineReason, Enquiry
from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.foundation.forms import Form, Once, UnitField
from members.models import Organisation
from offerings.models import Need, Offering

ME = ("name", "organisation_name", "email")
# A person writes a few messages in an hour; each makes a mail to the other side.
MESSAGES_AN_HOUR = 20
# So many are asked in one go; the rest after that.
MOST_AT_ONCE = 10
NEED_REASONS = {DeclineReason.NO_TIME, DeclineReason.DATE, DeclineReason.MET, DeclineReason.OTHER}
OFFER_REASONS = set(DeclineReason) - {DeclineReason.MET}


class AskingForm(Once, Form):
    """Who is signed in for an organisation says for which; others say who they are, and confirm that by mail."""

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

    def __init__(self, *args: Any, user: User | AnonymousUser, not_for: Organisation | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user
        own = Organisation.objects.served_by(user).order_by("name")
        if not_for is not None:
            own = own.exclude(pk=not_for.pk)
        self.is_known = own.exists()
        if self.is_known:
            self._asked_for(own)
        else:
            del self.fields["asker"]

    def _asked_for(self, own: QuerySet[Organisation]) -> None:
        asker = self.fields["asker"]
        if isinstance(asker, forms.ModelChoiceField):
            asker.queryset = own
        for name in ME:
            del self.fields[name]

    def clean_wanted_by(self) -> dt.date:
        return future_date(self.cleaned_data["wanted_by"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("counter_favour") and not cleaned.get("no_counter_favour"):
            self.add_error("counter_favour", self.WITHOUT_COUNTER_FAVOUR)
        if not self.errors and not self._have_room():
            self.add_error(None, self.TOO_MANY)
        return cleaned

    def _have_room(self) -> bool:
        """Also what waits for a confirmation counts; what the same press made already does not."""
        about = self.about
        made = [self._key(each) for each in about]
        asked = Enquiry.objects.of_asker(self.cleaned_data.get("asker"), self.cleaned_data.get("email", ""))
        waiting = asked.not_closed().exclude(once__in=made)
        wanted = Counter(each.organisation for each in about)
        return all(enquiring.has_room(receiver, waiting, number) for receiver, number in wanted.items())

    TOO_MANY = _("Er liggen al veel aanvragen van jullie bij deze organisatie. Wacht op antwoord.")

    WITHOUT_COUNTER_FAVOUR = _("Schrijf op wat jullie terugdoen, of kruis aan dat er niets nodig is.")

    @property
    def about(self) -> Sequence[Offering | Need]:
        """What is asked for, with the organisation of each."""
        raise LookupError(type(self).__name__)

    def ask(self, at: dt.datetime) -> list[Enquiry]:
        user = self.user if isinstance(self.user, User) else None
        asked = [self._enquiry(about, user) for about in self.about]
        return enquiring.ask(asked, user if self.cleaned_data.get("asker") else None, at)

    def _enquiry(self, about: Offering | Need, user: User | None) -> Enquiry:
        data = self.cleaned_data
        asker = data.get("asker")
        return Enquiry(
            offering=about if isinstance(about, Offering) else None,
            need=about if isinstance(about, Need) else None,
            receiver=about.organisation,
            asker=asker,
            name=data.get("name") or (user.get_full_name() if user else ""),
            organisation_name=data.get("organisation_name") or str(asker),
            email=data.get("email") or (user.email if user else ""),
            people=data["people"],
            wanted_by=data["wanted_by"],
            message=data["message"],
            counter_favour="" if data["no_counter_favour"] else data["counter_favour"],
            no_counter_favour=data["no_counter_favour"],
            once=self._key(about),
        )

    def _key(self, about: Offering | Need) -> uuid.UUID:
        """What makes a second press the same deed; who goes back and mends the address or the words, asks anew."""
        data = self.cleaned_data
        return uuid.uuid5(data["once"], f"{data.get('email', '').lower()}\n{data['message']}")


class AskForm(AskingForm):
    """Asking for one offering."""

    def __init__(self, *args: Any, offering: Offering, **kwargs: Any) -> None:
        super().__init__(*args, not_for=offering.organisation, **kwargs)
        self.offering = offering

    def clean(self) -> dict[str, Any] | None:
        if not self.offering.is_on_card(timezone.localdate()):
            self.add_error(None, self.GONE % {"title": self.offering})
        return super().clean()

    GONE = _("‘%(title)s’ is intussen van de menukaart af. Je kunt het nu niet aanvragen.")

    @property
    def about(self) -> Sequence[Offering]:
        return [self.offering]


class AskSeveralForm(AskingForm):
    """The same to several at once, of what was set aside."""

    which = forms.MultipleChoiceField(
        label=_("Wat wil je aanvragen?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Kruis aan wat je wilt aanvragen."),
            "invalid_choice": _("Iets wat je aankruiste, is van de menukaart af. Kijk na wat er nog staat."),
        },
    )
    field_order = ["which", "asker", *ME]

    def __init__(self, *args: Any, offerings: Sequence[Offering], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offerings = offerings
        which = self.fields["which"]
        which.choices = [(each.slug, f"{each.title} ({each.organisation})") for each in offerings]  # type: ignore[attr-defined]
        which.initial = [each.slug for each in offerings[:MOST_AT_ONCE]]

    def clean_which(self) -> list[str]:
        which: list[str] = self.cleaned_data["which"]
        if len(which) > MOST_AT_ONCE:
            told = _("Vraag er hoogstens %(number)d tegelijk aan. Haal een paar vinkjes weg.")
            raise forms.ValidationError(told % {"number": MOST_AT_ONCE})
        return which

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        asker = cleaned.get("asker")
        own = [each.title for each in self.about if asker is not None and each.organisation_id == asker.pk]
        if own:
            self.add_error("which", _("‘%(title)s’ is van jullie zelf. Haal het vinkje weg.") % {"title": own[0]})
        return cleaned

    @property
    def about(self) -> Sequence[Offering]:
        wanted = set(self.cleaned_data.get("which", ()))
        return [each for each in self.offerings if each.slug in wanted]

    def _key(self, about: Offering | Need) -> uuid.UUID:
        return uuid.uuid5(super()._key(about), str(about.pk))


class HelpForm(AskingForm):
    """Answering a need: how one can help, and what is asked in return."""

    WITHOUT_COUNTER_FAVOUR = _("Schrijf op wat je ervoor terugvraagt, of kruis aan dat er niets nodig is.")

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        super().__init__(*args, not_for=need.organisation, **kwargs)
        self.need = need
        texts: dict[str, tuple[Any, Any]] = {
            "message": (_("Hoe kun je helpen?"), ""),
            "wanted_by": (_("Wanneer kan dat?"), _("Uiterlijk op welke dag? Je kunt er later nog over praten.")),
            "counter_favour": (
                _("Wil je er iets voor terug?"),
                _("Bijvoorbeeld een rondleiding of een bedankje."),
            ),
            "no_counter_favour": (_("Er hoeft niets tegenover te staan"), ""),
        }
        for name, (label, hint) in texts.items():
            self.fields[name].label, self.fields[name].help_text = label, hint

    def clean(self) -> dict[str, Any] | None:
        if not self.need.is_open(timezone.localdate()):
            self.add_error(None, self.GONE % {"title": self.need})
        return super().clean()

    GONE = _("‘%(title)s’ staat intussen niet meer open. Je kunt er nu niet meer op reageren.")

    @property
    def about(self) -> Sequence[Need]:
        return [self.need]


class EnquiryAnswerForm(DeedForm):
    """Yes with terms, let's talk, or no with a reason and perhaps something else."""

    NEEDED = {
        Answer.YES: ("quantity", "unit", "due_on"),
        Answer.TALK: ("text",),
        Answer.NO: ("reason",),
    }

    choice = forms.ChoiceField(label=_("Wat antwoord je?"), choices=Answer.choices, widget=forms.RadioSelect)
    title = forms.CharField(label=_("Wat spreken jullie af?"), max_length=120, required=False)
    quantity = quantity_field(_("Hoeveel?"), required=False)
    unit = UnitField(label=_("Waarvan?"), required=False)
    due_on = forms.DateField(label=_("Uiterlijk wanneer?"), required=False)
    counter_favour = forms.CharField(label=_("In ruil voor"), max_length=120, required=False)
    text = forms.CharField(
        label=_("Bericht"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    reason = forms.ChoiceField(label=_("Waarom niet?"), required=False)
    alternative = forms.ModelChoiceField(
        label=_("Wat misschien wel past"),
        queryset=Offering.objects.none(),
        required=False,
        empty_label=_("Niets anders"),
        to_field_name="slug",
    )

    def __init__(self, *args: Any, subject: Enquiry, **kwargs: Any) -> None:
        terms = enquiring.terms_of(subject, timezone.localdate())
        asked = {
            "title": terms.title,
            "quantity": terms.quantity,
            "unit": terms.unit,
            "due_on": terms.due_on,
            "counter_favour": terms.counter_favour,
        }
        super().__init__(*args, subject=subject, initial=asked | (kwargs.pop("initial", None) or {}), **kwargs)
        self.units = UNITS
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            (value, subject.yes_label if value == Answer.YES else label) for value, label in Answer.choices
        ]
        fits = NEED_REASONS if subject.answers_need else OFFER_REASONS
        reasons = [(value, label) for value, label in DeclineReason.choices if value in fits]
        self.fields["reason"].choices = [("", _("Kies een reden")), *reasons]  # type: ignore[attr-defined]
        if subject.answers_need:
            del self.fields["alternative"]
        else:
            others = Offering.objects.published().filter(organisation=subject.receiver_id).in_own_order()
            self.fields["alternative"].queryset = others.exclude(pk=subject.offering_id or 0)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("choice") == Answer.YES and cleaned.get("due_on"):
            try:
                future_date(cleaned["due_on"])
            except forms.ValidationError as error:
                self.add_error("due_on", error)
        if cleaned.get("choice") == Answer.TALK:
            refuse_too_many(self, self.subject, by_receiver=True)
        return cleaned

    def act(self, by: Actor, at: dt.datetime) -> None:
        data = self.cleaned_data
        match data["choice"]:
            case Answer.YES:
                terms = enquiring.Terms(
                    title=data["title"] or str(self.subject.about)[:120],
                    quantity=data["quantity"],
                    unit=data["unit"],
                    due_on=data["due_on"],
                    counter_favour=data["counter_favour"],
                )
                enquiring.agree(self.subject, by, at, terms=terms, note=data["text"])
            case Answer.TALK:
                enquiring.talk(self.subject, by, at, text=data["text"], by_receiver=True, once=self.key)
            case _no:
                enquiring.decline(
                    self.subject, by, at, reason=data["reason"], note=data["text"], alternative=data.get("alternative")
                )


class MessageForm(DeedForm):
    """What the one who asked says back."""

    text = forms.CharField(label=_("Je bericht"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        refuse_too_many(self, self.subject, by_receiver=False)
        return cleaned

    def act(self, by: Actor, at: dt.datetime) -> None:
        enquiring.talk(
            self.subject, by, at, text=self.cleaned_data["text"], by_receiver=False, once=self.cleaned_data["once"]
        )


class WithdrawForm(DeedForm):
    """Who asked does not need it any more."""

    reason = forms.CharField(label=_("Wil je erbij zeggen waarom?"), max_length=500, required=False)

    def act(self, by: Actor, at: dt.datetime) -> None:
        enquiring.withdraw(self.subject, by, at, note=self.cleaned_data["reason"])


def refuse_too_many(form: forms.BaseForm, enquiry: Enquiry, *, by_receiver: bool) -> None:
    """Adds an error once one side has written MESSAGES_AN_HOUR messages within the hour."""
    since = timezone.now() - dt.timedelta(hours=1)
    written = enquiry.messages.filter(by_receiver=by_receiver, at__gte=since).count()
    if written >= MESSAGES_AN_HOUR:
        form.add_error("text", _("Je schreef het afgelopen uur al veel berichten. Probeer het straks nog eens."))
