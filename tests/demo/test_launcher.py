"""`make demo` from the outside: a checkout of its own, started, stopped and killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import running_in, wait_until
from tests.product import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = ("config", "kring", "members", "offerings", "commitments")
OF_THE_TESTS = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "MAIL_TRANSPORT", "MAIL_JOURNAL", "MEDIA_ROOT"}

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("launcher")]


class Checkout:
    """The code in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for room in CODE:
            shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "manage.py", folder)
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, port: int | str, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
        with (self.folder / "said").open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "kring.demo", *arguments],
                cwd=self.folder,
                env=environment | {"PORT": str(port)},
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        self._started.append(process)
        return process

    def said(self) -> str:
        return (self.folder / "said").read_text()

    def start_and_wait(self, port: int, *arguments: str) -> subprocess.Popen[bytes]:
        process = self.start(port, *arguments)
        wait_until(lambda: "Ctrl-C" in self.said() or process.poll() is not None, seconds=120)
        assert process.poll() is None, self.said()
        return process

    def refused(self, port: int | str, *arguments: str) -> str:
        """The one line with which it does not start."""
        assert self.start(port, *arguments).wait(30) == 1
        assert self.said().count("\n") == 1, self.said()
        return self.said().strip()

    def is_quiet(self) -> bool:
        return running_in(self.folder) == set()

    def end(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()
        wait_until(self.is_quiet, seconds=30)


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path / "checkout")
    yield made
    made.end()


@pytest.mark.parametrize(
    ("port", "line"),
    [
        ("http", "PORT=http is no port: take a number from 1024 to 65535, as in `PORT=8001 make demo`."),
        ("0", "PORT=0 is no port: take a number from 1024 to 65535, as in `PORT=8001 make demo`."),
        ("70000", "PORT=70000 is no port: take a number from 1024 to 65535, as in `PORT=8001 make demo`."),
    ],
)
def test_port_that_is_none_is_said_in_one_line(checkout: Checkout, port: str, line: str) -> None:
    assert checkout.refused(port) == line


def test_taken_port_is_said_in_one_line(checkout: Checkout) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        line = checkout.refused(port)

    assert line == f"Port {port} is taken: `PORT={port + 1} make demo` takes another."
    assert checkout.is_quiet()


def test_demo_survives_being_stopped_and_killed(checkout: Checkout) -> None:
    """One long story, since every start costs seconds."""
    port = free_port()

    first = checkout.start_and_wait(port)
    assert "The demo circle is loaded." in checkout.said()
    assert f"http://localhost:{port}/demo/post/" in checkout.said()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as response:
        assert response.status == 200
    for arguments in ((), ("--reset",)):
        running = f"The demo of this checkout (process {first.pid}, port {port}) is running already."
        assert checkout.refused(free_port(), *arguments) == running

    first.send_signal(signal.SIGTERM)
    assert first.wait(60) == 0
    assert checkout.is_quiet()

    second = checkout.start_and_wait(port)
    assert "The data of last time is kept." in checkout.said()
    second.kill()
    wait_until(checkout.is_quiet, seconds=60)

    third = checkout.start_and_wait(port, "--reset")
    assert "The demo circle is loaded." in checkout.said()
    third.send_signal(signal.SIGINT)
    assert third.wait(60) == 0
    assert checkout.is_quiet()
