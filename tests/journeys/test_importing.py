"""The board brings in a list, with the worker running: what is wrong is named, a yes writes it, undoing takes it back.

The list has columns that nobody knows; one of its businesses is changed by somebody else before it is all undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from kring.demo.views import person
from kring.foundation.actors import Actor
from members import profiling
from members.models import Change, Organisation
from tests.board.importing import csv
from tests.journeys.steps import press
from tests.product import Product, running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = csv(
    "Wie;Waar;KvK-nummer",
    "Bakkerij Vink;3131 AB;99200474",
    "Garage Koppenaal;3136 BV;99203458",
    "Drukkerij Westdijk;3131;99201164",
    "Bakkerij Vink;3131 AB;99200474",
)
SECONDS = 30_000


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    call_command("demo_data", verbosity=0)
    with running(tmp_path, mail_port=9) as product:
        yield product


def test_list_is_brought_in_and_undone(page: Page, product: Product, tmp_path: Path) -> None:
    page.set_default_timeout(SECONDS)
    before = Organisation.objects.count()
    page.goto(f"{product.url}/inloggen/")
    press(page, "Bestuur")
    page.get_by_role("link", name="Importeren").click()

    # What is no list is told so beside the field
    page.get_by_label("Bedrijven, zoals").check()
    page.get_by_label("Het bestand").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"%PDF-1.7"})
    press(page, "Lees de lijst")
    expect(page.locator(".field .error, .errorlist").first).to_contain_text("PDF")
    expect(page.get_by_label("Bedrijven, zoals")).to_be_checked()

    # The columns are chosen by hand
    page.get_by_label("Het bestand").set_input_files({"name": "ikv.csv", "mimeType": "text/csv", "buffer": LIST})
    press(page, "Lees de lijst")
    page.get_by_role("link", name="Kies de kolommen").click(timeout=SECONDS)
    page.get_by_label("Wie").select_option("naam")
    page.get_by_label("Waar").select_option("postcode")
    press(page, "Lees de lijst zo")

    # The preview says what will happen, and nothing has
    expect(page.get_by_role("heading", name="Dit gaat er gebeuren")).to_be_visible(timeout=SECONDS)
    expect(page.get_by_role("row").filter(has_text="Drukkerij Westdijk")).to_contain_text("‘3131’ is geen postcode")
    expect(page.get_by_role("row").filter(has_text=re.compile("rij 4"))).to_contain_text("Kijk naast rij 1.")
    assert Organisation.objects.count() == before

    # Yes
    press(page, "Ja, importeer")
    expect(page.get_by_role("heading", name="Dit is er gebeurd")).to_be_visible(timeout=SECONDS)
    assert Organisation.objects.count() == before + 2
    baker = Organisation.objects.get(name="Bakkerij Vink")
    assert Change.objects.filter(organisation=baker).latest("pk").actor == person("board")
    with page.expect_download() as download:
        page.get_by_role("link", name="Verslag als CSV").click()
    report = download.value.path().read_text("utf-8-sig")
    assert report.splitlines()[3].split(";")[:4] == ["3", "4", "Drukkerij Westdijk", "fout"]
    page.goto(f"{product.url}{baker.get_absolute_url()}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bakkerij Vink")

    # Somebody else changes one, and it is all undone but that
    profiling.confirm(baker, Actor.of(person("owner")), timezone.now())
    page.goto(f"{product.url}/bestuur/import/")
    page.get_by_role("link", name="ikv.csv").click()
    page.get_by_role("link", name="Draai terug").click()
    expect(page.get_by_role("listitem").filter(has_text="Bakkerij Vink")).to_contain_text(str(person("owner")))
    press(page, "Draai de rest terug")
    expect(page.get_by_role("heading", name="Dit is teruggedraaid")).to_be_visible(timeout=SECONDS)
    assert list(Organisation.objects.filter(name__in=["Bakkerij Vink", "Garage Koppenaal"])) == [baker]
    assert Organisation.objects.count() == before + 1
