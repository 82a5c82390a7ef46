"""The whole product, running: web, worker and clock as processes of their own, on the database of the test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from config.embedded import child

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


@dataclass(frozen=True)
class Product:
    url: str
    folder: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    """Where the test's own database is, as the processes are told it."""
    wanted = connection.settings_dict
    host = quote(str(wanted["HOST"] or wanted["OPTIONS"].get("host", "")), safe="/")
    who = f"{wanted['USER']}:{wanted['PASSWORD']}"
    return f"postgresql://{who}@/{wanted['NAME']}?host={host}&port={wanted['PORT'] or 5432}"


def environment(port: int, folder: Path, mail_port: int) -> dict[str, str]:
    return os.environ | {
        "VISITORS_SEE_AFTER": "0",
        "DATABASE_URL": database_url(),
        "SITE_URL": f"http://localhost:{port}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MAIL_TRANSPORT": "smtp",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail_port),
        "MAIL_JOURNAL": str(folder / "journal"),
        "MEDIA_ROOT": str(folder / "media"),
        "CELERY_BEAT_FILE": str(folder / "beat"),
        "DELIVER_SECONDS": "2",
        "REMIND_SECONDS": "2",
        "SEND_SECONDS": "2",
        "LOG_FORMAT": "plain",
        "PYTHONUNBUFFERED": "1",
    }


def wait_until_up(url: str, processes: dict[str, subprocess.Popen[bytes]], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for name, process in processes.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} stopped: {(folder / f'{name}.log').read_text()[-2000:]}")
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the site did not answer within {START_SECONDS} seconds")


@contextmanager
def running(folder: Path, *, mail_port: int, with_worker: bool = True) -> Iterator[Product]:
    """Starts the processes, and stops them whatever happens."""
    port = free_port()
    url = f"http://localhost:{port}"
    commands = {
        "web": ["gunicorn", "--threads", "4", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "config.wsgi"]
    }
    if with_worker:
        commands["worker"] = [
            "celery",
            "-A",
            "config",
            "worker",
            "--beat",
            "-s",
            str(folder / "beat"),
            "-c",
            "2",
            "-l",
            "info",
        ]
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with (folder / f"{name}.log").open("wb") as log:
                processes[name] = child(
                    [sys.executable, "-m", *command],
                    cwd=ROOT,
                    env=environment(port, folder, mail_port),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
        wait_until_up(url, processes, folder)
        yield Product(url, folder)
    finally:
        for process in processes.values():
            process.send_signal(signal.SIGTERM)
        for process in processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
