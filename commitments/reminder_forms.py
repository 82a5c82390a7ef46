"""What the board sets of the reminders: the rules, in its own words if it likes, and the hours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.db.models import Case, When
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from commitments import reminder_words
from commitments.models import OPEN_STATES, Anchor, Audience, Commitment, ReminderHours, ReminderRule
from commitments.reminder_mails import TEMPLATES
from commitments.reminders import STATES
from kring.foundation.forms import ModelForm, Versioned

LONGEST = 366
CHOICES_TO_TRY = 25


class RuleForm(Versioned, ModelForm):
    """When a rule fires, to whom, and in which words."""

    offset_days = forms.IntegerField(
        label=_("Hoeveel dagen erna?"),
        min_value=-LONGEST,
        max_value=LONGEST,
        help_text=_("Ervoor: met een min, zoals -14. Op de dag zelf: 0."),
    )
    repeat_days = forms.IntegerField(
        label=_("Daarna elke hoeveel dagen?"),
        min_value=1,
        max_value=LONGEST,
        required=False,
        help_text=_("Leeg: één keer."),
    )
    until_days = forms.IntegerField(
        label=_("Tot hoeveel dagen na die datum?"),
        min_value=-LONGEST,
        max_value=2 * LONGEST,
        required=False,
        help_text=_("Leeg: tot er iets gemeld is."),
    )

    class Meta:
        model = ReminderRule
        fields = [
            "name",
            "anchor",
            "offset_days",
            "repeat_days",
            "until_days",
            "audience",
            "is_active",
            "subject",
            "text",
        ]
        labels = {
            "name": _("Hoe noemen jullie deze herinnering?"),
            "anchor": _("Telt vanaf"),
            "audience": _("Aan wie?"),
            "is_active": _("Deze herinnering staat aan"),
            "subject": _("Onderwerp in jullie eigen woorden"),
            "text": _("Tekst in jullie eigen woorden"),
        }
        help_texts = {"text": _("Leeg: de gewone tekst. De knop om te antwoorden komt er vanzelf onder.")}
        widgets = {"text": forms.Textarea(attrs={"rows": 8})}

    def clean_subject(self) -> str:
        return self._with_known_marks("subject")

    def clean_text(self) -> str:
        return self._with_known_marks("text").replace("\r\n", "\n")

    def _with_known_marks(self, name: str) -> str:
        typed: str = self.cleaned_data[name]
        if unknown := reminder_words.unknown(typed):
            named = ", ".join(f"{{{each}}}" for each in unknown)
            raise forms.ValidationError(_("Dit kunnen we niet invullen: %(named)s.") % {"named": named[:200]})
        return typed

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        pair = (cleaned.get("anchor"), cleaned.get("audience"))
        if all(pair) and pair not in TEMPLATES:
            fits = ", ".join(str(Audience(who).label) for anchor, who in TEMPLATES if anchor == pair[0])
            self.add_error("audience", _("Bij die datum kan het aan: %(fits)s.") % {"fits": fits})
        until, offset = cleaned.get("until_days"), cleaned.get("offset_days")
        if until is not None and offset is not None and until < offset:
            self.add_error("until_days", _("Dat is eerder dan de eerste keer. Kies een groter getal."))
        if cleaned.get("subject") and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", _("Schrijf ook de tekst, of laat het onderwerp leeg."))
        return cleaned

    def write(self) -> ReminderRule:
        """With the mail that goes with it, and a name in the code for a new one."""
        rule: ReminderRule = self.instance
        rule.template = TEMPLATES[Anchor(rule.anchor), Audience(rule.audience)]
        rule.version += 1
        if not rule.pk:
            rule.order = 1 + max(ReminderRule.objects.values_list("order", flat=True), default=0)
        _store(rule)
        return rule


def _store(rule: ReminderRule) -> None:
    """A new rule gets a name that no other has."""
    if rule.pk:
        rule.save()
        return
    base = slugify(rule.name)[:34] or "regel"
    for number in range(1, 100):
        rule.slug = base if number == 1 else f"{base}-{number}"
        try:
            with transaction.atomic():
                rule.save()
        except IntegrityError:
            continue
        return
    raise IntegrityError(f"no free name for {rule.name}")


def to_try_on(rule: ReminderRule) -> list[Commitment]:
    """Real commitments to see a rule on: those that it is about now, or else others that are open."""
    soon_first = Case(When(due_on__gte=timezone.localdate(), then=0), default=1)
    related = Commitment.objects.select_related("promisor", "beneficiary", "proposed_by_organisation")
    in_order = related.order_by(soon_first, "due_on", "pk")
    fitting = list(in_order.filter(state__in=STATES.get(rule.anchor, ()))[:CHOICES_TO_TRY])
    return fitting or list(in_order.filter(state__in=OPEN_STATES)[:CHOICES_TO_TRY])


class TryForm(forms.Form):
    """On which commitment a rule is shown."""

    commitment = forms.ChoiceField(label=_("Voorbeeld met"), required=False)

    def __init__(self, *args: Any, commitments: Iterable[Commitment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commitments = {str(each.uuid): each for each in commitments}
        field = self.fields["commitment"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(key, each.title) for key, each in self.commitments.items()]

    @property
    def chosen(self) -> Commitment | None:
        """The one that was asked for, or the first."""
        asked = self.cleaned_data.get("commitment") if self.is_bound and self.is_valid() else ""
        return self.commitments.get(asked or "") or next(iter(self.commitments.values()), None)


class HoursForm(ModelForm):
    class Meta:
        model = ReminderHours
        fields = ["opens", "closes"]
        labels = {"opens": _("Herinneringen gaan weg vanaf"), "closes": _("en tot")}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if opens and closes and opens >= closes:
            self.add_error("closes", _("Dat is niet later dan het begin. Kies een later tijdstip."))
        return cleaned
