"""What the board fills in during a review."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models import GivenBackReason, Review, Verdict, VerdictKind
from kring.accounts.models import User
from kring.foundation.forms import ModelForm, Versioned

FURTHEST = dt.timedelta(days=2 * 366)
# What each verdict asks for besides.
NEEDED: dict[str, dict[str, Any]] = {
    VerdictKind.ACT: {
        "action": _("Schrijf op wat er gaat gebeuren."),
        "action_owner": _("Kies wie dit oppakt."),
        "action_due_on": _("Kies voor wanneer."),
    },
    VerdictKind.CLOSE: {"close_reason": _("Kies een reden.")},
}


def on_board() -> QuerySet[User]:
    return User.objects.on_board(timezone.localdate()).order_by("name", "pk")


class VerdictForm(Versioned, ModelForm):
    kind = forms.ChoiceField(
        label=_("Wat vinden we ervan?"),
        choices=[("", _("Nog geen oordeel")), *VerdictKind.choices],
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Met de toetsen 0 tot en met 4 kies je, met Ctrl en Enter ga je naar de volgende."),
    )
    note = forms.CharField(
        label=_("Toelichting"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    action_owner = forms.ModelChoiceField(
        label=_("Wie pakt het op?"), queryset=User.objects.none(), required=False, empty_label=_("Kies iemand")
    )
    action_due_on = forms.DateField(label=_("Voor wanneer?"), required=False)
    told = forms.CharField(
        label=_("Wat mogen beide kanten lezen?"),
        help_text=_("Komt in hun mail, onder de reden. De toelichting hierboven blijft in het bestuur."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    close_reason = forms.ChoiceField(
        label=_("Waarom sluiten we het af?"),
        choices=[("", _("Kies een reden")), *GivenBackReason.choices],
        required=False,
        help_text=_("Als je de beoordeling afsluit, eindigt de toezegging en krijgen beide kanten er mail over."),
    )

    class Meta:
        model = Verdict
        fields = ["kind", "note", "action", "action_owner", "action_due_on", "close_reason", "told"]
        labels = {"action": _("Wat gaan we doen?")}
        help_texts = {"action": _("Eén zin. Bijvoorbeeld: De Rietkraag bellen over de bus.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["action_owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 - it stands above
        owner.queryset = on_board()
        self._ask_for(self.data.get("kind", "") if self.is_bound else None)

    def _ask_for(self, kind: str | None) -> None:
        """What the verdict needs has to be filled in; before there is one, the page says so of all of it."""
        for verdict, fields in NEEDED.items():
            for name, told in fields.items():
                self.fields[name].required = kind in {None, verdict}
                self.fields[name].error_messages["required"] = told

    def clean_action_due_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["action_due_on"]
        today = timezone.localdate()
        if day is not None and day < today and day != self.initial.get("action_due_on"):
            raise forms.ValidationError(_("Deze datum is al voorbij. Kies vandaag of een dag daarna."))
        if day is not None and day > today + FURTHEST:
            raise forms.ValidationError(_("Deze datum is te ver weg. Kies een dag binnen twee jaar."))
        return day

    @property
    def beside(self) -> dict[str, Any]:
        """The fields that only some verdicts ask for, by the verdict."""
        return {
            "act": [self["action"], self["action_owner"], self["action_due_on"]],
            "close": [self["close_reason"], self["told"]],
        }


class MinutesForm(Versioned, ModelForm):
    present = forms.ModelMultipleChoiceField(
        label=_("Wie waren erbij?"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minutes = forms.CharField(
        label=_("Wat bespraken we verder?"),
        help_text=_("Komt boven in het verslag."),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    class Meta:
        model = Review
        fields = ["present", "minutes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = self.fields["present"]
        assert isinstance(present, forms.ModelMultipleChoiceField)  # noqa: S101 - it stands above
        present.queryset = on_board()
