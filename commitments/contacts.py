"""Who speaks for a side of a commitment: that side chooses, and it moves on when somebody's role there ends."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments import parties
from commitments.models import ENDED_STATES, Commitment, Side, StepNotAllowed
from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.foundation.forms import Form
from members.models import Organisation, OrganisationKind, Role, RoleKind


def holders(organisation: Organisation | None) -> QuerySet[User]:
    """Who can be it: all who have a role there; for the whole circle, and for the board itself, the board."""
    today = timezone.localdate()
    if organisation is None or organisation.kind == OrganisationKind.BOARD:
        return User.objects.on_board(today).order_by("name", "pk")
    held = Role.objects.held(today).of(organisation)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("name", "pk")


class ContactForm(Form):
    """For each side that somebody speaks for: one of its people, or all of them."""

    def __init__(self, *args: Any, commitment: Commitment, sides: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commitment = commitment
        for side in sides:
            organisation = parties.side_of(commitment, side)
            self.fields[side] = forms.ModelChoiceField(
                label=_("Wie is de contactpersoon van %(who)s?") % {"who": organisation or _("de kring")},
                queryset=holders(organisation),
                required=False,
                empty_label=_("Iedereen die er een rol heeft"),
                initial=getattr(commitment, f"{side}_contact_id"),
                help_text=_("Deze persoon krijgt onze mail over de afspraak. De ander ziet hoe die te bereiken is."),
            )

    def write(self, by: Actor, at: dt.datetime) -> None:
        """Raises StepNotAllowed once it has ended."""
        for side in self.changed_data:
            self.commitment.name_contact(by, at, side=side, user=self.cleaned_data[side])


def move_on(now: dt.datetime) -> int:
    """To an owner of the same organisation, where somebody has no role in it any more; returns how many moved."""
    today = timezone.localdate(now)
    return sum(_moved_on(commitment, side, now) for side in Side.values for commitment in left_behind(side, today))


def left_behind(side: str, today: dt.date) -> QuerySet[Commitment]:
    """Those with a contact who left that side: an organisation, or the board, which speaks for the circle."""
    held = Role.objects.held(today).filter(user=OuterRef(f"{side}_contact"), user__is_active=True)
    is_boards = Q(**{f"{side}__isnull": True}) | Q(**{f"{side}__kind": OrganisationKind.BOARD})
    seated = Q(**{f"{side}_contact__in": User.objects.on_board(today).values("pk")})
    named = Commitment.objects.exclude(state__in=ENDED_STATES).filter(**{f"{side}_contact__isnull": False})
    return named.filter((~is_boards & ~Exists(held.filter(organisation=OuterRef(side)))) | (is_boards & ~seated))


def _moved_on(commitment: Commitment, side: str, now: dt.datetime) -> bool:
    held = Role.objects.held(timezone.localdate(now)).filter(organisation=getattr(commitment, f"{side}_id"))
    owners_first = Case(When(role=RoleKind.OWNER, then=Value(0)), default=Value(1))
    role = held.filter(user__is_active=True).select_related("user").order_by(owners_first, "since", "pk").first()
    try:
        commitment.name_contact(Actor.system(), now, side=side, user=role.user if role else None)
    except StepNotAllowed:  # it ended in the meantime
        return False
    return True
