"""What stands in a column, in words: the rows of the history hold columns as the database has them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.db.models import CharField, QuerySet, Value
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.foundation import values
from members.models import (
    BusinessArea,
    Change,
    Deed,
    District,
    Invitation,
    Membership,
    Organisation,
    Role,
    Sector,
    SocialLink,
    TargetGroup,
    Thing,
)

MODELS: dict[str, type[models.Model]] = {
    Thing.PROFILE: Organisation,
    Thing.SECTORS: Organisation.sectors.through,
    Thing.DISTRICTS: Organisation.districts.through,
    Thing.TARGET_GROUPS: Organisation.target_groups.through,
    Thing.LINKS: SocialLink,
    Thing.ROLE: Role,
    Thing.INVITATION: Invitation,
    Thing.MEMBERSHIP: Membership,
}
# Columns that hold the key of a row with a name.
LISTED: dict[str, type[models.Model]] = {
    "main_sector_id": Sector,
    "sector_id": Sector,
    "district_id": District,
    "targetgroup_id": TargetGroup,
    "business_area_id": BusinessArea,
}
PEOPLE = {"contact_id", "user_id", "invited_by_id"}
# Said already by who a change is about.
IN_THE_TITLE = {(Thing.ROLE, "user_id")}
# What PostgreSQL makes of a range of days.
PERIOD = re.compile(r"[\[(](?P<first>[\d-]*),(?P<end>[\d-]*)[\])]")


@dataclass(frozen=True)
class Names:
    """What the keys in some rows stand for, read at once."""

    listed: dict[tuple[type[models.Model], int], str]
    people: dict[int, str]
    subjects: dict[tuple[str, int], dict[str, Any]]

    def about(self, row: Change) -> str:
        """Whom a role is of, or who was invited, and by whom."""
        known = self.subjects.get((row.thing, row.row), {}) | row.before | row.after
        if row.thing == Thing.ROLE:
            return self.person(known.get("user_id"))
        if row.thing != Thing.INVITATION:
            return ""
        name = known.get("name") or known.get("email", "")
        by = self.people.get(known.get("invited_by_id", 0))
        return _("%(name)s (door %(by)s)") % {"name": name, "by": by} if by and row.deed == Deed.MADE else name

    def person(self, key: int | None) -> str:
        return self.people.get(key or 0) or _("iemand")

    def resolved(self, columns: dict[str, Any]) -> dict[str, Any]:
        """Columns with names instead of keys."""
        return {column.removesuffix("_id"): self._name(column, value) for column, value in columns.items()}

    def _name(self, column: str, value: Any) -> Any:
        if column in LISTED:
            return self.listed.get((LISTED[column], value), "")
        return self.people.get(value, "") if column in PEOPLE else value

    def in_words(self, thing: str, column: str, value: Any) -> str:
        """Nothing is an empty text."""
        if value is None or value == "":
            return ""
        if column in LISTED or column in PEOPLE:
            return str(self._name(column, value) or _("iets dat er niet meer is"))
        return _said(field_of(thing, column), value)


def names_of(organisation: Organisation, rows: list[Change]) -> Names:
    """The names behind all keys in these rows, in three queries."""
    subjects = _subjects(organisation, rows)
    columns = [*(part for row in rows for part in (row.before, row.after)), *subjects.values()]
    people = {known[column] for known in columns for column in PEOPLE if known.get(column)}
    users = User.objects.filter(pk__in=people).only("name", "email")
    return Names(_listed(columns), {user.pk: str(user) for user in users}, subjects)


def _subjects(organisation: Organisation, rows: list[Change]) -> dict[tuple[str, int], dict[str, Any]]:
    """How the roles and invitations in these rows began: a later change does not say whose they are."""
    wanted = {row.row for row in rows if row.thing in {Thing.ROLE, Thing.INVITATION}}
    began = Change.objects.of(organisation).filter(thing__in=[Thing.ROLE, Thing.INVITATION], row__in=wanted)
    return {(row.thing, row.row): row.after for row in began.filter(deed=Deed.MADE)}


def _listed(columns: Iterable[dict[str, Any]]) -> dict[tuple[type[models.Model], int], str]:
    keys: dict[type[models.Model], set[int]] = {model: set() for model in LISTED.values()}
    for known in columns:
        for column in known.keys() & LISTED.keys():
            keys[LISTED[column]].add(known[column])
    sets = [_named(model, wanted) for model, wanted in keys.items()]
    found = sets[0].union(*sets[1:], all=True)
    by_label = {model.__name__: model for model in keys}
    english = get_language() == "en"
    return {(by_label[row["of"]], row["pk"]): (english and row["name_en"]) or row["name"] for row in found}


def _named(model: type[models.Model], keys: set[int]) -> QuerySet[Any, dict[str, Any]]:
    of = Value(model.__name__, output_field=CharField())
    # Without a key Django leaves a query out, and with it the union its first.
    everything: QuerySet[Any] = model._default_manager.order_by()  # noqa: SLF001 - Django's own name for it
    found: QuerySet[Any, dict[str, Any]] = (
        everything.filter(pk__in=keys or {0}).annotate(of=of).values("of", "pk", "name", "name_en")
    )
    return found


# --- Columns ---------------------------------------------------------------------------------------------------------


@cache
def _fields(thing: str) -> dict[str | None, models.Field[Any, Any]]:
    """By column, in the order of the model."""
    return {field.column: field for field in MODELS[thing]._meta.concrete_fields}  # noqa: SLF001 - public in Django


def field_of(thing: str, column: str) -> models.Field[Any, Any] | None:
    """None for a column that there is no more."""
    return _fields(thing).get(column)


def told(row: Change) -> list[str]:
    """The columns that differ, in the order of the model; of a new row not what is just not the case."""
    untold = {column for column, value in row.after.items() if row.deed == Deed.MADE and value is False}
    differ = (row.before.keys() | row.after.keys()) - untold
    order = list(_fields(row.thing))
    known = sorted(differ & set(order), key=order.index)
    return [column for column in [*known, *sorted(differ - set(order))] if (row.thing, column) not in IN_THE_TITLE]


def label(thing: str, column: str) -> str:
    field = field_of(thing, column)
    name = str(field.verbose_name) if field is not None else column.removesuffix("_id").replace("_", " ")
    return name[:1].upper() + name[1:]


def is_text(thing: str, column: str) -> bool:
    field = field_of(thing, column)
    return isinstance(field, models.CharField | models.TextField) and not field.choices


def _said(field: models.Field[Any, Any] | None, value: Any) -> str:
    if field is not None and field.column == "period":
        return _period(value)
    return values.in_words(field, value if field is None else field.to_python(value))


def _period(value: str) -> str:
    found = PERIOD.fullmatch(value)
    if found is None:
        return value
    first, end = (dt.date.fromisoformat(day) if day else None for day in found.groups())
    return values.period(first, end) or value
