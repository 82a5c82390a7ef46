"""Looking at processes from the outside, for the tests that start and kill them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def wait_until(true: Callable[[], object], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not so after {seconds} seconds"
        time.sleep(0.05)


def running_in(folder: Path) -> set[int]:
    """Every process that was started from a folder, or from something below it."""
    wanted = os.fsencode(folder)
    found = set()
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                about = (process / "cmdline").read_bytes() + b"\0" + os.fsencode((process / "cwd").readlink())
            except OSError:  # it ended, or is another user's
                continue
            if wanted in about:
                found.add(int(process.name))
    return found
