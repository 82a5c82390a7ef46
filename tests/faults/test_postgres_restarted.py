"""PostgreSQL goes away under a running site: a clear page meanwhile, and no request fails once it is back.

Mail that was on its way goes once.
"""

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
from tests.smtp_server import Behaviour, smtp_server

pytestmark = pytest.mark.faults

# A visitor gets an answer within this time, whatever is the case.
PATIENCE_SECONDS = 8
# Long enough for a pool that waits twice as long after each failed attempt to show it.
OUTAGE_SECONDS = 16
MAILS = 200
PAGES = ("/", "/menukaart/", "/organisaties/", "/toezeggingen/", "/inloggen/")


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server of these tests' own: the others go on with theirs. Each test finds it running, and leaves it so."""
    postgres = Postgres(tmp_path_factory.mktemp("pg"), durable=False)
    try:
        yield postgres.start()
    finally:
        postgres.stop()


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> dict[str, str]:
    environment = os.environ | {"DATABASE_URL": postgres.create_database("kring"), "WEB_CONCURRENCY": "1"}
    manage(environment, "migrate", "-v0")
    return environment


def manage(environment: dict[str, str], *command: str) -> None:
    command = (sys.executable, "manage.py", *command)
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


@pytest.fixture
def site(database: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """Web as it runs in earnest, with its pool."""
    port = free_port()
    environment = database | {"SITE_URL": f"http://localhost:{port}"}
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


# As the broker's worker does: each run begins with a connection that works, and one that fails ends there.
WORKER = """
import time
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone
from kring.mail import delivery
from kring.mail.models import Message

failed = 0
while True:
    close_old_connections()
    try:
        delivery.reclaim(timezone.now())
        delivery.deliver()
        if not Message.objects.exclude(state="sent").exists():
            break
    except (DatabaseError, InterfaceError):
        failed += 1
    time.sleep(0.2)
print(failed)
"""
WRITER = """
from kring.mail import outbox
from kring.mail.models import Kind, Message

for number in range(%d):
    email = f"lezer-{number}@voorbeeld.example"
    outbox.add(Message(key=email, kind=Kind.TRANSACTIONAL, email=email, subject="Dag", text="Dag"))
"""


def test_mail_on_its_way_goes_once(database: dict[str, str], postgres: Postgres, tmp_path: Path) -> None:
    with smtp_server() as server:
        environment = database | {
            "MAIL_TRANSPORT": "smtp",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(server.port),
            "MAIL_JOURNAL": str(tmp_path / "journal"),
        }
        server.behaviour = lambda address: Behaviour(delay=0.01)
        manage(environment, "shell", "--no-imports", "-c", WRITER % MAILS)
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", WORKER]
        worker = child(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        try:
            for restart in (1, 2):
                server.wait_for(restart * MAILS // 4, seconds=60)
                assert len(server.raw) < MAILS
                postgres.restart()
            server.wait_for(MAILS, seconds=60)
            ended = worker.wait(60)
            assert worker.stdout is not None
            failed = int(worker.stdout.read())
        finally:
            stop(worker)

    assert ended == 0
    assert failed >= 1
    assert len(server.counts()) == MAILS
    assert set(server.counts().values()) == {1}
