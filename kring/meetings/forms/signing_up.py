from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse_lazy
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.foundation import news
from kring.foundation.forms import Form, Once
from kring.meetings import evening, signing_up
from kring.meetings.models import MOST_PEOPLE, Full, Meeting, SignUp
from members.models import Organisation

NEEDS_HINT = _("Dieet, rolstoel, ringleiding, meerijden. Alleen het bestuur ziet dit. Een maand later wissen we het.")


def people_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Met hoeveel mensen kom je?"),
        min_value=1,
        max_value=MOST_PEOPLE,
        initial=1,
        help_text=_("Jij ook meegeteld. Meer dan tien? Mail ons even."),
        error_messages={
            "max_value": _("Met meer dan tien mensen? Mail ons even, dan regelen we het."),
            "min_value": _("Je komt zelf ook: vul minstens 1 in."),
        },
    )


def organisation_field() -> forms.CharField:
    """With names to choose from while one types, where the browser runs htmx; any other name is fine too."""
    return forms.CharField(
        label=_("Je organisatie of bedrijf"),
        max_length=120,
        required=False,
        help_text=_("Kies uit de lijst of typ een andere naam. Kom je voor jezelf? Laat het leeg."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "organization",
                "list": "organisaties",
                "hx-get": reverse_lazy("meetings:organisations"),
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#organisaties",
            }
        ),
    )


class AboutGuest(Form):
    """What somebody tells of themselves, also later, by the link in the mail."""

    people = people_field()
    organisation_name = organisation_field()
    needs = forms.CharField(
        label=_("Eet je iets niet, of heb je iets nodig?"), max_length=300, required=False, help_text=NEEDS_HINT
    )
    show_name = forms.BooleanField(
        label=_("Zet mijn naam op de lijst van wie er komt"),
        required=False,
        help_text=_("Die staat op de pagina van de bijeenkomst. Zonder vinkje tel je alleen mee."),
    )

    def about(self) -> dict[str, Any]:
        """As columns of SignUp, but for the number of people."""
        data = self.cleaned_data
        return {
            "organisation_name": data["organisation_name"],
            "organisation": evening.organisation_named(data["organisation_name"]),
            "needs": data["needs"],
            "show_name": data["show_name"],
        }


class NewsletterToo(Form):
    """Asks as well whether somebody wants the newsletter, where there is one."""

    wants_newsletter = forms.BooleanField(label=_("Ik wil ook de nieuwsbrief"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not news.takes_subscriptions():
            del self.fields["wants_newsletter"]
        else:
            hint = _("Je krijgt daarvoor eerst een mail om te bevestigen.")
            self.fields["wants_newsletter"].help_text = f"{news.words()} {hint}"


class SignUpForm(Once, NewsletterToo, AboutGuest):
    """Who is signed in need not say who they are; others do, and confirm by mail."""

    name = forms.CharField(label=_("Je naam"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Je e-mailadres"),
        help_text=_("We sturen je een mail. Met de knop daarin is je aanmelding rond."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ["name", "email", "organisation_name", "people", "needs", "show_name", "wants_newsletter", "once"]

    def __init__(self, *args: Any, meeting: Meeting, user: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting, self.user = meeting, user if isinstance(user, User) else None
        if self.user is not None:
            del self.fields["name"], self.fields["email"]
            own = Organisation.objects.served_by(self.user).order_by("name").values_list("name", flat=True).first()
            self.fields["organisation_name"].initial = own or ""

    def sign_up(self) -> SignUp:
        data, user = self.cleaned_data, self.user
        return SignUp(
            meeting=self.meeting,
            name=user.get_full_name() if user else data["name"],
            email=user.email if user else data["email"],
            language=user.language if user else get_language() or "nl",
            people=data["people"],
            wants_newsletter=data.get("wants_newsletter", False),
            once=data["once"],
            **self.about(),
        )

    def ask(self, at: dt.datetime) -> SignUp:
        return signing_up.ask(self.sign_up(), self.user, at)


class InvitedForm(NewsletterToo, AboutGuest):
    """From an invitation: the address is proven, since the link came there."""

    name = forms.CharField(label=_("Je naam"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ["name", "organisation_name", "people", "needs", "show_name", "wants_newsletter"]


class ManageForm(AboutGuest):
    """One's own sign-up, changed."""

    def __init__(self, *args: Any, sign_up: SignUp, **kwargs: Any) -> None:
        names = ("people", "organisation_name", "needs", "show_name")
        super().__init__(*args, initial={name: getattr(sign_up, name) for name in names}, **kwargs)
        self.subject = sign_up

    def save_change(self, at: dt.datetime) -> bool:
        """False, with what to do beside the field, when there are not so many places. Raises StepNotAllowed."""
        try:
            signing_up.change(self.subject, at, people=self.cleaned_data["people"], **self.about())
        except Full as full:
            self.add_error("people", too_many(full.free))
            return False
        return True


def too_many(free: int) -> str:
    if free == 0:
        return str(_("Er is geen plek meer bij. Kom je met minder mensen, of blijft het zoals het was?"))
    left = ngettext("Er is nog %(n)d plek bij.", "Er zijn nog %(n)d plekken bij.", free) % {"n": free}
    return f"{left} {_('Kies een lager aantal.')}"


class GuestForm(Once, AboutGuest):
    """Somebody whom the board writes down: at the door, or who rang up."""

    name = forms.CharField(label=_("Naam"), max_length=120)
    email = forms.EmailField(
        label=_("E-mailadres"),
        required=False,
        help_text=_("Dan krijgt diegene de samenvatting, en mail over wat er is toegezegd."),
    )
    field_order = ["name", "email", "organisation_name", "people"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["needs"], self.fields["show_name"]
        self.fields["people"].label, self.fields["people"].help_text = _("Met hoeveel mensen?"), ""
        self.fields["organisation_name"].help_text = ""

    def sign_up(self, meeting: Meeting) -> SignUp:
        data = self.cleaned_data
        name = data["organisation_name"]
        return SignUp(
            meeting=meeting,
            name=data["name"],
            email=data["email"],
            organisation_name=name,
            organisation=evening.organisation_named(name),
            people=data["people"],
            once=data["once"],
        )
