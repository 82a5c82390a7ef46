"""PostgreSQL goes away under a running site: a clear page meanwhile, and no request fails once it is back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import Postgres, child, stop
from tests.product import ROOT, free_port, wait_until_up

pytestmark = pytest.mark.faults

# A visitor gets an answer within this time, whatever is the case.
PATIENCE_SECONDS = 8
# Long enough for a pool that waits twice as long after each failed attempt to show it.
OUTAGE_SECONDS = 16
PAGES = ("/", "/menukaart/", "/organisaties/", "/toezeggingen/", "/inloggen/")


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    """A server of this test's own: the others go on with theirs."""
    postgres = Postgres(tmp_path / "pg", durable=False)
    try:
        yield postgres.start()
    finally:
        postgres.stop()


@pytest.fixture
def site(postgres: Postgres, tmp_path: Path) -> Iterator[str]:
    """Web as it runs in earnest, with its pool."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": postgres.create_database("kring"),
        "SITE_URL": f"http://localhost:{port}",
        "WEB_CONCURRENCY": "1",
    }
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
    with (tmp_path / "web.log").open("wb") as log:
        process = child(
            [*command, "--bind", f"127.0.0.1:{port}", "config.wsgi"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_up(f"http://localhost:{port}", {"web": process}, tmp_path)
        yield f"http://localhost:{port}"
    finally:
        stop(process)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_no_request_fails_once_it_is_back(site: str, postgres: Postgres) -> None:
    before = [status(site + path) for path in PAGES]
    postgres.restart()
    after_a_restart = [status(site + path) for path in PAGES]

    postgres.stop()
    meanwhile: list[int] = []
    started = time.monotonic()
    while time.monotonic() - started < OUTAGE_SECONDS:
        meanwhile.append(status(f"{site}/menukaart/?q=woord{len(meanwhile)}"))  # a page that nobody kept
    probes = [status(f"{site}/healthz"), status(f"{site}/readyz")]
    postgres.start()
    after_an_outage = [status(site + path) for path in PAGES]

    assert before == after_a_restart == after_an_outage == [200] * len(PAGES)
    assert set(meanwhile) == {503}
    assert probes == [200, 503]
