"""Asks for pages as fast as they come, over connections that stay open."""

from __future__ import annotations

import itertools
import random
import socket
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Pages:
    """Addresses of one kind, asked for in turn; `cookie` is a session's."""

    paths: Sequence[str]
    cookie: str = ""


class Connection:
    """Stays open as long as the server wants. Each request seems to come from another caller: none is limited."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._asked = random.randrange(1 << 16)
        self._open()

    def _open(self) -> None:
        name, port = self._host.split(":")
        self._socket = socket.create_connection((name, int(port)), timeout=60)
        self._file = self._socket.makefile("rb", buffering=1 << 16)

    def get(self, path: str, cookie: str) -> int:
        """The status; the page is read to its end."""
        self._asked += 1
        caller = f"10.{self._asked >> 16 & 255}.{self._asked >> 8 & 255}.{self._asked & 255}"
        head = {"Host": self._host, "X-Forwarded-For": caller, "X-Forwarded-Proto": "https"}
        lines = [f"{name}: {value}\r\n" for name, value in (head | ({"Cookie": cookie} if cookie else {})).items()]
        sent = f"GET {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()
        first = self._send(sent)
        if not first:  # a worker that served its share was replaced
            self.close()
            self._open()
            first = self._send(sent)
        self._read_body()
        return int(first.split()[1])

    def _send(self, sent: bytes) -> bytes:
        try:
            self._socket.sendall(sent)
            return self._file.readline()
        except ConnectionError:
            return b""

    def _read_body(self) -> None:
        length = 0
        while (line := self._file.readline()) not in {b"\r\n", b""}:
            name, _colon, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        self._file.read(length)

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def ask(url: str, pages: Pages, *, seconds: float, clients: int) -> list[float]:
    """How long each answer took, in seconds. RuntimeError when one was not 200."""
    took: list[list[float]] = [[] for _client in range(clients)]
    wrong: list[str] = []
    until = time.perf_counter() + seconds

    def one(client: int) -> None:
        connection = Connection(url)
        paths = itertools.islice(itertools.cycle(pages.paths), client * 7, None)
        while (begun := time.perf_counter()) < until and not wrong:
            path = next(paths)
            if (status := connection.get(path, pages.cookie)) != 200:
                wrong.append(f"{path} answered {status}")
            took[client].append(time.perf_counter() - begun)
        connection.close()

    threads = [threading.Thread(target=one, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(wrong[0])
    return sorted(itertools.chain.from_iterable(took))


def rate(url: str, pages: Pages, *, seconds: float) -> float:
    """Requests per second with two clients, so that the server never waits for one."""
    return len(ask(url, pages, seconds=seconds, clients=2)) / seconds


def held_against(url: str, pages: Pages, bare_url: str, *, seconds: float, rounds: int) -> tuple[float, float, float]:
    """Medians of the rate, of the bare view's beside it, and of their ratio."""
    bare = Pages(["/"])
    rate(url, pages, seconds=seconds / 2)
    pairs = [(rate(url, pages, seconds=seconds), rate(bare_url, bare, seconds=seconds)) for _round in range(rounds)]
    return (
        statistics.median(ours for ours, _theirs in pairs),
        statistics.median(theirs for _ours, theirs in pairs),
        statistics.median(ours / theirs for ours, theirs in pairs),
    )
