"""An evening of the circle in a real browser, with the worker running and the mail read: as a guest, and as the chair.

The guest has no account: signs up on the page of the meeting, confirms from the mail, is reminded, and signs off.
The chair has a phone: sees what is on, catches what is said, closes the evening; a promise is accepted by mail.
"""

from __future__ import annotations

import datetime as dt
import re
from email.message import EmailMessage

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from commitments.models import Commitment, CommitmentState, Origin
from kring.meetings.models import Meeting, Outcome, SignUp, SignUpState
from members.models import Role, RoleKind
from tests.factories import AgendaItemFactory, MeetingFactory, SignUpFactory
from tests.journeys.steps import button_of, next_with, press, sign_in, text_of
from tests.product import Product
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GUEST = "fatima@werfnoord.example"
PHONE = {"width": 390, "height": 844}


def way_to(mail: EmailMessage, end: str) -> str:
    """The address behind one of the quieter choices of a mail."""
    return re.findall(rf"http://\S+/a/\S+{re.escape(end)}", text_of(mail))[0]


def test_guest_signs_up_is_reminded_and_signs_off(page: Page, product: Product, mailbox: SmtpServer) -> None:
    meeting = MeetingFactory(title="Thema-avond: jongeren", starts_at=timezone.now() + dt.timedelta(hours=10))

    # On the page of the meeting itself
    page.goto(f"{product.url}/bijeenkomsten/")
    page.get_by_role("link", name=meeting.title).click()
    page.get_by_label("Je naam").fill("Fatima de Vries")
    page.get_by_label("Je e-mailadres").fill(GUEST)
    page.get_by_label("Je organisatie of bedrijf").press_sequentially("scheepswerf")
    expect(page.locator("#organisaties option").first).to_be_attached()
    page.get_by_label("Met hoeveel mensen kom je?").fill("veel")
    press(page, "Meld me aan")
    expect(page.get_by_label("Met hoeveel mensen kom je?")).to_have_value("veel")
    page.get_by_label("Met hoeveel mensen kom je?").fill("1")
    page.get_by_label("Zet mijn naam op de lijst").check()
    press(page, "Meld me aan")
    expect(page.get_by_role("heading", name="Kijk in je mail")).to_be_visible()
    assert SignUp.objects.get(email=GUEST).state == SignUpState.UNCONFIRMED

    # From the mail
    page.goto(button_of(mailbox.wait_for_mail(GUEST)))
    press(page, "Ja, ik kom")
    expect(page.get_by_role("heading", name="Je bent erbij")).to_be_visible()
    going = next_with(mailbox, GUEST, "Je bent erbij")
    calendar = page.request.get(way_to(going, "?agenda=1"))
    assert (calendar.status, f"UID:{meeting.uuid}@localhost" in calendar.text()) == (200, True)
    page.get_by_label("Met hoeveel mensen kom je?").fill("3")
    press(page, "Bewaar")
    expect(page.get_by_text("Je aanmelding is veranderd.")).to_be_visible()
    page.goto(f"{product.url}{meeting.get_absolute_url()}")
    expect(page.get_by_text("Er komen al 3 mensen.")).to_be_visible()
    expect(page.get_by_text("Fatima de Vries")).to_be_visible()

    # The reminder comes by itself, to who signed up days ago
    SignUp.objects.filter(email=GUEST).update(confirmed_at=timezone.now() - dt.timedelta(days=3))
    reminder = next_with(mailbox, GUEST, "Tot snel")

    # And from the reminder it can still be called off
    page.goto(way_to(reminder, "?afmelden=1"))
    press(page, "Ik kom niet, meld me af")
    expect(page.get_by_text("Je bent afgemeld")).to_be_visible()
    assert "Je bent afgemeld" in str(next_with(mailbox, GUEST, "Je bent afgemeld")["Subject"])
    meeting.refresh_from_db()
    assert meeting.taken == 0


