"""What a task does for an import, whichever step it waits for; and what is forgotten once its time is over."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from kring.board.importing import preparing, undoing, writing
from kring.board.models import Import, ImportFile, ImportRow, ImportState


def carry_on(number: int) -> None:
    """Whatever the import waits for now, to its end. Nothing for one that waits for somebody, or is gone."""
    state = Import.objects.filter(pk=number).values_list("state", flat=True).first()
    match state:
        case ImportState.READING:
            preparing.prepare(number, timezone.now())
        case ImportState.WRITING:
            writing.write(number, timezone.now)
        case ImportState.UNDOING:
            undoing.undo(number, timezone.now)


def carry_on_all() -> None:
    """What nobody was woken for, or whose worker died."""
    for number in Import.objects.at_work().order_by("pk").values_list("pk", flat=True):
        carry_on(number)


@transaction.atomic
def forget(now: dt.datetime) -> None:
    """Lists that nobody said yes to, and what stood in those that were written or undone. The figures stay."""
    Import.objects.forgotten(now).delete()
    for found in Import.objects.past_undoing(now):
        ImportRow.objects.of(found).delete()
        ImportFile.objects.filter(source=found).delete()
        found.samples, found.skipped, found.transactions = [], [], []
        found.save(update_fields=["samples", "skipped", "transactions"])
