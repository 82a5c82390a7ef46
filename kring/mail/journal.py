"""A worker's own notes of what the mail server accepted, for when it dies before the database knows.

One file per run, locked as long as the run lasts. A line is written with one system call, before the final dot of a
message (its intent) and after the server's reply (its acceptance or refusal), so it survives a kill of the process.
Whoever takes over reads them: accepted is sent; intended and no more is the one case that cannot be known.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from django.conf import settings


class Trace(Enum):
    NONE = "none"
    INTENDED = "intended"
    ACCEPTED = "accepted"


TRACES = {"I": Trace.INTENDED, "A": Trace.ACCEPTED}


class Journal:
    """The journal of one run."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._path = folder / self.name
        self._file = self._locked()

    def _locked(self) -> int:
        """Somebody who sweeps may take the file away before it is locked: then it is made again."""
        while True:
            file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file), self._path.stat()):
                    return file
            os.close(file)

    def intend(self, pk: int) -> None:
        os.write(self._file, b"I %d\n" % pk)

    def accept(self, pk: int, reply: str) -> None:
        os.write(self._file, f"A {pk} {' '.join(reply.split())[:200]}\n".encode())

    def refuse(self, pk: int) -> None:
        """The server said no after the dot: what was intended did not come to pass."""
        os.write(self._file, b"R %d\n" % pk)

    def close(self) -> None:
        """Lets go of the lock, as the kernel does when the process is killed; the notes stay."""
        os.close(self._file)


@contextmanager
def opened() -> Iterator[Journal]:
    """A journal for one run. After a run that failed the notes stay, for whoever takes over."""
    journal = Journal(settings.MAIL_JOURNAL)
    try:
        yield journal
        remove(journal.name)
    finally:
        journal.close()


def is_alive(name: str) -> bool:
    """Whether the run that writes this journal still goes on. An unknown journal (on another machine) may."""
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


def read(name: str) -> dict[int, tuple[Trace, str]] | None:
    """What a journal tells of each message, with the server's reply; None when it is not at hand."""
    traces: dict[int, tuple[Trace, str]] = {}
    try:
        text = (settings.MAIL_JOURNAL / name).read_text(errors="replace")
    except OSError:
        return None
    for line in text.split("\n")[:-1]:  # a last line without an end was torn when the machine went down
        letter, _space, rest = line.partition(" ")
        pk, _space, reply = rest.partition(" ")
        if pk.isdigit():
            traces[int(pk)] = (TRACES.get(letter, Trace.NONE), reply)
    return traces


def abandoned() -> list[str]:
    """The journals whose runs are over."""
    folder: Path = settings.MAIL_JOURNAL
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return [name for name in names if not is_alive(name)]


def remove(name: str) -> None:
    with contextlib.suppress(OSError):
        (settings.MAIL_JOURNAL / name).unlink()
