"""The pictures in docs/screenshots, made anew from the demo: `make screenshots`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from playwright.sync_api import Page, sync_playwright

from tests import browser
from tests.benchmarks.site import manage, state, web
from tests.product import free_port

TO = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
WIDE, TALL = 1280, 860
PHONE_WIDTH, PHONE_HEIGHT = 390, 844


def main() -> None:
    TO.mkdir(exist_ok=True)
    with state() as environment:
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "demo_data", "--verbosity", "0")
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop is no reason to keep from the database
        django.setup()
        port = free_port()
        with web(environment | {"SITE_URL": f"http://127.0.0.1:{port}"}, port) as url, opened(WIDE, TALL) as page:
            take(page, url)
        with opened(PHONE_WIDTH, PHONE_HEIGHT) as page:
            page.set_content(request_mail())
            page.screenshot(path=TO / "aanvraag-mail.png", full_page=True)


@contextmanager
def opened(width: int, height: int) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_arguments())
        try:
            yield chromium.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        finally:
            chromium.close()


def take(page: Page, url: str) -> None:
    for name, path in visitors_pages().items():
        page.goto(url + path)
        page.screenshot(path=TO / f"{name}.png")
    page.goto(f"{url}/inloggen/")
    page.get_by_role("button", name="Bestuur", exact=True).click()
    page.goto(f"{url}/bestuur/")
    page.screenshot(path=TO / "bestuur.png")


def visitors_pages() -> dict[str, str]:
    from commitments.models import Commitment, CommitmentState, Visibility

    started = Commitment.objects.filter(state=CommitmentState.STARTED, visibility=Visibility.PUBLIC).order_by("due_on")
    return {
        "home": "/",
        "menukaart": "/menukaart/",
        "gerecht": "/menukaart/rolstoelbasketbal-voor-teams/",
        "toezegging": started[0].get_absolute_url(),
    }


def request_mail() -> str:
    """The mail to who offers what a business of the demo asks for."""
    from commitments import enquiry_notices
    from commitments.models import Enquiry, EnquiryState
    from kring.mail.models import Message

    enquiry_notices.tell_of_enquiry(Enquiry.objects.filter(state=EnquiryState.NEW).order_by("pk")[0])
    return Message.objects.latest("pk").html


if __name__ == "__main__":
    main()
