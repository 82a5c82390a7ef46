"""A worker's own notes of what the mail server accepted, for when it dies before the database knows.

One file per process, locked as long as the process lives. A line is written with one system call, before the final
dot of a message (its intent) and after the server's reply (its acceptance), so it survives a kill of the process.
Whoever takes over reads them: accepted is sent; intended and not accepted is the one case that cannot be known.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import uuid
from enum import Enum
from pathlib import Path

from django.conf import settings


class Trace(Enum):
    NONE = "none"
    INTENDED = "intended"
    ACCEPTED = "accepted"


class Journal:
    """The journal of this process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._pid = os.getpid()
        self._file = os.open(folder / self.name, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def belongs_here(self) -> bool:
        """False in a process that was forked off the one that made it."""
        return self._pid == os.getpid()

    def intend(self, pk: int) -> None:
        os.write(self._file, b"I %d\n" % pk)

    def accept(self, pk: int, reply: str) -> None:
        os.write(self._file, f"A {pk} {' '.join(reply.split())[:200]}\n".encode())

    def close(self) -> None:
        os.close(self._file)

    def forget(self) -> None:
        """Everything noted so far stands in the database now."""
        os.ftruncate(self._file, 0)


_mine: Journal | None = None


def mine() -> Journal:
    global _mine
    if _mine is None or not _mine.belongs_here():
        _mine = Journal(settings.MAIL_JOURNAL)
    return _mine


def is_alive(name: str) -> bool:
    """Whether the process that writes this journal still runs. An unknown journal (on another machine) may."""
    try:
        file = os.open(settings.MAIL_JOURNAL / name, os.O_RDWR)
    except OSError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def read(name: str) -> dict[int, tuple[Trace, str]]:
    """What a journal tells of each message; empty when there is none."""
    traces: dict[int, tuple[Trace, str]] = {}
    try:
        lines = (settings.MAIL_JOURNAL / name).read_text().splitlines()
    except OSError:
        return traces
    for line in lines:
        letter, _space, rest = line.partition(" ")
        pk, _space, reply = rest.partition(" ")
        if pk.isdigit():
            traces[int(pk)] = (Trace.ACCEPTED, reply) if letter == "A" else (Trace.INTENDED, "")
    return traces


def remove(name: str) -> None:
    with contextlib.suppress(OSError):
        (settings.MAIL_JOURNAL / name).unlink()
