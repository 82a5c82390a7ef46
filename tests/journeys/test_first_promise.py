"""The main job, from an empty hand to a promise kept: in a real browser, with the worker running and the mail read.

A business without an account finds something, asks for it, confirms its address; the member says yes from its mail;
the reminder goes out by itself; the member reports from that mail; the business confirms from its own; it is counted.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryState, Reminder
from offerings.models import Offering
from tests.journeys.steps import button_of, next_with, press, sign_in, text_of
from tests.product import Product
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OFFERING = "rolstoelbasketbal-voor-teams"
ASKER = "fatima@werfnoord.example"


def test_from_the_menu_card_to_a_promise_kept(page: Page, product: Product, mailbox: SmtpServer) -> None:
    offering = Offering.objects.select_related("organisation", "contact").get(slug=OFFERING)
    assert offering.contact is not None
    member = offering.contact.email
    due = timezone.localdate() + dt.timedelta(days=3)
    before = Commitment.objects.confirmed().count()

    # Finds it
    page.goto(product.url)
    page.get_by_role("searchbox").fill("rolstoelbasketbal")
    press(page, "Zoek")
    page.get_by_role("link", name=offering.title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(offering.title)

    # Asks for it
    page.get_by_role("link", name="Vraag dit aan").first.click()
    page.get_by_label("Je naam").fill("Fatima de Vries")
    page.get_by_label("Je bedrijf of organisatie").fill("Werf Noord B.V.")
    page.get_by_label("Je e-mailadres").fill(ASKER)
    page.get_by_label("Met hoeveel mensen?").fill("12")
    page.get_by_label("Voor wanneer?").fill(due.isoformat())
    page.get_by_label("Wat zou je willen?").fill("Een middag met onze lassers.")
    page.get_by_label("Wat doen jullie terug?").fill("Een rondleiding over de werf")
    press(page, "Stuur aanvraag")
    expect(page.get_by_role("heading", name="Kijk in je mail")).to_be_visible()
    assert Enquiry.objects.filter(email=ASKER, state=EnquiryState.UNCONFIRMED).count() == 1
    assert mailbox.to(member) == []

    # Shows that the address is its own
    page.goto(button_of(mailbox.wait_for_mail(ASKER)))
    press(page, "Ja, verstuur mijn aanvraag")

    # The member says yes from its mail
    mail = mailbox.wait_for_mail(member)
    assert "Een middag met onze lassers." in text_of(mail)
    page.goto(button_of(mail))
    expect(page.get_by_label("Ja, dat doen we")).to_be_checked()
    press(page, "Stuur antwoord")
    expect(page.get_by_role("heading", name="Zo staat het ervoor")).to_be_visible()
    commitment = Commitment.objects.get(enquiry__email=ASKER, counter_favour_of=None)
    counter = Commitment.objects.get(counter_favour_of=commitment)
    assert (commitment.state, commitment.quantity, commitment.unit) == (CommitmentState.AGREED, 12, "mensen")
    assert (counter.state, counter.title) == (CommitmentState.AGREED, "Een rondleiding over de werf")
    assert counter.promisor == commitment.beneficiary

    # The reminder goes out by itself, once
    reminder = next_with(mailbox, member, "Hoe staat het met")
    assert Reminder.objects.filter(commitment=commitment, rule__slug="due-3").count() == 1

    # The member reports from the reminder
    page.goto(button_of(reminder))
    page.get_by_label("Het is klaar").check()
    page.get_by_label("Hoeveel?").fill("11")
    page.get_by_label("Vertel het in één of twee zinnen").fill("Elf lassers speelden mee, twee komen terug.")
    press(page, "Verstuur")
    expect(page.get_by_role("heading", name="Zo staat het ervoor")).to_be_visible()

    # The business confirms from its own mail
    page.goto(button_of(next_with(mailbox, ASKER, "Klopt dit resultaat")))
    expect(page.get_by_label("Ja, dit klopt")).to_be_checked()
    press(page, "Verstuur")
    expect(page.get_by_role("heading", name="Zo staat het ervoor")).to_be_visible()
    commitment.refresh_from_db()
    assert (commitment.state, commitment.confirmed) == (CommitmentState.KEPT, 11)
    assert not commitment.kept_by_silence

    # It is counted, and everybody can see by what
    assert Commitment.objects.confirmed().count() == before + 1
    page.goto(f"{product.url}{commitment.get_absolute_url()}")
    expect(page.get_by_text("Nagekomen").first).to_be_visible()
    expect(page.get_by_text("Elf lassers speelden mee").first).to_be_visible()

    # And the board sees it counted
    sign_in(page, product, "Bestuur")
    expect(page.get_by_role("heading", name="Wat vraagt aandacht")).to_be_visible()
    page.goto(f"{product.url}/bestuur/toezeggingen/?stand=nagekomen&wie={offering.organisation.slug}")
    expect(page.get_by_role("link", name=offering.title)).to_be_visible()
