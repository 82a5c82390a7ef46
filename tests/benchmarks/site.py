"""What is measured: a PostgreSQL that writes as a real one does, a Valkey, and the site as the image runs it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from config.embedded import Postgres, Valkey, child, claimed, stop

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "only-for-benchmarks",
    "DEBUG": "0",
    "DEMO": "1",  # its people, and no second step for the board
    "WEB_CONCURRENCY": "1",
    "BEHIND_PROXY": "1",
    "PLAIN_STATIC": "1",  # pages are measured, not the files beside them
    "LOG_LEVEL": "WARNING",
    "PYTHONUNBUFFERED": "1",
}


@contextlib.contextmanager
def state() -> Iterator[dict[str, str]]:
    """The environment of a site with an empty database. It is that of this process too while it lasts."""
    before = dict(os.environ)
    with contextlib.ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="kring-bench-")))
        running.enter_context(claimed(folder))
        postgres, valkey = Postgres(folder / "pg"), Valkey(folder)
        running.callback(postgres.stop)
        running.callback(valkey.stop)
        ours = SETTINGS | {"DATABASE_URL": postgres.start().create_database("kring")} | valkey.start().environment()
        ours |= {"MEDIA_ROOT": str(folder / "media"), "MAIL_JOURNAL": str(folder / "journal")}
        os.environ.update(ours)
        running.callback(lambda: (os.environ.clear(), os.environ.update(before)))
        yield dict(os.environ)


def manage(environment: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)


@contextlib.contextmanager
def web(environment: dict[str, str], port: int, *, application: str = "config.wsgi") -> Iterator[str]:
    """The address of gunicorn as the image starts it; `application` may be another, to hold it against."""
    command = ["gunicorn", "--config", "python:config.gunicorn", "--bind", f"127.0.0.1:{port}", application]
    process = child([sys.executable, "-m", *command], cwd=ROOT, env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_up(url, process)
        yield url
    finally:
        stop(process)


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2).close()
        except urllib.error.HTTPError:  # an application without that page is up too
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{url} did not come up")
