"""A photo that is too large is let go before the form is sent, so that it does not cost what else was typed."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from kring.foundation.images import MAX_BYTES
from tests.conftest import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOLD = "Deze foto is groter dan 5 MB. Kies een kleinere, of maak hem eerst kleiner."


def test_photo_that_is_too_large_is_let_go(live_server: LiveServer, context: BrowserContext, cast: Cast) -> None:
    key = cast.client("owner").cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/mijn/{cast.member.slug}/profiel/")
    logo, told = page.locator("input[name=logo]"), page.get_by_role("alert")

    logo.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": bytes(MAX_BYTES + 1)})
    expect(told).to_have_text(TOLD)
    expect(logo).to_have_value("")

    logo.set_input_files({"name": "b.jpg", "mimeType": "image/jpeg", "buffer": bytes(MAX_BYTES)})
    expect(told).to_have_count(0)
    expect(logo).to_have_value("C:\\fakepath\\b.jpg")
