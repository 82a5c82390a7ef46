"""What the board writes down of organisations itself, such as from a list, and takes back when the list was wrong.

What is taken back never happened, but for the history: that tells of both (models/history.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import ProtectedError
from django.utils import timezone

from kring.accounts.models import User
from kring.foundation.actors import Actor
from members import people
from members.applying import BelongsAlready, free_slug
from members.models import Membership, MembershipStatus, MembershipTransition, NoOwner, Organisation, Role, RoleKind
from members.models.roles import lock_owners
from members.people import Guest


@transaction.atomic
def add(organisation: Organisation, at: dt.datetime) -> Organisation:
    """A new organisation. Who does it was signed by the caller, as for all verbs here (foundation/trail.py)."""
    organisation.slug = free_slug(organisation.name)
    organisation.created_at = at
    organisation.save()
    return organisation


@transaction.atomic
def amend(organisation: Organisation, changes: Mapping[str, Any]) -> None:
    """Other values for some fields; whoever has the profile open is told that it changed."""
    for name, value in changes.items():
        setattr(organisation, name, value)
    organisation.version += 1
    organisation.save(update_fields=[*changes, "version", "updated_at"])


@transaction.atomic
def enrol(
    organisation: Organisation,
    owner: Guest,
    by: Actor,
    at: dt.datetime,
    *,
    since: dt.date,
    contribution: Decimal | None = None,
    note: str = "",
) -> Role:
    """Notes a membership that began elsewhere, with who answers for it. Raises BelongsAlready.

    Its first step says who noted it, when, and in `note` from what.
    """
    lock_owners(organisation.pk, timezone.localdate(at))
    if Membership.objects.of(organisation).going_on().exists():
        raise BelongsAlready
    role = people.grant(people.account_of(owner), organisation, RoleKind.OWNER, by, at)
    membership = Membership.objects.create(
        organisation=organisation,
        status=MembershipStatus.ACTIVE,
        period=DateRange(since, None),
        contribution=contribution,
    )
    MembershipTransition.note_first(membership, by, at, note)
    return role


@transaction.atomic
def take_back(organisation: Organisation) -> None:
    """Of what was added, all of it. Raises ProtectedError when it has a life here by now, such as an offering."""
    Role.objects.of(organisation).delete()
    for membership in Membership.objects.of(organisation):
        MembershipTransition.take_back_first(membership)
        membership.delete()
    organisation.delete()


@transaction.atomic
def take_back_role(role: Role, former: Role | None, at: dt.datetime) -> None:
    """A role that was granted, and the one that ended for it goes on. Raises NoOwner when a member would have none."""
    organisation = role.organisation
    owners = lock_owners(organisation.pk, timezone.localdate(at))
    is_last = role.role == RoleKind.OWNER and owners == [role]
    if is_last and Membership.objects.of(organisation).current(timezone.localdate(at)).exists():
        raise NoOwner
    role.delete()
    if former is None:
        role.leave_contact()
    else:
        former.until = None
        former.save(update_fields=["until"])


@transaction.atomic
def take_back_account(user: User) -> bool:
    """Whether an account could go: nobody ever signed in to it, and nothing hangs on it."""
    if user.last_login is not None or user.is_staff or Role.objects.filter(user=user).exists():
        return False
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        return False
    return True
