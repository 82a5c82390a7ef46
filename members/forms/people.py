from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.foundation.forms import Form
from members import people
from members.models import Invitation, Organisation, Role, RoleKind
from members.people import Guest

EXPLAINED = [
    (RoleKind.EDITOR, _("Redacteur: verandert het profiel en het aanbod, en antwoordt op aanvragen")),
    (RoleKind.OWNER, _("Beheerder: doet dat ook, en gaat over de mensen en het lidmaatschap")),
]


CLOSED = _("Het account met dit adres is gesloten. Gebruik een ander adres, of vraag de sitebeheerder het te openen.")


class GuestForm(Form):
    """Somebody by name and address."""

    name = forms.CharField(label=_("Naam"), max_length=120)
    email = forms.EmailField(label=_("E-mailadres"), help_text=_("Alleen wie deze mail krijgt, kan erop ingaan."))

    @property
    def guest(self) -> Guest:
        return Guest(self.cleaned_data["email"].lower(), self.cleaned_data["name"])


class InvitingForm(GuestForm):
    """`SERVES` is said of who has a role already."""

    SERVES: ClassVar[str | Promise]

    def _invite(
        self, organisation: Organisation, by: User, at: dt.datetime, role: str, *, hands_over: bool = False
    ) -> Invitation | None:
        """The invitation; None, with an error beside the field, for somebody who cannot be invited."""
        try:
            return people.invite(organisation, self.guest, role, by, at, hands_over=hands_over)
        except people.ServesAlready:
            self.add_error("email", str(self.SERVES))
        except people.AccountClosed:
            self.add_error("email", CLOSED)
        except people.TooManyInvited:
            self.add_error(None, _("Er staan al veel uitnodigingen open. Trek er eerst een paar in."))
        return None


class InviteForm(InvitingForm):
    SERVES = _("Deze persoon doet al mee. Verander hieronder de rol.")
    role = forms.ChoiceField(
        label=_("Rol"), choices=EXPLAINED, initial=RoleKind.EDITOR, widget=forms.RadioSelect, required=True
    )

    def invite(self, organisation: Organisation, by: User, at: dt.datetime) -> Invitation | None:
        return self._invite(organisation, by, at, self.cleaned_data["role"])


class TakeOverForm(InvitingForm):
    """Somebody from outside becomes owner once the invitation is accepted, and who invites is an editor from then."""

    SERVES = _("Deze persoon is al beheerder. Kies deze persoon hierboven.")

    def invite(self, organisation: Organisation, by: User, at: dt.datetime) -> Invitation | None:
        return self._invite(organisation, by, at, RoleKind.OWNER, hands_over=True)


class AppointForm(GuestForm):
    """The board makes somebody owner."""

    reason = forms.CharField(
        label=_("Waarom doet het bestuur dit?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Staat in de mail aan de beheerders van nu, en in de geschiedenis."),
    )

    def appoint(self, organisation: Organisation, by: User, at: dt.datetime) -> Role | None:
        """The role; None, with an error beside the field, for who cannot sign in."""
        try:
            return people.appoint(organisation, self.guest, by, at, reason=self.cleaned_data["reason"])
        except people.AccountClosed:
            self.add_error("email", CLOSED)
        return None


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of roles, each by who has it."""

    def label_from_instance(self, role: Role) -> str:
        return role.user.get_full_name()


class HandOverForm(Form):
    """To whom the organisation goes, and what becomes of who gives it."""

    to = PersonField(label=_("Aan wie?"), queryset=Role.objects.none(), widget=forms.RadioSelect, empty_label=None)
    stays = forms.ChoiceField(
        label=_("En jij?"),
        choices=[("ja", _("Ik blijf redacteur")), ("nee", _("Ik stop bij deze organisatie"))],
        initial="ja",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, own: Role, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Role.objects.of(own.organisation).held(today).open().exclude(user=own.user)
        to = self.fields["to"]
        if isinstance(to, forms.ModelChoiceField):
            to.queryset = others.filter(user__is_active=True).select_related("user")

    @property
    def leaves(self) -> bool:
        return bool(self.cleaned_data["stays"] == "nee")
