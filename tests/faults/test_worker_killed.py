"""A worker is killed in the middle of delivering: every message arrives exactly once.

But for the one window that cannot be closed: the server has said yes and the worker dies before it wrote that down.
Each kill can leave at most one such message per connection; the test measures it.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.utils import timezone

from config.embedded import child, stop
from kring.mail import delivery, outbox
from kring.mail.models import Kind, Message, MessageState
from tests.product import ROOT, environment
from tests.smtp_server import Behaviour, SmtpServer, smtp_server

MESSAGES = 500
KILLS = 3

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


@contextmanager
def worker(folder: Path, server: SmtpServer) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "-l", "warning"]
    with (folder / "worker.log").open("ab") as log:
        process = child(command, cwd=ROOT, env=environment(8000, folder, server.port), stdout=log, stderr=log)
    try:
        yield process
    finally:
        stop(process)


def write_messages() -> None:
    rows = [
        Message(
            key=f"m:{number}",
            message_id=outbox.new_message_id(),
            kind=Kind.TRANSACTIONAL,
            email=f"lezer-{number}@voorbeeld.example",
            subject=f"Bericht {number}",
            text="Dag",
        )
        for number in range(MESSAGES)
    ]
    Message.objects.bulk_create(rows)


def test_killed_worker_loses_nothing_and_doubles_nothing(
    tmp_path: Path, settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MAIL_JOURNAL = tmp_path / "journal"  # type: ignore[attr-defined]
    with smtp_server() as server:
        server.behaviour = lambda address: Behaviour(delay=0.002)
        write_messages()
        for kill in range(1, KILLS + 1):
            with worker(tmp_path, server) as process:
                outbox.wake()
                server.wait_for(kill * MESSAGES // (KILLS + 2))
                process.kill()
                process.wait()
            delivery.reclaim(timezone.now())
        with worker(tmp_path, server):
            outbox.wake()
            deadline = time.monotonic() + 60
            while Message.objects.exclude(state=MessageState.SENT).exists() and time.monotonic() < deadline:
                time.sleep(0.2)
                delivery.reclaim(timezone.now())

    counts = server.counts()
    doubled = sum(times - 1 for times in counts.values())
    with capsys.disabled():
        print(f"\n{MESSAGES} messages, {KILLS} kills: {MESSAGES - len(counts)} lost, {doubled} in the open window")
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}
    assert len(counts) == MESSAGES
    assert doubled <= KILLS
