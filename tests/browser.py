"""Finds a Chromium for the browser tests, or installs one.

`python -m tests.browser` does so before the suite, and fails where none can be had. As a pytest plugin (`-p
tests.browser` in pyproject.toml) it only looks, and says in the last lines what did not run for want of one.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

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
INSTALL_SECONDS = 600
MISSING = "No Chromium was found: install one (apt install chromium), or name it in CHROMIUM."

# --- Finding ---------------------------------------------------------------------------------------------------------


def of_playwright() -> str:
    from playwright.sync_api import sync_playwright  # heavy, and not needed when another browser is found

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def candidates() -> Iterator[str]:
    """The one that CHROMIUM names, those on the PATH, and Playwright's own."""
    yield os.environ.get("CHROMIUM", "")
    yield from filter(None, map(shutil.which, NAMES))
    yield of_playwright()


def works(path: str) -> bool:
    """One that is there may still lack the libraries of its distribution."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@functools.cache
def find() -> str | None:
    return next((path for path in candidates() if path and works(path)), None)


# --- Installing ------------------------------------------------------------------------------------------------------


def attempt(*command: str) -> None:
    """What it says goes to the screen; whether it helped is seen by looking again."""
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{command[0]}: {error}", file=sys.stderr)
    find.cache_clear()


def install() -> str | None:
    """Debian's package where we may, else Playwright's download."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        attempt("apt-get", "update", "-qq")
        attempt("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
    if find() is None:
        attempt(sys.executable, "-m", "playwright", "install", "chromium")
    return find()


def main() -> int:
    if find() is None:
        print("No Chromium yet: installing one for the browser tests.", file=sys.stderr)
    if find() is None and install() is None:
        print(f"{MISSING} The browser tests will not run.", file=sys.stderr)
        return 1
    return 0


# --- In pytest -------------------------------------------------------------------------------------------------------


def launch_arguments() -> dict[str, Any]:
    return {"executable_path": find(), "args": list(FLAGS)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share one worker, and are passed over where there is no browser."""
    of_browser = [item for item in items if item.get_closest_marker("browser")]
    missing = bool(of_browser) and find() is None
    for item in of_browser:
        item.add_marker(pytest.mark.xdist_group("browser"))
        if missing:
            item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """After pytest's own last line, so that nobody overlooks it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    passed_over = [report for report in skipped if MISSING in str(report.longrepr)]
    if passed_over:
        reporter.write_line(f"{len(passed_over)} BROWSER TESTS DID NOT RUN. {MISSING}", red=True, bold=True)


if __name__ == "__main__":
    sys.exit(main())
