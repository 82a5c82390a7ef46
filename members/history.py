"""The history of an organisation in words: who changed what, when and why.

The rows are the database's own (models/history.py). What one person changed in one go is told as one entry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.foundation.actors import ActorKind
from members import history_values
from members.history_values import Names
from members.models import Change, Deed, Organisation, Thing
from members.text_changes import Piece, compared

PER_PAGE = 25
# Nobody leafs further: the whole of it is in the record of the organisation.
MAX_PAGES = 200
# A shorter text is read at once, before and after.
SHORT = 80

TITLES: dict[tuple[str, str], str | Promise] = {
    (Thing.PROFILE, Deed.MADE): gettext_lazy("Organisatie toegevoegd"),
    (Thing.PROFILE, Deed.CHANGED): gettext_lazy("Profiel veranderd"),
    (Thing.PROFILE, Deed.REMOVED): gettext_lazy("Organisatie verwijderd"),
    (Thing.ROLE, Deed.MADE): gettext_lazy("%(who)s kreeg een rol"),
    (Thing.ROLE, Deed.CHANGED): gettext_lazy("Rol van %(who)s veranderd"),
    (Thing.ROLE, Deed.REMOVED): gettext_lazy("Rol van %(who)s verwijderd"),
    (Thing.INVITATION, Deed.MADE): gettext_lazy("%(who)s uitgenodigd"),
    (Thing.INVITATION, Deed.CHANGED): gettext_lazy("Uitnodiging van %(who)s veranderd"),
    (Thing.INVITATION, Deed.REMOVED): gettext_lazy("Uitnodiging van %(who)s verwijderd"),
    (Thing.MEMBERSHIP, Deed.MADE): gettext_lazy("Lidmaatschap begonnen"),
    (Thing.MEMBERSHIP, Deed.CHANGED): gettext_lazy("Lidmaatschap veranderd"),
    (Thing.MEMBERSHIP, Deed.REMOVED): gettext_lazy("Lidmaatschap verwijderd"),
}
# What it means that a column was filled in. Of an invitation nothing else is told.
MEANINGS: dict[tuple[str, str], str | Promise] = {
    (Thing.ROLE, "until"): gettext_lazy("Rol van %(who)s beëindigd"),
    (Thing.INVITATION, "accepted_at"): gettext_lazy("Uitnodiging van %(who)s aangenomen"),
    (Thing.INVITATION, "withdrawn_at"): gettext_lazy("Uitnodiging van %(who)s ingetrokken"),
    (Thing.INVITATION, "expires_at"): gettext_lazy("Uitnodiging van %(who)s opnieuw verstuurd"),
}


@dataclass(frozen=True)
class Line:
    """One column that differs, in words. A long text is told by its `pieces`, a picture by its label alone."""

    label: str
    before: str = ""
    after: str = ""
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Event:
    """One thing that changed, such as a role."""

    title: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Entry:
    """What one person did at one time."""

    by: str
    at: dt.datetime
    notes: tuple[str, ...]
    events: tuple[Event, ...]


class Page(NamedTuple):
    """Some entries, and where they stand among the others (a page of a Paginator)."""

    entries: list[Entry]
    place: Any


def page(organisation: Organisation, number: str | None) -> Page:
    """Some entries, the latest first."""
    groups = _groups(organisation)[: MAX_PAGES * PER_PAGE]
    place = Paginator(groups, PER_PAGE).get_page(number)
    wanted = list(place.object_list)
    changes = Change.objects.of(organisation).filter(transaction__in={group["transaction"] for group in wanted})
    told = {_key_of(each): each for each in _entries(organisation, changes)}
    return Page([told[_key(group)].entry for group in wanted], place)


def all_changes(organisation: Organisation) -> list[dict[str, Any]]:
    """Every row as data, the latest first: columns by name, keys of other rows as the names of those."""
    rows = list(Change.objects.of(organisation).select_related("actor").order_by("-pk"))
    names = history_values.names_of(organisation, rows)
    return [_as_data(row, names) for row in rows]


def _as_data(row: Change, names: Names) -> dict[str, Any]:
    invited = row.thing == Thing.INVITATION
    return {
        "at": row.at,
        "by": who(row),
        "note": row.note,
        "thing": row.thing,
        "deed": row.deed,
        "about": names.about(row),
        "before": {} if invited else names.resolved(row.before),
        "after": {} if invited else names.resolved(row.after),
    }


# --- Groups ----------------------------------------------------------------------------------------------------------

Key = tuple[int, str, int | None, str]


class _Told(NamedTuple):
    key: Key
    entry: Entry


def _groups(organisation: Organisation) -> QuerySet[Any, Any]:
    """One for all that one actor changed in one transaction."""
    by = Change.objects.of(organisation).order_by().values("transaction", "actor_kind", "actor", "actor_name")
    return by.annotate(last=Max("pk")).order_by("-last")


def _key(group: dict[str, Any]) -> Key:
    return group["transaction"], group["actor_kind"], group["actor"], group["actor_name"]


def _key_of(told: _Told) -> Key:
    return told.key


def _entries(organisation: Organisation, changes: QuerySet[Change]) -> list[_Told]:
    rows = list(changes.select_related("actor").order_by("pk"))
    names = history_values.names_of(organisation, rows)
    groups: dict[Key, list[Change]] = {}
    for row in rows:
        groups.setdefault((row.transaction, row.actor_kind, row.actor_id, row.actor_name), []).append(row)
    return [_Told(key, _entry(group, names)) for key, group in groups.items()]


def _entry(rows: list[Change], names: Names) -> Entry:
    notes = dict.fromkeys(row.note for row in rows if row.note)
    return Entry(by=who(rows[0]), at=rows[-1].at, notes=tuple(notes), events=tuple(_events(rows, names)))


def who(row: Change) -> str:
    """The one behind a change, by the name of today."""
    if row.actor_kind == ActorKind.SYSTEM:
        return _("het systeem")
    name = str(row.actor) if row.actor else row.actor_name
    return _("via een link: %(name)s") % {"name": name} if row.actor_kind == ActorKind.LINK else name


# --- Words -----------------------------------------------------------------------------------------------------------

# What is kept in a list of its own: told as added and taken away, under the profile.
LISTS = {
    Thing.SECTORS: "sector_id",
    Thing.DISTRICTS: "district_id",
    Thing.TARGET_GROUPS: "targetgroup_id",
    Thing.LINKS: "url",
}


def _events(rows: list[Change], names: Names) -> Iterable[Event]:
    """The profile with its lists as one, then everything else one by one."""
    profile = [row for row in rows if row.thing == Thing.PROFILE]
    lists = [row for row in rows if row.thing in LISTS]
    if profile or lists:
        deed = profile[0].deed if profile else Deed.CHANGED
        lines = [line for row in profile for line in _lines(row, names)]
        yield Event(str(TITLES[Thing.PROFILE, deed]), (*lines, *_list_lines(lists, names)))
    for row in rows:
        if row.thing not in {Thing.PROFILE, *LISTS}:
            lines = [] if row.thing == Thing.INVITATION else list(_lines(row, names))
            yield Event(_title(row, names), tuple(lines))


def _title(row: Change, names: Names) -> str:
    titles = [TITLES[row.thing, row.deed]]
    if row.deed == Deed.CHANGED:
        meant = (MEANINGS.get((row.thing, column)) for column in row.after)
        titles = [*(each for each in meant if each), *titles]
    return str(titles[0]) % {"who": names.about(row)}


def _lines(row: Change, names: Names) -> Iterable[Line]:
    for column in history_values.told(row):
        label = history_values.label(row.thing, column)
        before = names.in_words(row.thing, column, row.before.get(column))
        after = names.in_words(row.thing, column, row.after.get(column))
        if history_values.is_text(row.thing, column) and before and after and max(len(before), len(after)) > SHORT:
            yield Line(label, pieces=tuple(compared(before, after)))
        else:
            yield Line(label, before, after)


def _list_lines(rows: list[Change], names: Names) -> Iterable[Line]:
    for thing, column in LISTS.items():
        of_thing = [row for row in rows if row.thing == thing]
        gone = [names.in_words(thing, column, row.before[column]) for row in of_thing if column in row.before]
        come = [names.in_words(thing, column, row.after[column]) for row in of_thing if column in row.after]
        if gone or come:
            yield Line(str(thing.label).capitalize(), ", ".join(gone), ", ".join(come))
