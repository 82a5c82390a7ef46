from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.foundation.forms import ModelForm, Versioned
from kring.newsletters.models import Audience, Group, Reach
from members.models import District, RoleKind, Sector


class AudienceForm(Versioned, ModelForm):
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Wie"), choices=Group.choices, widget=forms.CheckboxSelectMultiple
    )
    sectors = forms.MultipleChoiceField(
        label=gettext_lazy("Alleen van organisaties in deze sectoren"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    districts = forms.MultipleChoiceField(
        label=gettext_lazy("Alleen van organisaties in deze wijken"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Alleen wie dit is"),
        choices=RoleKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Audience
        fields = ["name", "groups", "reach", "sectors", "districts", "roles"]
        widgets = {"reach": forms.RadioSelect}
        help_texts = {
            "reach": gettext_lazy(
                "Wie zich afmeldde, krijgt hem nooit. Zonder inschrijving mag alleen voor leden en bestuur."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model in (("sectors", Sector), ("districts", District)):
            field = self.fields[name]
            if isinstance(field, forms.MultipleChoiceField):
                field.choices = [(each.slug, str(each)) for each in model.objects.all()]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        others = set(cleaned.get("groups", [])) - {Group.MEMBERS, Group.BOARD}
        if cleaned.get("reach") == Reach.BELONGING and others:
            self.add_error("reach", _("Dit kan alleen voor mensen van leden en voor het bestuur."))
        return cleaned

    def keep(self) -> Audience:
        audience: Audience = self.instance
        audience.version += 1
        audience.save()
        return audience
