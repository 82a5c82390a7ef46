"""Who may do what with an organisation, and whose data is shown."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils import timezone

from kring.accounts.access import is_board
from kring.accounts.models import User
from members.models import Organisation, Role


class Contact(NamedTuple):
    """A person as far as that person wants to be known."""

    name: str
    email: str
    phone: str


def can_edit(user: User | AnonymousUser, organisation: Organisation) -> bool:
    """Who has a role there, and the board."""
    if not user.is_authenticated:
        return False
    return Organisation.objects.editable_by(user).filter(pk=organisation.pk).exists()


def get_editable(user: User, slug: str, *, organisations: QuerySet[Organisation] | None = None) -> Organisation:
    """The organisation, to change. Http404 for one that is hidden from the user, PermissionDenied for another's.

    `organisations` may lock the row.
    """
    every = Organisation.objects.all() if organisations is None else organisations
    this = OuterRef("pk")
    found = (
        every.filter(Exists(Organisation.objects.visible_to(user).filter(pk=this)), slug=slug)
        .annotate(may_edit=Exists(Organisation.objects.editable_by(user).filter(pk=this)))
        .first()
    )
    if found is None:
        raise Http404
    if not found.may_edit:
        raise PermissionDenied
    return found


def owns(user: User | AnonymousUser, organisation: Organisation) -> bool:
    """Who answers for it, and the board."""
    if not user.is_authenticated:
        return False
    return (
        is_board(user) or Role.objects.of(organisation).owners().held(timezone.localdate()).filter(user=user).exists()
    )


def get_owned(user: User, slug: str) -> Organisation:
    """The organisation, for its owners and the board. Http404 when hidden, PermissionDenied for who owns it not."""
    organisation = get_editable(user, slug)
    if not owns(user, organisation):
        raise PermissionDenied
    return organisation


def own_role(user: User, organisation: Organisation) -> Role | None:
    """The role of who answers for it, the board not counted."""
    return Role.objects.of(organisation).owners().held(timezone.localdate()).open().filter(user=user).first()


def get_own(user: User, slug: str) -> Organisation:
    """The organisation, for what it says itself: the board has steps of its own. Http404, PermissionDenied."""
    organisation = get_editable(user, slug)
    if own_role(user, organisation) is None:
        raise PermissionDenied
    return organisation


def is_listed(organisation: Organisation, today: dt.date) -> bool:
    return Organisation.objects.listed(today).filter(pk=organisation.pk).exists()


def public_contact(organisation: Organisation) -> Contact | None:
    """The contact person, with what this person said everybody may see; nobody when that is nothing.

    Nor who serves the organisation no more, or whose account is closed."""
    person = organisation.contact
    if person is None or not person.is_active or not (person.email_is_public or person.phone_is_public):
        return None
    if not Role.objects.of(organisation).held(timezone.localdate()).filter(user=person).exists():
        return None
    return Contact(
        person.get_full_name(),
        person.email if person.email_is_public else "",
        person.phone if person.phone_is_public else "",
    )
