from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.foundation.forms import Form
from members import belonging, people
from members.models import Organisation

FURTHEST = dt.timedelta(days=2 * 366)


def reason_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, help_text=help_text, max_length=2000, required=required, widget=area)


class LastDayForm(Form):
    """A day from today on, within two years; the usual one is filled in."""

    last_day = forms.DateField(label=_("Laatste dag"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = belonging.usual_last_day(timezone.localdate())

    def clean_last_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["last_day"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError(_("Deze dag is al voorbij. Kies vandaag of een dag daarna."))
        if day > today + FURTHEST:
            raise forms.ValidationError(_("Deze dag is te ver weg. Kies een dag binnen twee jaar."))
        return day


class ResignForm(LastDayForm):
    reason = reason_field(
        _("Waarom stoppen jullie?"), _("Het bestuur leert ervan. Je hoeft niets te schrijven."), required=False
    )


class RejoinForm(Form):
    motivation = reason_field(_("Waarom willen jullie er weer bij?"))


class StepForm(Form):
    """What the board has to say for a step in a membership."""

    reason = reason_field(_("Toelichting"), _("Komt in de mail aan de organisatie."), required=False)


class ReasonedStepForm(StepForm):
    reason = reason_field(_("Reden"), _("Komt in de mail aan de organisatie, met hoe het verder kan."))


class LastDayStepForm(ReasonedStepForm, LastDayForm):
    field_order = ["last_day", "reason"]


def form_for(step: belonging.Step) -> type[StepForm]:
    if step.name == "opzeggen":
        return LastDayStepForm
    return ReasonedStepForm if step.needs_reason else StepForm


# --- An application, as the board sees it ---


class KnownField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of organisations that are here, each with who answers for it: they get somebody beside them."""

    owners: ClassVar[dict[int, list[User]]] = {}

    def label_from_instance(self, organisation: Organisation) -> str:
        owners = ", ".join(map(str, self.owners.get(organisation.pk, [])))
        words = {"name": organisation, "owners": owners}
        return gettext("%(name)s (heeft al een beheerder: %(owners)s)") % words if owners else str(organisation)


class AcceptForm(Form):
    trial = forms.BooleanField(label=_("Eerst als aspirant-lid"), required=False)
    into = KnownField(
        label=_("Is dit een organisatie die we al kennen?"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Nee, dit is een nieuwe"),
        help_text=_("Kies je er een, dan gaat de aanmelding op die naam verder en blijft de geschiedenis bij elkaar."),
    )

    def __init__(self, *args: Any, candidates: list[Organisation], is_member: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into = self.fields["into"]
        if isinstance(into, KnownField):
            into.owners = people.owners_of(candidates, timezone.localdate())  # type: ignore[misc]
            into.queryset = Organisation.objects.filter(pk__in=[each.pk for each in candidates])
        if not candidates:
            del self.fields["into"]
        if not is_member:
            del self.fields["trial"]


class QuestionForm(Form):
    question = reason_field(_("Jullie vraag"), _("Gaat per mail. Het antwoord komt hier te staan."))


class RejectForm(Form):
    reason = reason_field(
        _("Waarom niet?"), _("Gaat per mail, met hoe het verder kan. Schrijf het zoals je het zou zeggen.")
    )
