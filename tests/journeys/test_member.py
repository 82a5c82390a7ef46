"""An organisation comes in, and passes into other hands, on a phone: with the worker running and the mail read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from members.models import MembershipStatus, Organisation, Role, RoleKind
from tests.journeys.steps import button_of, next_with, press, sign_in, text_of
from tests.product import Product
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EVA, NOOR = "eva@koor.example", "noor@koor.example"


def test_from_applying_to_other_hands(page: Page, product: Product, mailbox: SmtpServer) -> None:
    page.set_viewport_size({"width": 390, "height": 844})

    # Begins, is called away, and goes on by the link in the mail
    page.goto(f"{product.url}/lid-worden/")
    page.get_by_label("Naam van de organisatie").fill("Koor De Golfslag")
    page.get_by_label("Je e-mailadres").fill(EVA)
    press(page, "Bewaar, ik ga later verder")
    page.goto(button_of(mailbox.wait_for_mail(EVA)))
    expect(page.get_by_label("Naam van de organisatie")).to_have_value("Koor De Golfslag")
    page.get_by_label("In één zin").fill("Zingen met de hele wijk")
    page.get_by_label("Belangrijkste sector").select_option(label="Cultuur")
    page.get_by_label("Holy-Zuid").check()
    page.get_by_label("We willen geen winst maken").check()
    page.get_by_label("KvK-nummer").fill("12345678")
    page.get_by_label("Waarom willen jullie erbij?").fill("Samen zingen met andere clubs.")
    page.get_by_label("Je naam").fill("Eva de Boer")
    press(page, "Kijk na en verstuur")
    press(page, "Ja, verstuur onze aanmelding")
    expect(page.get_by_text("bij het bestuur").first).to_be_visible()
    organisation = Organisation.objects.get(name="Koor De Golfslag")
    assert organisation.memberships.get().status == MembershipStatus.APPLIED

    # The board takes it in
    sign_in(page, product, "Bestuur")
    page.goto(f"{product.url}/bestuur/")
    page.locator(".todo", has_text="Koor De Golfslag").get_by_role("link", name="Bekijk").click()
    press(page, "Ja, neem aan")
    expect(page.get_by_text("hoort erbij").first).to_be_visible()
    page.context.clear_cookies()

    # The first owner comes in by the welcome mail, and finishes the profile
    page.goto(button_of(next_with(mailbox, EVA, "Welkom!")))
    press(page, "Ja, ik doe mee")
    page.get_by_label("Jullie verhaal").fill("Elke dinsdag zingen we met **iedereen** die wil.")
    page.get_by_label("Website").fill("koor.example")
    press(page, "Bewaar")
    expect(page.get_by_role("heading", level=1)).to_have_text("Koor De Golfslag")
    expect(page.locator("strong", has_text="iedereen")).to_be_visible()

    # Invites somebody, who takes part
    page.goto(f"{product.url}/mijn/{organisation.slug}/mensen/")
    page.get_by_label("Naam", exact=True).fill("Noor Smit")
    page.get_by_label("E-mailadres").fill(NOOR)
    press(page, "Stuur uitnodiging")
    expect(page.get_by_text(f"De uitnodiging is onderweg naar {NOOR}.")).to_be_visible()
    eva = page.context.cookies()
    page.context.clear_cookies()
    page.goto(button_of(next_with(mailbox, NOOR, "Doe mee namens")))
    press(page, "Ja, ik doe mee")
    expect(page.get_by_label("Jullie verhaal")).to_be_visible()
    page.context.clear_cookies()
    page.context.add_cookies(eva)  # type: ignore[arg-type]

    # And takes over, once the first owner leaves
    page.goto(f"{product.url}/mijn/{organisation.slug}/mensen/")
    page.get_by_role("link", name="Draag over").click()
    page.get_by_label("Noor Smit").check()
    page.get_by_label("Ik stop bij deze organisatie").check()
    press(page, "Draag over")
    expect(page.get_by_role("heading", name="Dag Eva")).to_be_visible()
    assert "Eva de Boer" in text_of(next_with(mailbox, NOOR, "Jij bent nu beheerder"))
    held = Role.objects.of(organisation).open().select_related("user")
    assert [(role.user.email, role.role) for role in held] == [(NOOR, RoleKind.OWNER)]
