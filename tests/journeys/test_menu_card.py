"""Two journeys over the menu card, in a real browser: three things asked for at once, and a card that stays true."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryState
from kring.mail.models import Message
from offerings import freshness
from offerings.models import Offering, OfferingState
from tests.conftest import Cast
from tests.factories import OfferingFactory
from tests.journeys.steps import button_of, next_with, press
from tests.product import Product, running
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ASKER = "fatima@werfnoord.example"
WANTED = ("rolstoelbasketbal-voor-teams", "wilgen-knotten-met-je-team", "vergaderen-in-de-hooischuur")


def test_three_at_once_and_a_yes_a_talk_and_a_no(
    page: Page,
    product: Product,
    mailbox: SmtpServer,
) -> None:
    offerings = [Offering.objects.select_related("organisation", "contact").get(slug=slug) for slug in WANTED]
    members = [each.contact.email for each in offerings if each.contact]
    yes, talk, no = offerings
    due = timezone.localdate() + dt.timedelta(days=20)

    # Finds one by searching, sets it aside on the spot, and two more on their pages
    page.goto(f"{product.url}/menukaart/")
    page.get_by_role("searchbox").fill("rolstoelbasketbal")
    press(page, "Zoek")
    page.get_by_role("button", name=f"Bewaar ‘{yes.title}’").click()
    expect(page.locator("#shortlist-count")).to_contain_text("1")
    for offering in (talk, no):
        page.goto(product.url + offering.get_absolute_url())
        press(page, "Zet op mijn bewaarlijst")
        expect(page.get_by_role("button", name="Haal van mijn bewaarlijst")).to_be_visible()

    # Asks for all three with one message
    page.goto(f"{product.url}/bewaarlijst/")
    page.get_by_role("link", name="Vraag het in één keer aan").click()
    for offering in offerings:
        expect(page.get_by_label(offering.title)).to_be_checked()
    page.get_by_label("Je naam").fill("Fatima de Vries")
    page.get_by_label("Je bedrijf of organisatie").fill("Werf Noord B.V.")
    page.get_by_label("Je e-mailadres").fill(ASKER)
    page.get_by_label("Met hoeveel mensen?").fill("12")
    page.get_by_label("Voor wanneer?").fill(due.isoformat())
    page.get_by_label("Wat zou je willen?").fill("Een dag met onze lassers.")
    page.get_by_label("Er is niets nodig").check()
    press(page, "Stuur mijn aanvragen")
    expect(page.get_by_role("heading", name="Kijk in je mail")).to_be_visible()

    # One mail, one click
    page.goto(button_of(mailbox.wait_for_mail(ASKER)))
    press(page, "Ja, verstuur mijn aanvragen")
    expect(page.get_by_role("heading", name="Je aanvragen")).to_be_visible()
    follow = page.url

    # Each member answers from its own mail
    answers = [button_of(next_with(mailbox, member, "heeft interesse in")) for member in members]
    page.goto(answers[0])
    press(page, "Stuur antwoord")
    page.goto(answers[1].replace("keuze=yes", "keuze=talk"))
    page.get_by_label("Bericht").fill("Kan het ook op een vrijdag?")
    press(page, "Stuur antwoord")
    page.goto(answers[2].replace("keuze=yes", "keuze=no"))
    page.get_by_label("Waarom niet?").select_option(label="De datum past niet")
    other = page.get_by_label("Wat misschien wel past").locator("option").nth(1)
    alternative = Offering.objects.get(slug=other.get_attribute("value"))
    page.get_by_label("Wat misschien wel past").select_option(value=alternative.slug)
    press(page, "Stuur antwoord")
    expect(page.get_by_role("heading", name="Zo staat het ervoor")).to_be_visible()

    # The asker hears each, and writes back where there is a question
    next_with(mailbox, ASKER, "Afgesproken")
    refusal = next_with(mailbox, ASKER, "Het lukt deze keer niet")
    assert alternative.get_absolute_url() in str(refusal.get_body(("plain",)))
    page.goto(button_of(next_with(mailbox, ASKER, "schrijft over")))
    expect(page.get_by_text("Kan het ook op een vrijdag?")).to_be_visible()
    page.get_by_label("Je bericht").fill("Vrijdag is goed.")
    press(page, "Stuur bericht")

    # One page tells how all of it stands
    page.goto(follow)
    for words in ("Afgesproken", "In gesprek", "Past niet"):
        expect(page.locator(".todo").filter(has_text=words)).to_have_count(1)
    states = dict(Enquiry.objects.filter(email=ASKER).values_list("offering__slug", "state"))
    assert states == dict(zip(WANTED, (EnquiryState.AGREED, EnquiryState.TALKING, EnquiryState.DECLINED), strict=True))
    commitment = Commitment.objects.get(enquiry__email=ASKER)
    assert (commitment.state, commitment.promisor) == (CommitmentState.AGREED, yes.organisation)


def link_in_mail(words: str) -> str:
    text = Message.objects.filter(subject__contains=words).latest("pk").text
    return re.findall(r"https?://[^/\s]+(/a/[^\s]+)", text)[0]


def test_offer_on_a_phone_and_one_click_from_the_mail(page: Page, cast: Cast, tmp_path: Path) -> None:
    today = timezone.localdate()
    OfferingFactory(organisation=cast.elsewhere)  # so that there is a category to choose
    page.set_viewport_size({"width": 390, "height": 844})
    with running(tmp_path, mail_port=9, with_worker=False) as site:
        session = cast.client("owner").cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": session.key, "value": session.value, "url": site.url}])

        # Four answers, and the card beside them while one types
        page.goto(f"{site.url}/mijn/{cast.member.slug}/aanbod/nieuw/")
        page.get_by_label("Titel").fill("Varen met de klas")
        page.get_by_label("In één regel").fill("Een middag op het water.")
        expect(page.locator("#card-preview .card-title")).to_have_text("Varen met de klas")
        page.get_by_label("Rubriek").select_option(index=1)
        page.get_by_label("voor de stad", exact=True).check()
        expect(page.locator("#card-preview .sector-line-more")).to_have_text("voor de stad")
        press(page, "Bewaar en zet op de kaart")
        offering = Offering.objects.get(slug="varen-met-de-klas")
        assert offering.state == OfferingState.PUBLISHED

        # Half a year later: one click, signed out
        page.context.clear_cookies()
        Offering.objects.filter(pk=offering.pk).update(confirmed_on=today - dt.timedelta(days=190))
        freshness.keep_true(timezone.now())
        page.goto(site.url + offering.get_absolute_url())
        expect(page.get_by_text("Niet recent bevestigd")).to_be_visible()
        page.goto(site.url + link_in_mail("Klopt ‘Varen met de klas’ nog?"))
        press(page, "Ja, dit klopt nog")
        expect(page.get_by_text("is bevestigd")).to_be_visible()
        page.goto(site.url + offering.get_absolute_url())
        expect(page.get_by_text("Bevestigd vandaag")).to_be_visible()

    offering.refresh_from_db()
    assert offering.confirmed_on == today
