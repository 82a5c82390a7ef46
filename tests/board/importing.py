"""Lists for the tests, and the way through an import without a worker."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kring.accounts.models import User
from kring.board.importing import starting, working
from kring.board.models import Import, ImportKind, ImportRow


def csv(*rows: str) -> bytes:
    return "\r\n".join(rows).encode()


def read(by: User, content: bytes, kind: str = ImportKind.BUSINESSES, **wishes: Any) -> Import:
    """Uploaded, and read by the task."""
    file = SimpleUploadedFile("lijst.csv", content)
    found = starting.begin(kind, file, content, by, timezone.now(), once=uuid.uuid4())
    Import.objects.filter(pk=found.pk).update(wishes=found.wishes | wishes)
    return carried_on(found)


def carried_on(found: Import) -> Import:
    """After whatever a task had to do."""
    working.carry_on(found.pk)
    return Import.objects.get(pk=found.pk)


def written(by: User, content: bytes, kind: str = ImportKind.BUSINESSES, **wishes: Any) -> Import:
    """Read, said yes to, and written."""
    found = read(by, content, kind, **wishes)
    found.confirm(by, timezone.now(), seen=found.seen)
    return carried_on(found)


def undone(found: Import, by: User) -> Import:
    found.undo(by, timezone.now())
    return carried_on(found)


def outcomes(found: Import) -> list[tuple[str, str]]:
    """Each row by name, with what is to become of it."""
    return [(row.name, row.outcome) for row in ImportRow.objects.of(found).order_by("number")]


def results(found: Import) -> list[tuple[str, str, str]]:
    return [(row.name, row.result, row.why) for row in ImportRow.objects.of(found).order_by("number")]
