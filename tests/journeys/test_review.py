"""A board evening by keyboard: the list, verdicts, minutes and mail; the next one opens with what came of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from commitments.models import Commitment, CommitmentState, Review
from kring.demo.views import person
from tests.journeys.steps import next_with, text_of
from tests.product import Product
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TAB_LIMIT = 60


def tab_to(page: Page, name: str) -> None:
    """Goes on with the Tab key until what has the focus has this name. AssertionError when nothing has."""
    for _press in range(TAB_LIMIT):
        words = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.replace(/\\s+/g, ' ').trim()"
        )
        if words.startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to '{name}' by keyboard")


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def test_a_review_by_keyboard_from_the_list_to_the_next_one(page: Page, product: Product, mailbox: SmtpServer) -> None:
    board = person("board")
    due = timezone.localdate() + dt.timedelta(days=21)
    page.goto(f"{product.url}/inloggen/")
    page.get_by_role("button", name="Bestuur", exact=True).click()

    # The list has prepared itself
    page.goto(f"{product.url}/bestuur/beoordeling/")
    press(page, "Begin een beoordeling")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Beoordeling van")
    review = Review.objects.open().get()
    listed = list(review.verdicts.select_related("commitment"))
    assert len(listed) >= 4

    # A worry with a note, an action with who and when, one on track: each saved on the way to the next
    press(page, "Begin bij de eerste")
    expect(page.get_by_role("heading", level=1)).to_have_text(listed[0].commitment.title)
    expect(page.get_by_label("Nog geen oordeel")).to_be_focused()
    page.keyboard.press("2")
    expect(page.get_by_label("zetje nodig")).to_be_checked()
    expect(page.get_by_label("Wat gaan we doen?")).to_be_hidden()
    tab_to(page, "Toelichting")
    page.keyboard.type("3 keer gebeld, geen gehoor.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(listed[1].commitment.title)
    expect(page.get_by_label("Nog geen oordeel")).to_be_focused()
    page.keyboard.press("3")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Kies wie dit oppakt")
    press(page, "Wat gaan we doen?")  # in the list of what lacks: it leads to the field
    expect(page.get_by_label("Wat gaan we doen?")).to_be_focused()
    page.keyboard.type("Langsgaan met koffie")
    page.get_by_label("Wie pakt het op?").select_option(label=board.name)
    page.get_by_label("Voor wanneer?").fill(due.isoformat())
    page.get_by_label("Voor wanneer?").press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(listed[2].commitment.title)
    expect(page.get_by_label("Nog geen oordeel")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("op schema")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(listed[3].commitment.title)
    kept = list(review.verdicts.values_list("kind", "note")[:3])
    assert kept == [("worry", "3 keer gebeld, geen gehoor."), ("act", ""), ("on_track", "")]

    # Into minutes, with mail to the board
    press(page, "Bewaar en naar de lijst")
    expect(page.get_by_role("heading", name="Op de lijst")).to_be_visible()
    press(page, "Sluit af met een verslag")
    expect(page.get_by_label(board.name)).to_be_checked()
    tab_to(page, "Wat bespraken we verder?")
    page.keyboard.type("De koffie was op.")
    press(page, "Sluit af en mail het verslag")
    expect(page.get_by_role("heading", level=1)).to_have_text("Verslag van de beoordeling")
    expect(page.get_by_text("De koffie was op.")).to_be_visible()
    expect(page.get_by_role("link", name="Langsgaan met koffie")).to_be_visible()
    pdf = page.request.get(page.get_by_role("link", name="Download als PDF").evaluate("link => link.href"))
    assert pdf.body().startswith(b"%PDF-")
    assert "Langsgaan met koffie" in text_of(next_with(mailbox, board.email, "Verslag van de beoordeling"))

    # The next one opens with what came of the action, and what was a worry stands on the list again
    page.goto(f"{product.url}/bestuur/beoordeling/")
    press(page, "Begin een beoordeling")
    expect(page.get_by_role("heading", name="Wat kwam er van de acties")).to_be_visible()
    again = Review.objects.open().get().verdicts.filter(reason="again").values_list("commitment", flat=True)
    assert set(again) == {listed[0].commitment_id, listed[1].commitment_id}
    press(page, "Gedaan: Langsgaan met koffie")
    expect(page.get_by_text("Nagekomen")).to_be_visible()
    decision = Commitment.objects.get(title="Langsgaan met koffie")
    assert (decision.state, decision.due_on) == (CommitmentState.KEPT, due)
