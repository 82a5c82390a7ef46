"""Who gets no mail, outside the database: so that a restored one, which is older, does not write to them again.

A line of JSON for each, without addresses: the keyed hash is the same as long as SECRET_KEY is.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_datetime

from kring.foundation.logs import discreet
from kring.mail.models import Suppression

KEPT = ("address_hash", "kind", "reason", "note", "since", "lifted_at")
MOMENTS = ("since", "lifted_at")


def lines() -> Iterator[str]:
    for row in Suppression.objects.order_by("pk").values(*KEPT).iterator():
        yield json.dumps({name: _written(row[name]) for name in KEPT}, ensure_ascii=False)


def _written(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


@transaction.atomic
def merge(given: Iterable[str]) -> int:
    """Of what is here and what is given the last word counts; returns how many were changed. ValueError for others."""
    changed = 0
    for line in filter(None, map(str.strip, given)):
        told = _read(line)
        known = Suppression.objects.select_for_update().filter(address_hash=told.address_hash, kind=told.kind).first()
        if known is None:
            told.save()
        elif _last_word(told) > _last_word(known):
            told.pk, told.dealt_with_at = known.pk, known.dealt_with_at
            told.save(update_fields=["reason", "note", "since", "lifted_at"])
        else:
            continue
        changed += 1
    return changed


def _read(line: str) -> Suppression:
    row = json.loads(line)
    if not isinstance(row, dict) or set(row) != set(KEPT):
        raise ValueError(f"no line of an export: {line[:80]}")
    moments = {name: parse_datetime(row[name]) if row[name] else None for name in MOMENTS}
    told = Suppression(**{**row, **moments})
    told.note = discreet(str(told.note))
    try:
        told.full_clean(exclude=["message"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise ValueError(f"no line of an export: {line[:80]}") from error
    return told


def _last_word(listed: Suppression) -> dt.datetime:
    return max(listed.since, listed.lifted_at or listed.since)
