"""A pytest plugin (`-p tests.services` in pyproject.toml) that starts PostgreSQL and Valkey before anything else.

pytest-django reads the settings before any conftest.py, so a conftest would come too late. The controller starts
both servers once; xdist's workers inherit the addresses, and each has a database and a Valkey number of its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import EmbeddedError, Postgres, Valkey, broker_url, claimed

PREFIX = "kring-test-"
SETTLED_SECONDS = 60  # a younger folder may be one that its run has yet to claim
SETTINGS = {
    "SECRET_KEY": "only-for-tests",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEMO": "1",
    "PLAIN_STATIC": "1",
    "LOG_FORMAT": "plain",
    "LOG_LEVEL": "WARNING",
    # Playwright keeps an event loop in the thread of the tests; Django would refuse the database there.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}
ON_NOTHING = {"DATABASE_URL": "postgresql:///none", "REDIS_URL": "redis://none"}

_running = contextlib.ExitStack()


def sweep(root: Path) -> None:
    """Ends and removes what runs that were killed have left; who runs still has its folder claimed."""
    for folder in root.glob(f"{PREFIX}*"):
        # Another user's, or another run's: theirs to keep. One that is swept by two runs at once may just be gone.
        with contextlib.suppress(EmbeddedError, OSError):
            if time.time() - folder.stat().st_mtime > SETTLED_SECONDS:
                with claimed(folder):
                    Postgres(folder / "pg").end_leftover()
                    shutil.rmtree(folder)


@contextlib.contextmanager
def servers() -> Iterator[dict[str, str]]:
    """The addresses of PostgreSQL and Valkey, of our own where the environment names none."""
    root = Path(tempfile.gettempdir())
    sweep(root)
    with contextlib.ExitStack() as running:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        running.callback(shutil.rmtree, folder, ignore_errors=True)
        running.enter_context(claimed(folder))
        names = {"KRING_TEST_FOLDER": str(folder)}
        if "DATABASE_URL" not in os.environ:
            postgres = Postgres(folder / "pg", durable=False)
            running.callback(postgres.stop)
            names["DATABASE_URL"] = postgres.start().url()
        if "REDIS_URL" not in os.environ:
            valkey = Valkey(folder)
            running.callback(valkey.stop)
            names |= valkey.start().environment()
        yield names


def use_own_valkey_database(worker: str) -> None:
    number = 1 + int(worker.removeprefix("gw"))
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].partition('?')[0]}?db={number}"
    os.environ["CELERY_BROKER_URL"] = broker_url(os.environ["REDIS_URL"])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Goes round pytest-django's own, which reads the settings."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    options = early_config.known_args_namespace
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        use_own_valkey_database(worker)
    elif options.collectonly or options.help or options.version:
        os.environ.update({name: value for name, value in ON_NOTHING.items() if name not in os.environ})
    else:
        try:
            os.environ |= _running.enter_context(servers())
        except EmbeddedError as error:
            raise pytest.UsageError(str(error)) from None
    os.environ.setdefault("CELERY_BROKER_URL", broker_url(os.environ["REDIS_URL"]))
    try:
        return (yield)
    except BaseException:  # settings that do not load: pytest ends without unconfiguring
        _running.close()
        raise


def pytest_unconfigure() -> None:
    _running.close()
