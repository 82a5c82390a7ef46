"""Every mail as a picture, on a phone and beside a list, light and dark, to be looked at: `make mail-pictures`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import django
from playwright.sync_api import Page

from tests.benchmarks.site import manage, state
from tests.screenshots import opened

TO = Path(__file__).resolve().parent.parent / ".local" / "mail-pictures"
WIDTHS = (390, 700)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> None:
    TO.mkdir(parents=True, exist_ok=True)
    with state() as environment:
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "demo_data", "--verbosity", "0")
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop is no reason to keep from the database
        django.setup()
        with opened(WIDTHS[0], 844) as page:
            print(f"{take_all(page)} pictures in {TO}")


def take_all(page: Page) -> int:
    """Returns how many."""
    from kring.mail import samples

    number = 0
    for sample in samples.everything():
        page.set_content(sample.rendered("nl").html)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=TO / f"{sample.name}-{width}-{scheme}.png", full_page=True)
                number += 1
    return number


if __name__ == "__main__":
    main()
