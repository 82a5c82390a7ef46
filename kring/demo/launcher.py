"""The whole circle on this machine, in the foreground. Ctrl-C stops all of it and keeps the data."""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType

from config.embedded import DISK_FULL, EmbeddedError, Postgres, Valkey, broker_url, child, claimed, stop

ROOT = Path(__file__).resolve().parent.parent.parent
LOCAL = ROOT / ".local"
UP_SECONDS = 60
ROOM_NEEDED = 300 * 1024 * 1024

WHERE_TO_LOOK = """
  The circle is up:       {url}/
  Sign in as somebody:    {url}/inloggen/   (one click: business, editor, owner,
                          board or administrator; no password)
  All mail that was sent: {url}/demo/post/
  The API:                {url}/api/docs/

  Ctrl-C stops all of it and keeps the data. To start afresh: make demo-reset
"""


def say(text: str) -> None:
    print(text, flush=True)


# --- May we start? ---------------------------------------------------------------------------------------------------


def wanted_port(text: str) -> int:
    """Raises EmbeddedError for a port that is none, or taken."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise EmbeddedError(f"PORT={text} is no port: take a number from 1024 to 65535, as in `PORT=8001 make demo`.")
    port = int(text)
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        _try_port(family, address, port)
    return port


def _try_port(family: socket.AddressFamily, address: str, port: int) -> None:
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = port + 1 if port < 65535 else 8001
            raise EmbeddedError(f"Port {port} is taken: `PORT={other} make demo` takes another.") from None
        if error.errno == errno.EACCES:
            raise EmbeddedError(f"Port {port} is for root alone: `PORT=8001 make demo` takes another.") from None
        if family == socket.AF_INET:  # a machine without IPv6 has no ::1 to be taken
            raise


def check_room(folder: Path) -> None:
    if shutil.disk_usage(folder).free < ROOM_NEEDED:
        raise EmbeddedError(f"{DISK_FULL} The demo needs {ROOM_NEEDED // 1024**2} MB.")


def forget_all(folder: Path) -> None:
    """Everything but the lock, which says that the folder is ours."""
    if "DATABASE_URL" in os.environ:
        raise EmbeddedError("DATABASE_URL names a database of yours: empty that one yourself.")
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


# --- Starting --------------------------------------------------------------------------------------------------------


def secret_key() -> str:
    """A key of this checkout's own, so that signing in lasts over a restart."""
    path = LOCAL / "secret"
    if not path.exists() or not path.read_text():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


@contextlib.contextmanager
def state(given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Where the data are: the servers that the environment names, or ours for as long as this lasts."""
    names = dict(given)
    with contextlib.ExitStack() as running:
        if "DATABASE_URL" not in names:
            postgres = Postgres(LOCAL / "pg")
            running.callback(postgres.stop)
            names["DATABASE_URL"] = postgres.start().create_database("kring")
        if "REDIS_URL" not in names:
            valkey = Valkey(LOCAL / "valkey")
            running.callback(valkey.stop)
            names |= valkey.start().environment()
        names.setdefault("CELERY_BROKER_URL", broker_url(names["REDIS_URL"]))
        yield names


def settings_of_demo(url: str) -> dict[str, str]:
    return {
        "SECRET_KEY": secret_key(),
        "SITE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "MAIL_TRANSPORT": "post",
        "MAIL_JOURNAL": str(LOCAL / "journal"),
        "MEDIA_ROOT": str(LOCAL / "media"),
        "LOG_FORMAT": "plain",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "PYTHONUNBUFFERED": "1",
        # Celery warns of running as root, which in a throw-away container is how it is.
        "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS", "ignore"),
    }


def manage(environment: dict[str, str], *command: str) -> None:
    """Raises EmbeddedError when the command fails; what it said is on the screen."""
    process = child([sys.executable, "manage.py", *command], cwd=ROOT, env=environment)
    try:
        failed = process.wait() != 0
    finally:
        stop(process)
    if failed:
        raise EmbeddedError(f"`manage.py {command[0]}` failed; see above. `make demo-reset` starts afresh.")


def commands(port: int) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--quiet", "-A", "config"]
    quietly = ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    return {
        "web": [
            *python,
            "gunicorn",
            "--config",
            "python:config.gunicorn",
            "--bind",
            f"127.0.0.1:{port}",
            "config.wsgi",
        ],
        "worker": [*celery, "worker", "--concurrency", "2", *quietly],
        "beat": [*celery, "beat", "--schedule", str(LOCAL / "beat"), "--pidfile=", "--loglevel", "WARNING"],
    }


@contextlib.contextmanager
def processes(port: int, environment: dict[str, str]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Web, worker and beat; all are told to stop before one is waited for."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands(port).items():
            running[name] = child(command, cwd=ROOT, env=environment)
        yield running
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            stop(process)


def answers(port: int) -> bool:
    """Asked directly: a proxy that the environment names knows nothing of this machine's own ports."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def watch(running: dict[str, subprocess.Popen[bytes]], until: Callable[[], bool], seconds: float) -> None:
    """Returns once it is so. Raises EmbeddedError when one of the processes ends, or it takes too long."""
    deadline = time.monotonic() + seconds
    while not until():
        for name, process in running.items():
            if process.poll() is not None:
                raise EmbeddedError(f"The {name} process stopped by itself; see above.")
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The site did not answer within {seconds:.0f} seconds.")
        time.sleep(0.1)


def serve(port: int) -> None:
    """Runs until a signal. Raises EmbeddedError, in one line, for whatever else ends it."""
    url = f"http://localhost:{port}"
    with state(os.environ) as addresses:
        environment = addresses | settings_of_demo(url)
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "demo_data")
        with processes(port, environment) as running:
            watch(running, lambda: answers(port), UP_SECONDS)
            say(WHERE_TO_LOOK.format(url=url))
            watch(running, lambda: False, float("inf"))


def leave_on_signals() -> None:
    """Ctrl-C, SIGTERM and a closed terminal all unwind what was started; a second one changes nothing."""

    def leave(number: int, frame: FrameType | None) -> None:
        for name in signals:
            signal.signal(name, signal.SIG_IGN)
        sys.exit(0)

    signals = [signal.SIGINT, signal.SIGTERM]  # a shell's background job ignores SIGINT unless it is set
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        signals.append(signal.SIGHUP)
    for name in signals:
        signal.signal(name, leave)


def main(arguments: list[str]) -> int:
    leave_on_signals()
    text = os.environ.get("PORT") or "8000"
    try:
        with claimed(LOCAL, f"The demo of this checkout (process {os.getpid()}, port {text})"):
            port = wanted_port(text)
            if "--reset" in arguments:
                forget_all(LOCAL)
            check_room(LOCAL)
            serve(port)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(DISK_FULL, file=sys.stderr)
        return 1
    return 0
