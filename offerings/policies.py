"""Who may do what with an offering."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from kring.accounts.access import is_board
from kring.accounts.models import User
from members.models import Role
from offerings.models import Offering


def may_edit(user: User | AnonymousUser, offering: Offering) -> bool:
    """Who has a role in its organisation, and the board."""
    if not user.is_authenticated:
        return False
    held = Role.objects.held(timezone.localdate()).filter(user=user, organisation=offering.organisation_id)
    return is_board(user) or held.exists()


def editable_or_refused(user: User, offerings: QuerySet[Offering], slug: str) -> Offering:
    """The offering, to edit. Http404 for one that is hidden from the user, PermissionDenied for one that is not theirs."""
    offering = offerings.filter(slug=slug).first()
    if offering is None or not Offering.objects.visible_to(user).filter(pk=offering.pk).exists():
        raise Http404
    if not may_edit(user, offering):
        raise PermissionDenied
    return offering
