"""Who may do what with what an organisation offers."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from kring.accounts.access import is_board
from kring.accounts.models import User
from members.models import Organisation
from offerings.models import Need, Offering

Anyone = User | AnonymousUser


def can_edit(user: Anyone, organisation: Organisation) -> bool:
    """Whether the user may write what the organisation offers: with any role in it, or on the board."""
    if not user.is_authenticated:
        return False
    return is_board(user) or Organisation.objects.served_by(user).filter(pk=organisation.pk).exists()


def editable_organisation(user: Anyone, slug: str) -> Organisation:
    """Raises Http404 for one that the user does not see, PermissionDenied for one that is another's."""
    organisation = get_object_or_404(Organisation.objects.visible_to(user), slug=slug)
    if not can_edit(user, organisation):
        raise PermissionDenied
    return organisation


def editable_offering(user: Anyone, organisation: str, slug: str) -> Offering:
    """The offering, with its organisation. Raises as editable_organisation does, and Http404 for none."""
    owner = editable_organisation(user, organisation)
    return get_object_or_404(owner.offerings.select_related("organisation"), slug=slug)


def editable_need(user: Anyone, organisation: str, slug: str) -> Need:
    """The need, with its organisation. Raises as editable_organisation does, and Http404 for none."""
    owner = editable_organisation(user, organisation)
    return get_object_or_404(owner.needs.select_related("organisation"), slug=slug)
