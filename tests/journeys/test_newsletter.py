"""From somebody who wants the newsletter, to one who has it, clicks, and leaves; and from a draft to the archive.

In a real browser, with the worker running and the mail read.
"""

from __future__ import annotations

import re
import urllib.request
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from kring.demo.views import person
from kring.newsletters.models import Audience, Issue, IssueLink, IssueState, Subscriber, SubscriberState
from tests.journeys.steps import next_with, press, text_of
from tests.product import Product
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

READER = "nieuw@voorbeeld.example"


def address(mail: EmailMessage, part: str) -> str:
    return re.findall(rf"http://\S+/{part}/\S+", text_of(mail))[0]


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return body.get_content()


def test_from_a_wish_to_the_archive_and_away(page: Page, product: Product, mailbox: SmtpServer) -> None:
    audience = Audience.objects.get(name="Alle abonnees")
    readers = Subscriber.objects.active().count()
    subject = "Stamppot voor {voornaam}"

    # Asks for it at the foot of a page, and confirms from the mail
    page.goto(f"{product.url}/menukaart/")
    page.get_by_label("De nieuwsbrief in je mail").fill(READER)
    press(page, "Schrijf mij in")
    expect(page.get_by_role("heading", name="Kijk in je mail")).to_be_visible()
    confirm = next_with(mailbox, READER, "Wil je de nieuwsbrief?")
    page.goto(address(confirm, "a"))
    press(page, "Ja, stuur mij de nieuwsbrief")
    expect(page.get_by_text("Welkom!")).to_be_visible()

    # The board writes: the preview follows, a block moves by keyboard, all is kept
    page.goto(f"{product.url}/inloggen/")
    page.get_by_role("button", name="Bestuur", exact=True).click()
    page.goto(f"{product.url}/bestuur/nieuwsbrief/")
    page.get_by_role("link", name="Stamppot, cijfers en twee nieuwe leden").click()
    page.get_by_label("Onderwerp").fill(subject)
    page.get_by_label("Doelgroep").select_option(str(audience.pk))
    page.get_by_label("In het openbare archief").check()
    preview = page.frame_locator("iframe[name=voorbeeld]")
    page.locator("[data-block] textarea").first.fill("Dag {voornaam}, er is **stamppot**.")
    expect(preview.get_by_text("Dag lezer, er is stamppot.")).to_be_visible()
    second = page.locator("[data-block]").nth(1)
    second.locator("[data-up]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-block]").first.get_by_label("Kop")).to_have_value("De agenda")
    expect(page.locator("#told")).to_have_text("Blok staat nu op plaats 1 van 10")
    page.get_by_label("Zoals deze lezer hem krijgt").fill(READER)
    page.get_by_label("Tekst", exact=True).first.check()
    expect(preview.locator("pre")).to_contain_text("De agenda\n-----")

    # A link away asks first, so that what was typed is not lost; a button does not
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Gooi weg").click()
    expect(page.get_by_label("Onderwerp")).to_have_value(subject)
    assert asked == ["beforeunload"]
    press(page, "Naar versturen")

    # Tries it out, and sends it
    press(page, "Stuur mij een proefmail")
    board = person("board").email
    test = next_with(mailbox, board, "[proef]")
    assert str(test["Subject"]) == "[proef] Stamppot voor Lars"
    page.get_by_role("button", name=f"Verstuur nu aan {readers + 1} mensen").click()
    expect(page.get_by_text(f"{readers + 1} van {readers + 1}")).to_be_visible(timeout=60_000)
    issue = Issue.objects.get(subject=subject)
    assert issue.readers == readers + 1
    sent = zip(mailbox.accepted, mailbox.recipients, strict=True)
    received = [to for mail, to in sent if "Stamppot" in str(mail["Subject"])]
    assert sorted(set(received)) == sorted({*Subscriber.objects.active().values_list("email", flat=True), board})
    assert len(received) == readers + 2  # each once, and the test

    # The reader reads it, and follows a link that is counted
    mail = next_with(mailbox, READER, "Stamppot voor lezer")
    link = re.findall(r'href="(http[^"]+/nieuwsbrief/naar/[^"]+)"', html_of(mail))[0]
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert sum(IssueLink.objects.filter(issue=issue).values_list("clicks", flat=True)) == 1
    page.goto(address(mail, "lezen"))
    expect(page).to_have_url(f"{product.url}{issue.get_absolute_url()}")
    expect(page.get_by_text("Dag lezer, er is stamppot.")).to_be_visible()

    # And leaves: by the program of the mail, which has no page
    one_click = re.findall(r"<(http[^>]+)>", str(mail["List-Unsubscribe"]))[0]
    asked = urllib.request.Request(one_click, data=b"List-Unsubscribe=One-Click", method="POST")
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert answer.status == 200
    reader = Subscriber.objects.get(email=READER)
    issue.refresh_from_db()
    assert (reader.state, issue.unsubscribed) == (SubscriberState.LEFT, 1)
    page.goto(address(mail, "voorkeuren"))
    expect(page.get_by_label("De nieuwsbrief", exact=True)).not_to_be_checked()
    assert issue.state in {IssueState.SENDING, IssueState.SENT}
