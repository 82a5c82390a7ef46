"""What anybody fills in: asking for the newsletter, and choosing which mail to get."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kring.foundation.forms import Form
from kring.newsletters import consent, preferences, subscribing
from kring.newsletters.models import Source
from kring.newsletters.tokens import Reader


class SubscribeForm(Form):
    email = forms.EmailField(
        label=_("Je e-mailadres"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    name = forms.CharField(
        label=_("Je naam"),
        max_length=120,
        required=False,
        help_text=_("Dan kunnen we je groeten."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    source = forms.ChoiceField(choices=Source.choices, widget=forms.HiddenInput, required=False)

    # What a form on the site may say of itself; the other sources are the code's own.
    SOURCES = frozenset({Source.SITE, Source.FOOTER, Source.SIGN_UP, Source.MEETING})

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not subscribing.is_name(name):
            raise forms.ValidationError(
                _("Dit lijkt op het adres van een website. Vul alleen je naam in, met een spatie na een punt.")
            )
        return name

    def clean_source(self) -> str:
        given = self.cleaned_data["source"]
        return given if given in self.SOURCES else Source.SITE


class PreferencesForm(Form):
    """Which of the mails that come by themselves somebody wants, and in which language."""

    newsletter = forms.BooleanField(label=_("De nieuwsbrief"), required=False)
    digest = forms.BooleanField(
        label=_("Mijn overzichten"),
        required=False,
        help_text=_(
            "Elke maand wat er op jullie wacht, elke week wat bij jullie past. Alleen als er iets te vertellen is."
        ),
    )
    reminders = forms.BooleanField(
        label=_("Herinneringen"),
        required=False,
        help_text=_("Zodat een toezegging niet wordt vergeten."),
    )
    language = forms.ChoiceField(label=_("Taal van de mail"), choices=settings.LANGUAGES, widget=forms.RadioSelect)

    def __init__(self, *args: Any, reader: Reader, today: dt.date, **kwargs: Any) -> None:
        self.reader = reader
        now = preferences.now_for(reader, today)
        super().__init__(*args, initial=now, **kwargs)
        self.fields["newsletter"].help_text = consent.words()
        for name in preferences.KINDS.keys() - now.keys():
            del self.fields[name]
