"""Who may do what with an organisation."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from kring.accounts.models import User
from members.models import Organisation


def get_editable(user: User, slug: str, *, organisations: QuerySet[Organisation] | None = None) -> Organisation:
    """The organisation, to change. Http404 for one that is hidden from the user, PermissionDenied for another's.

    `organisations` may lock the row.
    """
    found = (Organisation.objects.all() if organisations is None else organisations).filter(slug=slug).first()
    if found is None or not Organisation.objects.visible_to(user).filter(pk=found.pk).exists():
        raise Http404
    if not Organisation.objects.editable_by(user).filter(pk=found.pk).exists():
        raise PermissionDenied
    return found
