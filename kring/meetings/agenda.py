"""The times of an agenda: nobody types them, each item begins where the one before it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction

from kring.meetings.models import AgendaItem, Meeting

# What is written of an item; its place on the agenda is changed by moving it.
WRITTEN = (
    *("title", "minutes", "kind", "speaker", "text", "fills"),
    *("document", "document_label", "link", "link_label", "picture", "picture_alt"),
)


@dataclass(frozen=True)
class Slot:
    """An item with its times; `filling` is what it filled itself with."""

    number: int
    item: AgendaItem
    starts_at: dt.datetime
    ends_at: dt.datetime
    filling: str = ""


def slots(meeting: Meeting, items: Iterable[AgendaItem], fillings: dict[int, str] | None = None) -> list[Slot]:
    starts_at, found = meeting.starts_at, []
    for number, item in enumerate(items, start=1):
        ends_at = starts_at + dt.timedelta(minutes=item.minutes)
        filling = (fillings or {}).get(item.pk, item.filled)
        found.append(Slot(number, item, starts_at, ends_at, filling))
        starts_at = ends_at
    return found


def runs_over(meeting: Meeting, shown: list[Slot]) -> dt.timedelta:
    """By how much the agenda is longer than the evening; nothing when it fits."""
    return max(shown[-1].ends_at - meeting.ends_at, dt.timedelta(0)) if shown else dt.timedelta(0)


@transaction.atomic
def add(item: AgendaItem) -> AgendaItem:
    """At the end. The same `once` again gives what was made the first time."""
    meeting = item.meeting.locked()
    earlier = meeting.agenda.filter(once=item.once).first() if item.once else None
    if earlier is not None:
        return earlier
    last = meeting.agenda.order_by("-order").values_list("order", flat=True).first()
    item.order = (last or 0) + 1
    item.save()
    return item


@transaction.atomic
def move(item: AgendaItem, *, up: bool) -> None:
    """Changes places with the one before or after it; at either end it stays."""
    meeting = item.meeting.locked()
    order = list(meeting.agenda.order_by("order").values_list("pk", flat=True))
    here = order.index(item.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
        _number(meeting, order)


@transaction.atomic
def remove(item: AgendaItem) -> None:
    meeting = item.meeting.locked()
    forget(item.picture.name, item.document.name)
    item.delete()
    _number(meeting, list(meeting.agenda.order_by("order").values_list("pk", flat=True)))


def change(item: AgendaItem) -> None:
    """Saves what was changed of a locked item; a file that was replaced goes."""
    before = AgendaItem.objects.filter(pk=item.pk).values_list("picture", "document").first() or ()
    item.version += 1
    item.save(update_fields=[*WRITTEN, "version"])
    forget(*(set(before) - {item.picture.name, item.document.name}))


def forget(*names: str | None) -> None:
    """These files, once the transaction is committed."""
    for name in filter(None, names):
        transaction.on_commit(partial(default_storage.delete, name))


def _number(meeting: Meeting, order: list[int]) -> None:
    items = {item.pk: item for item in meeting.agenda.all()}
    for number, key in enumerate(order, start=1):
        items[key].order = number
    AgendaItem.objects.bulk_update(items.values(), ["order"])
