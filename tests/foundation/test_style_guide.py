"""The style guide in a real browser: what axe finds, and what can be reached without a mouse and without a script."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GUIDE = "/demo/stijl/"


def phone(browser: Browser, **options: Any) -> BrowserContext:
    return browser.new_context(viewport={"width": 390, "height": 800}, **options)


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(live_server: Any, browser: Browser, width: int, scheme: Literal["light", "dark"]) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    page.goto(live_server.url + GUIDE)

    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    assert [violation["id"] for violation in found.response["violations"]] == []
    assert refused == []
    assert overflow == 0
    page.close()


def test_menu_opens_and_closes_by_keyboard_without_a_script(live_server: Any, browser: Browser) -> None:
    context = phone(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + GUIDE)
    menu = page.locator("#menu")

    expect(menu).to_be_hidden()
    page.locator(".menu-button").focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    context.close()


def test_filters_are_a_sheet_on_a_phone_and_a_column_on_a_wide_screen(live_server: Any, browser: Browser) -> None:
    context = phone(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + GUIDE)
    sheet = page.locator("#filters")

    expect(sheet).to_be_hidden()
    page.locator(".sheet-open").press("Enter")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1440, "height": 800})
    expect(sheet).to_be_visible()
    expect(page.locator(".sheet-open")).to_be_hidden()
    context.close()


def test_first_tab_is_the_way_past_the_masthead(live_server: Any, browser: Browser) -> None:
    context = phone(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + "/demo/bestaat-niet/")

    page.keyboard.press("Tab")

    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    context.close()
