"""What the two sides of a commitment, and the board between them, can say of it: on the page, by mail, by the API."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from commitments import promising
from commitments.forms import DeedForm, future_date, quantity_field
from commitments.models import Commitment, DateProposal, GivenBackReason, Side, StepNotAllowed
from commitments.models.choices import LARGEST
from kring.foundation.actors import Actor
from kring.foundation.images import PictureField
from kring.foundation.wording import day_date, quantity

REASON = _("Schrijf erbij wat de reden is.")
ASK_BOARD = _("Vraag het bestuur om te helpen")


def note_field(label: Any, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("required", False)
    return forms.CharField(label=label, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


def reason_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Waardoor lukt het niet?"),
        choices=[("", _("Kies een reden")), *GivenBackReason.choices],
        required=False,
        help_text=_("Dat kan gebeuren. Fijn dat je het zegt."),
    )


class CommitmentForm(DeedForm):
    """`sides` are those that whoever fills it in speaks for; none of them is the board in between."""

    # As it stands in the page and in the API.
    name: ClassVar[str] = ""
    # Fields that are only asked for with some choices.
    WITH: ClassVar[dict[str, tuple[str, ...]]] = {}

    def __init__(self, *args: Any, subject: Commitment, sides: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.sides = tuple(sides)

    @property
    def fields_by_choice(self) -> list[tuple[forms.BoundField, tuple[str, ...]]]:
        """Each with the choices that it is asked with; none are all of them."""
        return [(field, self.WITH.get(field.name, ())) for field in self.visible_fields()]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("choice") == "date" and cleaned.get("new_date"):
            self._check_date(cleaned["new_date"])
        if cleaned.get("choice") == "give_back":
            other = cleaned.get("reason") == GivenBackReason.OTHER
            if other and not cleaned.get("note") and "note" not in self.errors:
                self.add_error("note", REASON)
        return cleaned

    def _check_date(self, day: dt.date) -> None:
        try:
            future_date(day)
        except forms.ValidationError as error:
            self.add_error("new_date", error)
            return
        start = self.subject.start_on
        if day == self.subject.due_on:
            self.add_error("new_date", _("Dat is de datum die al is afgesproken. Kies een andere."))
        elif start and day < start:
            said = _("Dat is vóór het begin. Kies een dag vanaf %(day)s.") % {"day": day_date(start)}
            self.add_error("new_date", said)


class AnswerForm(CommitmentForm):
    """Yes or no to a proposal."""

    name = "answer"
    choice = forms.ChoiceField(
        label=_("Wat vind je ervan?"),
        choices=[("yes", _("Ja, dat spreken we af")), ("no", _("Nee, dit past niet"))],
        widget=forms.RadioSelect,
    )
    note = note_field(_("Wil je er iets bij zeggen?"))

    def act(self, by: Actor, at: dt.datetime) -> None:
        step = promising.accept if self.cleaned_data["choice"] == "yes" else promising.decline
        for side in self.sides:
            step(self.subject, by, at, self.cleaned_data["note"], side=side)
            if self.cleaned_data["choice"] == "no":
                return


class ReportForm(CommitmentForm):
    """How it goes, by who does it: done, some of it, another date, it will not work out, or the board has to help."""

    name = "report"
    NEEDED = {
        "done": ("quantity", "note"),
        "progress": ("quantity",),
        "date": ("new_date",),
        "give_back": ("reason",),
        "board": ("note",),
    }
    WITH = {
        "quantity": ("done", "progress"),
        "new_date": ("date",),
        "reason": ("give_back",),
        "photo": ("done", "progress"),
    }

    choice = forms.ChoiceField(
        label=_("Hoe staat het ermee?"),
        choices=[
            ("done", _("Het is klaar")),
            ("progress", _("Er is een deel gedaan")),
            ("date", _("Er is meer tijd nodig")),
            ("give_back", _("Het gaat niet lukken")),
            ("board", ASK_BOARD),
        ],
        widget=forms.RadioSelect,
    )
    quantity = quantity_field(_("Hoeveel?"), required=False)
    new_date = forms.DateField(
        label=_("Wanneer wel?"), required=False, help_text=_("De ander zegt of die nieuwe datum goed is.")
    )
    reason = reason_field()
    note = note_field(
        _("Vertel het in één of twee zinnen"),
        help_text=_("Bijvoorbeeld: zes middagen, veertien jongeren deden mee."),
    )
    photo = PictureField(
        label=_("Foto erbij?"), required=False, help_text=_("Vraag eerst of het mag van wie erop staat.")
    )

    def __init__(self, *args: Any, subject: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.fields["quantity"].initial = subject.quantity
        self.fields["quantity"].help_text = self._how_much()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        added = cleaned.get("quantity")
        if cleaned.get("choice") == "progress" and added and added + self.subject.delivered > LARGEST:
            self.add_error(
                "quantity", _("Met wat al gemeld is, wordt dit meer dan we kunnen tellen. Klopt het getal?")
            )
        return cleaned

    def _how_much(self) -> str:
        commitment = self.subject
        words = {"promised": quantity(commitment.quantity, commitment.unit)}
        if not commitment.delivered:
            return _("Afgesproken: %(promised)s") % words
        words["done"] = quantity(commitment.delivered, commitment.unit)
        return (
            _("Afgesproken: %(promised)s. Al gemeld: %(done)s. Is het klaar? Vul dan in hoeveel het in totaal werd.")
            % words
        )

    def act(self, by: Actor, at: dt.datetime) -> None:
        data = self.cleaned_data
        told: dict[str, Any] = {"quantity": data["quantity"], "note": data["note"], "once": self.key}
        match data["choice"]:
            case "done":
                promising.report(self.subject, by, at, photo=data["photo"] or None, **told)
            case "progress":
                promising.add_update(self.subject, by, at, photo=data["photo"] or None, **told)
            case "date":
                new = {"new_date": data["new_date"], "reason": data["note"]}
                promising.propose_date(self.subject, by, at, side=Side.PROMISOR, **new)
            case "board":
                promising.ask_board(self.subject, by, at, note=data["note"], side=Side.PROMISOR)
            case _give_back:
                promising.give_back(self.subject, by, at, reason=data["reason"], note=data["note"])


class ReceiveForm(CommitmentForm):
    """What the receiver can say while it is not done yet."""

    name = "receive"
    NEEDED = {"date": ("new_date",), "board": ("note",)}
    WITH = {"new_date": ("date",)}

    choice = forms.ChoiceField(
        label=_("Verandert er iets?"),
        choices=[
            ("date", _("Een andere datum is beter")),
            ("no_need", _("Het is niet meer nodig")),
            ("board", ASK_BOARD),
        ],
        widget=forms.RadioSelect,
    )
    new_date = forms.DateField(
        label=_("Wanneer wel?"), required=False, help_text=_("De ander zegt of die nieuwe datum goed is.")
    )
    note = note_field(_("Wil je er iets bij zeggen?"))

    def act(self, by: Actor, at: dt.datetime) -> None:
        data = self.cleaned_data
        match data["choice"]:
            case "date":
                new = {"new_date": data["new_date"], "reason": data["note"]}
                promising.propose_date(self.subject, by, at, side=Side.BENEFICIARY, **new)
            case "board":
                promising.ask_board(self.subject, by, at, note=data["note"], side=Side.BENEFICIARY)
            case _no_need:
                why = {"reason": GivenBackReason.NO_NEED, "note": data["note"]}
                promising.give_back(self.subject, by, at, side=Side.BENEFICIARY, **why)


class ConfirmForm(CommitmentForm):
    """The receiver: yes, or not yet and why."""

    name = "confirm"
    NEEDED = {"yes": ("quantity",), "not_yet": ("note",)}
    WITH = {"quantity": ("yes",)}

    choice = forms.ChoiceField(
        label=_("Klopt dit resultaat?"),
        choices=[("yes", _("Ja, dit klopt")), ("not_yet", _("Nog niet helemaal"))],
        widget=forms.RadioSelect,
    )
    quantity = quantity_field(_("Hoeveel was het?"), required=False)
    note = note_field(
        _("Wil je er iets bij zeggen?"), help_text=_("Is het nog niet klaar? Schrijf dan wat er nog mist.")
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


OTHER_DATE = _("Er wordt intussen om een andere datum gevraagd dan op je scherm stond. Kijk of die goed is.")
NO_DATE = _("Er wordt niet meer om een andere datum gevraagd. De datum blijft zoals die was.")


class AnswerDateForm(CommitmentForm):
    """Yes or no to a new date: the one that was on the screen, which `proposal` names."""

    name = "date"
    choice = forms.ChoiceField(
        label=_("Is de nieuwe datum goed?"),
        choices=[("yes", _("Ja, die datum is goed")), ("no", _("Nee, liever niet"))],
        widget=forms.RadioSelect,
    )
    note = note_field(_("Wil je er iets bij zeggen?"))
    proposal = forms.UUIDField(widget=forms.HiddenInput, required=False)

    # The one that a link is about, whatever was posted.
    named: uuid.UUID | None = None

    def __init__(self, *args: Any, subject: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.fields["proposal"].initial = self.asked.uuid if self.asked else None

    @cached_property
    def asked(self) -> DateProposal | None:
        return self.subject.date_proposals.open().first()  # type: ignore[no-any-return]

    def act(self, by: Actor, at: dt.datetime) -> None:
        data = self.cleaned_data
        if self.asked is None or self.asked.uuid != (self.named or data["proposal"]):
            raise StepNotAllowed("it was about another date", told=OTHER_DATE if self.asked else NO_DATE)
        promising.answer_date(self.subject, self.asked, by, at, yes=data["choice"] == "yes", note=data["note"])


class MediateForm(CommitmentForm):
    """What the board makes of it once it has spoken with both sides."""

    name = "mediate"
    NEEDED = {"date": ("new_date",), "kept": ("quantity",), "give_back": ("reason",)}
    WITH = {"new_date": ("date",), "quantity": ("kept",), "reason": ("give_back",)}

    choice = forms.ChoiceField(
        label=_("Wat is eruit gekomen?"),
        choices=[
            ("settle", _("Ze gaan samen verder zoals het was afgesproken")),
            ("date", _("Ze gaan verder, met een nieuwe datum")),
            ("kept", _("Het is gedaan: nagekomen")),
            ("give_back", _("Het gaat niet door: teruggegeven")),
        ],
        widget=forms.RadioSelect,
    )
    new_date = forms.DateField(label=_("Nieuwe datum"), required=False)
    quantity = quantity_field(_("Hoeveel is er gedaan?"), required=False)
    reason = reason_field()
    note = note_field(
        _("Wat hebben jullie besproken?"),
        required=True,
        help_text=_("Beide kanten krijgen dit in hun mail, en het blijft in de geschiedenis staan."),
    )

    def __init__(self, *args: Any, subject: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.fields["quantity"].initial = subject.delivered or subject.quantity

    def act(self, by: Actor, at: dt.datetime) -> None:
        data = self.cleaned_data
        match data["choice"]:
            case "kept":
                done = {"quantity": data["quantity"], "note": data["note"], "once": self.key}
                promising.settle_as_kept(self.subject, by, at, **done)
            case "give_back":
                promising.settle_as_given_back(self.subject, by, at, reason=data["reason"], note=data["note"])
            case choice:
                new_date = data["new_date"] if choice == "date" else None
                promising.settle(self.subject, by, at, note=data["note"], new_date=new_date)
