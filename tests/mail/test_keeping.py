"""Who said no stays off the list when an older database is put back."""

from __future__ import annotations

import datetime as dt
import io
import sys

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kring.mail import suppression
from kring.mail.models import Kind, Suppression

pytestmark = pytest.mark.django_db

NOW = timezone.now()
REQUEST, BOUNCE = Suppression.Reason.REQUEST, Suppression.Reason.BOUNCE


def exported() -> str:
    written = io.StringIO()
    call_command("export_suppressions", stdout=written)
    return written.getvalue()


def merge(text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    told = io.StringIO()
    call_command("merge_suppressions", stdout=told)
    return told.getvalue().strip()


def test_last_word_counts_after_a_restore(monkeypatch: pytest.MonkeyPatch) -> None:
    suppression.suppress("bleef@voorbeeld.example", REQUEST, NOW, kind=Kind.NEWSLETTER)
    suppression.suppress("terug@voorbeeld.example", BOUNCE, NOW)
    kept = exported()
    Suppression.objects.all().delete()
    suppression.suppress("terug@voorbeeld.example", BOUNCE, NOW - dt.timedelta(days=9))
    suppression.try_again("terug@voorbeeld.example", NOW + dt.timedelta(days=1), by_owner=False)

    told = [merge(kept, monkeypatch) for _time in range(2)]

    assert told == ["1 changed", "0 changed"]
    assert suppression.is_left("bleef@voorbeeld.example", Kind.NEWSLETTER)
    assert not suppression.is_suppressed("terug@voorbeeld.example")
    assert "@" not in kept


@pytest.mark.parametrize("line", ["{}", "[]", "geen json", '{"address_hash": 1}'])
def test_what_is_no_export_changes_nothing(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    suppression.suppress("een@voorbeeld.example", BOUNCE, NOW)
    kept = exported()
    Suppression.objects.all().delete()

    with pytest.raises(CommandError):
        merge(f"{kept}\n{line}\n", monkeypatch)

    assert not Suppression.objects.exists()
