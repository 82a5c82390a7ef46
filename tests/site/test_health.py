"""What an operator's monitor hears: 503 without a database, and otherwise what is limping."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from config.embedded import broker_url
from kring.foundation.cache import FailOpenRedisCache
from kring.mail import outbox
from kring.mail.models import Kind, Message

PATIENCE_SECONDS = 3
ALL_WELL = {"database": True, "cache": True, "broker": True, "outbox": True}


def waiting(minutes: int) -> None:
    outbox.add(Message(key="wacht", kind=Kind.TRANSACTIONAL, email="lezer@voorbeeld.example", subject="x", text="x"))
    Message.objects.update(next_attempt_at=timezone.now() - dt.timedelta(minutes=minutes))


def test_all_is_well(client: Client, db: None) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": ALL_WELL})


@pytest.mark.parametrize(("minutes", "is_well"), [(1, True), (9, True), (11, False)])
def test_mail_that_waits_long_is_told(client: Client, db: None, minutes: int, is_well: bool) -> None:
    waiting(minutes)

    answer = client.get("/readyz").json()

    assert answer["checks"]["outbox"] is is_well
    assert answer["status"] == ("ok" if is_well else "degraded")


@pytest.fixture(params=["cache", "broker"])
def limping(
    request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[str]:
    """Where one of the two should be, there is nothing."""
    nowhere = f"unix://{tmp_path}/none.sock?db=0"
    if request.param == "cache":
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": nowhere}}
    else:
        monkeypatch.setenv("CELERY_BROKER_URL", broker_url(nowhere))  # Celery reads it before its settings
    yield str(request.param)
    FailOpenRedisCache._away_until.clear()


def test_site_that_limps_still_serves(client: Client, db: None, limping: str) -> None:
    started = time.monotonic()

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "checks": ALL_WELL | {limping: False}}
    assert time.monotonic() - started < PATIENCE_SECONDS


@pytest.mark.django_db(transaction=True)
def test_without_a_database_nobody_is_sent_here(client: Client, tmp_path: Path) -> None:
    connection = connections["default"]
    connection.close()
    there = connection.settings_dict["OPTIONS"].pop("host", None), connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = str(tmp_path)
    started = time.monotonic()
    try:
        ready, alive = client.get("/readyz"), client.get("/healthz")
    finally:
        connection.close()
        connection.settings_dict["HOST"] = there[1]
        if there[0]:
            connection.settings_dict["OPTIONS"]["host"] = there[0]

    assert (ready.status_code, ready.json()) == (503, {"status": "down", "checks": {"database": False}})
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert time.monotonic() - started < PATIENCE_SECONDS


def test_process_that_lives_asks_nobody(client: Client) -> None:
    """Without the `db` fixture a query would fail this test."""
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_answer_is_never_kept_and_changes_nothing(client: Client, db: None, path: str) -> None:
    answer = client.get(path)

    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200
