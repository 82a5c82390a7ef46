"""What a row says of somebody, and what it would change of who is here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models.functions import Lower

from kring.accounts.models import User
from members.models import Role, RoleKind

# What an account keeps of somebody is theirs: a list fills what is empty, and changes nothing.
OWN = {"name": "persoon", "phone": "telefoon"}


class Account(NamedTuple):
    pk: int
    name: str
    phone: str
    is_active: bool


class Accounts:
    """The accounts and roles of those that some rows are about."""

    def __init__(self, emails: Iterable[str], today: dt.date) -> None:
        lowered = User.objects.get_queryset().annotate(lowered=Lower("email")).filter(lowered__in=set(emails))
        found = lowered.values_list("lowered", "pk", "name", "phone", "is_active")
        self._accounts = {email: Account(*rest) for email, *rest in found}  # type: ignore[arg-type]
        held = Role.objects.held(today).open().filter(user__in=[each.pk for each in self._accounts.values()])
        self._roles = {
            (user, organisation): role
            for user, organisation, role in held.values_list("user_id", "organisation_id", "role")
        }

    def of(self, email: str) -> Account | None:
        return self._accounts.get(email)

    def role(self, account: Account, organisation: int) -> str | None:
        return self._roles.get((account.pk, organisation))


def differences(account: Account, held: str | None, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An owner is not made an editor by a list: who is the last one could not be."""
    found = [
        {"field": field, "before": "", "after": values[name]}
        for field, name in OWN.items()
        if not getattr(account, field) and values.get(name)
    ]
    wanted = role_of(values)
    if held != wanted and held != RoleKind.OWNER:
        found.append({"field": "role", "before": held, "after": wanted})
    return found


def role_of(values: Mapping[str, Any]) -> str:
    return str(values.get("rol") or RoleKind.EDITOR)
