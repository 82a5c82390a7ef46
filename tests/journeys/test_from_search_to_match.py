"""From a search that finds nothing to an answer: in a real browser, with htmx and the back button."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from commitments.models import Commitment, CommitmentState, Enquiry
from offerings.models import Need, NeedState, SearchCount
from tests.journeys.steps import press, sign_in
from tests.product import Product, running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    call_command("demo_data", verbosity=0)
    with running(tmp_path, mail_port=9, with_worker=False) as product:
        yield product


def search(page: Page, words: str) -> None:
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("button", name="Zoek", exact=True).click()


def offer_help(page: Page, product: Product, need: str) -> None:
    """A business sees the need and can help."""
    page.context.clear_cookies()
    sign_in(page, product, "Bedrijf")
    page.goto(need)
    page.get_by_role("link", name="Ik kan helpen").click()
    page.get_by_label("Hoe kun je helpen?").fill("Met onze ploeg, een dag lang.")
    page.get_by_label("Wanneer kan dat?").fill((timezone.localdate() + dt.timedelta(days=20)).isoformat())
    page.get_by_label("Er hoeft niets tegenover te staan").check()
    press(page, "Bied je hulp aan")
    expect(page.get_by_role("heading", name="Je hulpaanbod is op weg")).to_be_visible()


def say_yes(page: Page, product: Product) -> None:
    """Who asked agrees to what was offered."""
    page.context.clear_cookies()
    sign_in(page, product, "Beheerder van een organisatie")
    page.goto(f"{product.url}{Enquiry.objects.latest('pk').get_absolute_url()}")
    page.get_by_label("Ja, graag").check()
    press(page, "Stuur antwoord")
    expect(page.get_by_role("heading", name="Is het hiermee geregeld?")).to_be_visible()


def test_what_is_not_on_the_card_is_asked_of_everybody(page: Page, product: Product) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{product.url}/menukaart/")
    page.evaluate("window.same = true")
    search(page, "zaal huren")
    expect(page.get_by_role("status").first).to_contain_text("gevonden voor ‘zaal huren’")
    expect(page.locator("mark").first).to_be_visible()

    page.get_by_label("Zorg").check()
    page.get_by_role("button", name="Toon").click()
    expect(page).to_have_url(re.compile(r"/menukaart/\?q=zaal(\+|%20)huren&sort=relevantie&sector=zorg$"))
    expect(page.get_by_role("link", name="Grote zaal met vleugel")).to_be_visible()
    expect(page.get_by_role("link", name="Vergaderzaal in de wijk")).to_have_count(0)
    assert page.evaluate("window.same")  # only what changed was fetched

    page.go_back()
    expect(page.get_by_role("link", name="Vergaderzaal in de wijk")).to_be_visible()
    expect(page.get_by_label("Zorg")).not_to_be_checked()
    page.go_forward()
    expect(page.get_by_role("link", name="Vergaderzaal in de wijk")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Zorg")).to_be_checked()

    page.goto(f"{product.url}/menukaart/")
    search(page, "elektricien")
    page.get_by_role("link", name="Bedrijven geven het wel").click()
    expect(page.get_by_role("link", name="Elektricien voor een dag")).to_be_visible()
    page.goto(f"{product.url}/menukaart/")
    search(page, "xqzzy timmerlieden")
    page.get_by_role("link", name="Vraag het aan iedereen").click()
    page.get_by_role("button", name="Beheerder van een organisatie", exact=True).click()
    page.goto(f"{product.url}/vragen/plaats/?titel=timmerlieden+gezocht")
    page.get_by_label("mensen: handen of kennis").check()
    page.get_by_role("button", name="Zet de vraag open").click()

    expect(page.get_by_role("heading", name="Timmerlieden gezocht")).to_be_visible()
    expect(page.get_by_role("link", name="Klusploeg van timmerlieden")).to_be_visible()
    offer_help(page, product, page.url)
    say_yes(page, product)
    commitment = Commitment.objects.get(title="Timmerlieden gezocht")
    assert (commitment.state, commitment.beneficiary) == (
        CommitmentState.AGREED,
        Need.objects.latest("pk").organisation,
    )
    page.get_by_role("button", name="Het is geregeld").click()
    expect(page.get_by_text("Mooi! ‘Timmerlieden gezocht’ is geregeld.")).to_be_visible()
    assert Need.objects.get(title="Timmerlieden gezocht").state == NeedState.MET
    assert dict(SearchCount.objects.values_list("words", "found")) == {
        "zaal huren": True,
        "elektricien": True,
        "xqzzy timmerlieden": False,
    }
