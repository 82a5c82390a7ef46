"""A pytest plugin (`-p tests.services` in pyproject.toml) that starts PostgreSQL and Valkey before anything else.

pytest-django reads the settings before any conftest.py, so a conftest would come too late. The controller starts
both servers once; xdist's workers inherit the addresses, and each has a database and a Valkey number of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from config.embedded import Postgres, Valkey

FOLDER = re.compile(r"^kring-test-(\d+)-")
WITHOUT_TESTS = {"--collect-only", "--co", "--help", "-h", "--version", "--fixtures", "--markers"}

_started: list[Postgres | Valkey] = []
_folders: list[Path] = []


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def sweep(root: Path) -> None:
    """Removes what runs that were killed have left; their servers ended with them."""
    for folder in root.iterdir():
        match = FOLDER.match(folder.name)
        if match and not is_running(int(match[1])):
            shutil.rmtree(folder, ignore_errors=True)


def start() -> None:
    root = Path(tempfile.gettempdir())
    sweep(root)
    folder = Path(tempfile.mkdtemp(prefix=f"kring-test-{os.getpid()}-", dir=root))
    _folders.append(folder)
    if "DATABASE_URL" not in os.environ:
        postgres = Postgres(folder / "pg", durable=False).start()
        _started.append(postgres)
        os.environ["DATABASE_URL"] = postgres.url()
    if "REDIS_URL" not in os.environ:
        valkey = Valkey(folder).start()
        _started.append(valkey)
        os.environ |= valkey.environment()
    os.environ["KRING_TEST_FOLDER"] = str(folder)


def settings_for_tests() -> None:
    os.environ.setdefault("SECRET_KEY", "only-for-tests")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("PLAIN_STATIC", "1")
    os.environ.setdefault("LOG_FORMAT", "plain")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    # Playwright keeps an event loop in the thread of the tests; Django would refuse the database there.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def use_own_valkey_database(worker: str) -> None:
    number = 1 + int(worker.removeprefix("gw"))
    for name, key in (("REDIS_URL", "db"), ("CELERY_BROKER_URL", "virtual_host")):
        os.environ[name] = f"{os.environ[name].partition('?')[0]}?{key}={number}"


settings_for_tests()
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    use_own_valkey_database(worker)
elif not WITHOUT_TESTS & set(sys.argv):
    start()


def pytest_unconfigure(config: pytest.Config) -> None:
    while _started:
        _started.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)
