"""Why the account of somebody who answers for a member stays open."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from kring.accounts import closing
from kring.accounts.models import User
from members import people


def sole_owner(user: User) -> list[str]:
    """An organisation always has an owner who can sign in."""
    said = _("Is de laatste beheerder van %(name)s. Laat het bestuur eerst iemand anders aanwijzen.")
    return [said % {"name": each} for each in people.sole_of(user, timezone.localdate())]


closing.register(sole_owner)
