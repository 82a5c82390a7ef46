"""Workers are killed in the middle of delivering, the broker is emptied, the database lets go: all arrives once.

But for the one window that cannot be closed: the server has said yes and the worker dies before it wrote that down.
Each kill can leave at most one such message per connection; the test measures it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from config.embedded import child, stop
from kring.mail import delivery, journal, outbox, stencils
from kring.mail.models import Kind, Message, MessageState
from kring.mail.recipients import Recipient
from tests.processes import wait_until
from tests.product import ROOT, environment
from tests.smtp_server import SmtpServer, smtp_server

MESSAGES = 10_000
KILLS = 5

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


@contextmanager
def worker(folder: Path, server: SmtpServer) -> Iterator[subprocess.Popen[bytes]]:
    """One that starts a new process for each that is killed."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "-l", "warning"]
    with (folder / "worker.log").open("ab") as log:
        process = child(command, cwd=ROOT, env=environment(8000, folder, server.port), stdout=log, stderr=log)
    try:
        yield process
    finally:
        stop(process)


def write_messages() -> None:
    marks = stencils.Marks()
    rendered = stencils.Rendered(
        subject="De brief", text=f"Dag {marks.of('name')}\n", html=f"<p>{marks.of('name')}</p>"
    )
    stencil = stencils.keep(rendered, marks, language="nl", key="issue")
    readers = (Recipient(f"lezer-{number}@voorbeeld.example", f"Lezer {number}") for number in range(MESSAGES))
    copies = (stencils.Copy(reader, key=reader.email) for reader in readers)
    outbox.queue_many(stencil, copies, kind=Kind.NEWSLETTER, about="issue")


def kill_who_delivers(folder: Path) -> None:
    """The process whose journal it is: its name holds the number."""
    running = [name for path in (folder / "journal").iterdir() if journal.is_alive(name := path.name)]
    for name in running:
        os.kill(int(name.split("-")[-2]), signal.SIGKILL)


def as_the_clock_does() -> None:
    delivery.reclaim(timezone.now())
    outbox.wake()


def empty_the_broker() -> None:
    url = str(django_settings.CELERY_BROKER_URL).replace("redis+socket", "unix").replace("virtual_host", "db")
    redis.Redis.from_url(url).flushdb()


def let_go_of_the_database() -> None:
    """What a restart does to who is connected."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_nothing_is_lost_and_nothing_doubled(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MAIL_JOURNAL = tmp_path / "journal"
    with smtp_server() as server:
        write_messages()
        with worker(tmp_path, server):
            for kill in range(1, KILLS + 1):
                server.wait_for(kill * MESSAGES // (KILLS + 3), seconds=120)
                kill_who_delivers(tmp_path)
                as_the_clock_does()
            server.wait_for(MESSAGES * 6 // 8, seconds=120)
            empty_the_broker()
            server.wait_for(MESSAGES * 7 // 8, seconds=120)
            let_go_of_the_database()

            def all_went() -> bool:
                as_the_clock_does()
                return not Message.objects.exclude(state=MessageState.SENT).exists()

            wait_until(all_went, seconds=120)

    counts = server.counts()
    doubled = sum(times - 1 for times in counts.values())
    with capsys.disabled():
        print(f"\n{MESSAGES} messages, {KILLS} kills: {MESSAGES - len(counts)} lost, {doubled} in the open window")
    assert len(counts) == MESSAGES
    assert doubled <= KILLS
