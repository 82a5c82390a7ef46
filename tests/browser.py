"""Finds a Chromium for the browser tests, or installs one.

`python -m tests.browser` does so before the suite; the suite itself only looks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
INSTALL_SECONDS = 300


def of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright  # heavy, and not needed when another browser is found

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find() -> str | None:
    """The path of a Chromium: the one that CHROMIUM names, one on the PATH, or Playwright's own."""
    named = os.environ.get("CHROMIUM", "")
    if named and Path(named).exists():
        return named
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or of_playwright()


def try_to(*command: str) -> None:
    try:
        subprocess.run(command, check=False, stdin=subprocess.DEVNULL, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{command[0]}: {error}", file=sys.stderr)


def install() -> str | None:
    """Debian's package where we are root, else Playwright's download."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        try_to("apt-get", "update", "-qq")
        try_to("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
    if find() is None:
        try_to(sys.executable, "-m", "playwright", "install", "chromium")
    return find()


if __name__ == "__main__":
    path = find() or install()
    if path is None:
        print("No Chromium could be found or installed: the browser tests will not run.", file=sys.stderr)
        sys.exit(1)
