"""A commitment lived by mail alone, on a phone; and what happens when two do not agree.

Who makes it and the board sign in; who gets it and who does it only ever press the buttons of their mails.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from commitments.models import Commitment, CommitmentState, Evidence, ReminderHours
from kring.accounts.models import User
from tests.conftest import Cast
from tests.journeys.steps import button_of, press
from tests.product import Product, running
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
PATIENCE_SECONDS = 30


@pytest.fixture
def product(mailbox: SmtpServer, tmp_path: Path, cast: Cast, reminder_rules: None) -> Iterator[Product]:
    ReminderHours.objects.create(pk=1, opens=dt.time(0, 0), closes=dt.time(23, 59))
    cast.editor.roles.all().delete()
    with running(tmp_path, mail_port=mailbox.port) as product:
        yield product


def sign_in(context: BrowserContext, user: User, product: Product) -> None:
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": product.url}])


def nth_with(mailbox: SmtpServer, email: str, words: str, number: int) -> EmailMessage:
    """The first, second and so on of the mails to an address with these words in the subject. Raises IndexError."""

    def found() -> list[EmailMessage]:
        return [mail for mail in mailbox.to(email) if words in str(mail["Subject"])]

    with mailbox.changed:
        mailbox.changed.wait_for(lambda: len(found()) >= number, timeout=PATIENCE_SECONDS)
        return found()[number - 1]


def answered(page: Page, mail: EmailMessage, choice: str, **typed: str) -> float:
    """From opening the mail to the answer; in how many seconds."""
    begun = time.monotonic()
    page.goto(button_of(mail))
    page.get_by_label(choice).check()
    for label, text in typed.items():
        page.get_by_label(label.replace("_", " ")).fill(text)
    press(page, "Verstuur")
    page.wait_for_load_state()
    return time.monotonic() - begun


def test_by_mail_alone_and_with_the_board_between(
    page: Page, context: BrowserContext, product: Product, mailbox: SmtpServer, cast: Cast, tmp_path: Path
) -> None:
    maker, receiver = cast.owner.email, cast.business.email
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    # The maker writes it down
    sign_in(context, cast.owner, product)
    page.goto(f"{product.url}/toezeggingen/nieuw/")
    expect(page.get_by_label("Wie doet het?")).to_have_value(cast.member.name)
    page.get_by_label("Voor wie?").fill(cast.firm.name)
    page.get_by_label("Wat spreken jullie af?").fill("De kantine verven")
    page.get_by_label("Hoeveel?").fill("12")
    page.get_by_label("Waarvan?").first.fill("uren")
    page.get_by_label("Uiterlijk wanneer?").first.fill(timezone.localdate().isoformat())
    press(page, "Stel het voor")
    expect(page.get_by_role("alert").get_by_text("In ruil voor")).to_be_visible()
    page.get_by_label("Er hoeft niets tegenover te staan").check()
    press(page, "Stel het voor")
    expect(page.get_by_role("heading", level=1)).to_have_text("De kantine verven")
    context.clear_cookies()

    # The receiver says yes from its mail
    took = [answered(page, nth_with(mailbox, receiver, "stelt voor", 1), "Ja, dat spreken we af")]
    expect(page.get_by_text("is afgesproken")).to_be_visible()

    # The maker tells of a part from the reminder of today, with a picture; then that it is done
    Image.new("RGB", (600, 400), "#1f4e79").save(tmp_path / "kantine.jpg")
    page.goto(button_of(nth_with(mailbox, maker, "Vandaag", 1)))
    expect(page.get_by_label("Hoeveel?")).to_be_hidden()
    page.get_by_label("Er is een deel gedaan").check()
    expect(page.get_by_label("Wanneer wel?")).to_be_hidden()
    page.get_by_label("Hoeveel?").fill("5")
    page.get_by_label("Foto erbij?").set_input_files(tmp_path / "kantine.jpg")
    press(page, "Verstuur")
    expect(page.get_by_text("Dank je, het staat erbij.")).to_be_visible()
    page.get_by_label("Het is klaar").check()
    page.get_by_label("Hoeveel?").fill("12")
    page.get_by_label("Vertel het").fill("De hele kantine is blauw.")
    press(page, "Verstuur")
    expect(page.get_by_text("is klaar gemeld")).to_be_visible()

    # Twice not yet: the board comes in
    result = nth_with(mailbox, receiver, "Klopt dit resultaat", 1)
    took.append(answered(page, result, "Nog niet helemaal", Wil_je_er="De deur nog."))
    again = nth_with(mailbox, maker, "Nog niet helemaal", 1)
    took.append(answered(page, again, "Het is klaar", Hoeveel="12", Vertel_het="Ook de deur."))
    result = nth_with(mailbox, receiver, "Klopt dit resultaat", 2)
    took.append(answered(page, result, "Nog niet helemaal", Wil_je_er="Nee hoor."))
    assert max(took) < PATIENCE_SECONDS
    assert mailbox.wait_for_mail(cast.board.email)["Subject"] == "Vraagt aandacht: De kantine verven"

    # The board has rung both, and says what came of it
    sign_in(context, cast.board, product)
    page.goto(f"{product.url}/bestuur/")
    page.locator("summary", has_text="Leg hier vast").click()
    expect(page.get_by_text("Ook de deur.")).to_be_visible()
    page.get_by_label("Het is gedaan: nagekomen").check()
    page.get_by_label("Hoeveel is er gedaan?").fill("11")
    page.get_by_label("Wat hebben jullie besproken?").fill("De deur was al blauw.")
    press(page, "Verstuur")
    expect(page.get_by_text("Nagekomen. Beide kanten krijgen er mail over.")).to_be_visible()
    for email in (maker, receiver):
        nth_with(mailbox, email, "Zo is het afgesloten", 1)

    commitment = Commitment.objects.get()
    assert (commitment.state, commitment.confirmed) == (CommitmentState.KEPT, 11)
    assert Evidence.objects.count() == 1
    context.clear_cookies()
    page.goto(f"{product.url}{commitment.get_absolute_url()}")
    expect(page.get_by_text("Voortgang: 5")).to_be_visible()
    expect(page.get_by_text("De deur was al blauw.").first).to_be_hidden()