def fits_the_screen(page: Page) -> bool:
    return int(page.evaluate("document.documentElement.scrollWidth")) <= PHONE["width"]


def catch(page: Page, kind: str, text: str, who: str = "") -> None:
    page.get_by_label(kind, exact=True).check()
    page.get_by_label("In één regel").fill(text)
    page.get_by_label("Wie?").fill(who)
    press(page, "Schrijf op")
    expect(page.get_by_text(f"{kind.capitalize()} opgeschreven.")).to_be_visible()
    expect(page.get_by_role("link", name=text, exact=True)).to_be_visible()


def test_chair_leads_the_evening_from_a_phone(page: Page, product: Product, mailbox: SmtpServer) -> None:
    page.set_viewport_size(PHONE)
    owners = Role.objects.filter(role=RoleKind.OWNER, organisation__kind="business").select_related("organisation")
    owner = owners.order_by("pk")[0]
    meeting: Meeting = MeetingFactory(starts_at=timezone.now() - dt.timedelta(minutes=5))
    AgendaItemFactory(meeting=meeting, title="Welkom", minutes=10)
    AgendaItemFactory(meeting=meeting, title="Wie belooft wat?", minutes=20)
    guest = SignUpFactory(meeting=meeting, name="Rob Smit")
    sign_in(page, product, "Bestuur")
    page.goto(f"{product.url}/bestuur/bijeenkomsten/{meeting.slug}/avond/")

    # What is on
    press(page, "Begin met: Welkom")
    expect(page.get_by_role("heading", name="1. Welkom")).to_be_visible()
    expect(page.get_by_text(re.compile(r"nog (9|10) minuten"))).to_be_visible()
    press(page, "Volgende: Wie belooft wat?")
    assert fits_the_screen(page)

    # What is said
    catch(page, "toezegging", "Zes gastlessen lassen", owner.organisation.name)
    catch(page, "actiepunt", "Zalen op een rij zetten", "Rob Smit")
    catch(page, "idee", "Een buurtfeest op de kade")
    catch(page, "besluit", "We gaan door")
    assert set(Outcome.objects.filter(meeting=meeting).values_list("item__title", flat=True)) == {"Wie belooft wat?"}

    # Who is here
    page.get_by_role("link", name="Wie is er?").click()
    page.get_by_role("button", name=re.compile("Is er.*Rob Smit")).click()
    expect(page.get_by_text("1 binnen, 1 aangemeld.")).to_be_visible()
    assert fits_the_screen(page)
    page.get_by_role("link", name="Naar de avond").click()

    # It is over, and the promises go out
    page.get_by_role("link", name="Sluit de avond af").click()
    press(page, "Sluit de avond af")
    page.get_by_role("link", name="Wat er is opgeschreven").click()
    press(page, "Stuur de voorstellen")
    expect(page.get_by_text("2 toezeggingen zijn voorgesteld.")).to_be_visible()
    assert fits_the_screen(page)

    # Who made the promise says yes from the mail, on a device of its own
    page.context.clear_cookies()
    page.goto(button_of(next_with(mailbox, owner.user.email, "Zes gastlessen lassen")))
    expect(page.get_by_label("Ja, dat spreken we af")).to_be_checked()
    press(page, "Verstuur")
    expect(page.get_by_role("heading", name="Zo staat het ervoor")).to_be_visible()
    commitment = Commitment.objects.get(title="Zes gastlessen lassen", origin=Origin.MEETING)
    assert (commitment.state, commitment.promisor) == (CommitmentState.AGREED, owner.organisation)
    assert button_of(next_with(mailbox, guest.email, "Zalen op een rij zetten"))
    sign_in(page, product, "Bestuur")
    page.goto(f"{product.url}/bestuur/bijeenkomsten/{meeting.slug}/uitkomsten/")
    expect(page.get_by_text("Afgesproken")).to_be_visible()
