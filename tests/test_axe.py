"""axe finds nothing on any page, at two widths, light and dark; and no page scrolls sideways or complains.

The pages are those of the demo, since a full page has more to find fault with than an empty one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route

from commitments import enquiry_notices, notices
from commitments.models import (
    Commitment,
    CommitmentState,
    Enquiry,
    EnquiryState,
    Review,
)
from kring.board import reviewing
from kring.board.models import Import, ImportState
from kring.demo.views import person
from kring.mail import bounces, links, outbox, samples
from kring.mail.models import Message
from kring.mail.recipients import Recipient
from kring.mail.rendering import Rendered
from kring.meetings import notices as meeting_notices
from kring.meetings.models import Meeting, Outcome, OutcomeKind, SignUpState
from kring.newsletters import mail_samples, subscribing, tokens
from kring.newsletters.models import Issue, IssueState, Subscriber, SubscriberState
from members.models import Application, District, Organisation
from offerings import notices as card
from offerings.models import Need, Offering
from tests.board import importing
from tests.demo_copy import load_demo
from tests.product import Product, running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

S = CommitmentState
WIDTHS = (390, 1440)
OF_MAIL = (390, 700, 1440)
NARROWEST = 320
HTML = "text/html; charset=utf-8"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_PAGES = [*WCAG, "best-practice"]
# A scheme changes colours and nothing else.
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RUN = "run => axe.run(document, {runOnly: run, resultTypes: ['violations'], preload: false})"
ITEM = "/menukaart/rolstoelbasketbal-voor-teams/"
MINE = "/mijn/rietkraag"
EVENINGS = "/bestuur/bijeenkomsten/"


@dataclass(frozen=True)
class Look:
    """A page, and the button that is pressed on it before it is looked at."""

    path: str
    press: str = ""


def public() -> list[Look]:
    asked = Need.objects.open(timezone.localdate()).order_by("pk")[0]
    pages = ["home", "results", "about", "privacy", "accessibility", "resign"]
    return [
        *(Look(reverse(f"site:{name}")) for name in pages),
        *(Look(path) for path in ("/menukaart/", "/menukaart/?q=zaal&voor=bedrijven", "/menukaart/?q=xqzzy", ITEM)),
        *(Look(path) for path in ("/organisaties/", "/organisaties/?q=xqzzy", "/organisaties/rietkraag/")),
        *(
            Look(path)
            for path in ("/lid-worden/", "/vragen/", "/bewaarlijst/", "/toezeggingen/", "/toezeggingen/?wie=x")
        ),
        *(Look(path) for path in ("/menukaart/?q=zwemles", "/menukaart/?q=laptop&sector=x")),
        Look(asked.get_absolute_url()),
        *(Look(one.get_absolute_url()) for one in one_of_each_state(S.KEPT, S.GIVEN_BACK)),
        *(Look(f"{ITEM}aanvragen/", press) for press in ("", "Stuur aanvraag")),
        Look("/menukaart/?van=bedrijven"),
        Look(f"{asked.get_absolute_url()}reageren/", "Bied je hulp aan"),
        *(Look(f"/bijeenkomsten/{page}") for page in ("", "alv-2015/", "kick-off/", "kick-off/verslag/")),
        *(Look("/bijeenkomsten/alv-2015/aanmelden/", press) for press in ("", "Meld me aan")),
        *(Look("/inloggen/", press) for press in ("", "Mail mij een code")),
        *(Look("/nieuwsbrief/", press) for press in ("", "Schrijf mij in")),
        Look("/nieuwsbrief/4/"),
        *(Look(path) for path in ("/inloggen/wachtwoord/", "/inloggen/vergeten/", "/inloggen/nieuw/")),
        *(Look(path) for path in ("/demo/post/", "/demo/stijl/", "/er-is-hier-niets/")),
    ]


def of_a_business() -> list[Look]:
    asked = Enquiry.objects.visible_to(person("business")).order_by("pk")
    several = [Look("/bewaarlijst/aanvragen/", press) for press in ("", "Stuur mijn aanvragen")]
    return [
        *several,
        Look("/mijn/"),
        Look("/bewaarlijst/"),
        Look("/mijn/aanvragen/"),
        Look(asked[0].get_absolute_url()),
    ]


def of_an_owner() -> list[Look]:
    return [
        *(Look(f"{MINE}/agenda/", press) for press in ("", "Maak een adres")),
        *(Look(path) for path in ("/mijn/", f"{MINE}/aanbod/", f"{MINE}/aanbod/natuurles-voor-de-klas/")),
        *(Look(f"{MINE}/profiel/", press) for press in ("", "Bewaar")),
        Look(f"{MINE}/aanbod/natuurles-voor-de-klas/even-weg/"),
        *(Look(f"{MINE}/vragen/nieuw/", press) for press in ("", "Zet de vraag open")),
        *(Look(path) for path in (f"{MINE}/vragen/", f"{MINE}/kansen/", "/mijn/gezocht/")),
        *(Look(f"{MINE}/aanbod/nieuw/", press) for press in ("", "Bewaar en zet op de kaart")),
        *(Look("/toezeggingen/nieuw/", press) for press in ("", "Stel het voor")),
        *(Look(path) for path in ("/organisaties/rietkraag/", "/account/", "/account/gegevens/", "/uitloggen/")),
        Look("/mijn/mail/"),
        *(Look(path) for path in ("/account/apparaten/", "/account/tweede-stap/", "/account/e-mail/", "/bestuur/")),
        *(Look(f"{MINE}/{page}/") for page in ("mensen", "mensen/overdragen", "lidmaatschap", "geschiedenis")),
        *(Look(path) for path in (f"{MINE}/gegevens/", f"{MINE}/lidmaatschap/opzeggen/", "/account/wie-ziet-wat/")),
        *(Look(path) for path in ("/account/mijn-gegevens/", "/lid-worden/bedrijf/", "/account/sleutels/")),
    ]


def of_the_board() -> list[Look]:
    return [
        *(Look(path) for path in ("/bestuur/", "/bestuur/toezeggingen/", "/bestuur/menukaart/", "/bestuur/post/")),
        *(Look(path) for path in ("/bestuur/post/?q=xqzzy", "/mijn/aanvragen/", "/bestuur/gezocht/")),
        *(
            Look(path)
            for path in (
                "/bestuur/post/adressen/",
                "/bestuur/post/sjablonen/",
                "/bestuur/post/sjablonen/members-mail-invitation/",
            )
        ),
        Look(reverse("board:mail_message", args=[returned_mail().uuid])),
        *of_a_review(),
        *(Look(path) for path in ("/bestuur/cijfers/", "/bestuur/cijfers/leden/afspraak/nog-niet/")),
        Look("/vragen/plaats/"),
        *newsletters(),
        *(Look(one.get_absolute_url()) for one in one_of_each_state(S.PROPOSED, S.STARTED, S.REPORTED)),
        *(Look(path) for path in ("/toezeggingen/snel/", "/bestuur/links/", "/bestuur/herinneringen/")),
        *(Look("/bestuur/herinneringen/due-3/", press) for press in ("", "Bekijk een voorbeeld")),
        *(Look(f"/bestuur/organisaties/{rest}") for rest in ("", "rietkraag/", "rietkraag/beheerder/")),
        Look("/bestuur/organisaties/rietkraag/lidmaatschap/schorsen/"),
        Look(f"/bestuur/aanmeldingen/{Application.objects.to_look_at(timezone.now())[0].uuid}/"),
        *(Look(f"{EVENINGS}{page}/") for page in ("nieuw", "alv-2015", "alv-2015/agenda", "alv-2015/aanmeldingen")),
        *(Look(f"{EVENINGS}alv-2015/{page}/") for page in ("uitnodigen", "avond", "avond/wie", "stap/publiceren")),
        *(Look(f"{EVENINGS}{page}/") for page in ("kick-off/uitkomsten", "beursvloer/verslag")),
        *(Look(f"{EVENINGS}alv-2015/gegevens/", press) for press in ("", "Bewaar")),
        Look(EVENINGS),
        Look(f"{EVENINGS}kick-off/uitkomsten/{Outcome.objects.filter(kind=OutcomeKind.IDEA)[0].uuid}/"),
    ]


def returned_mail() -> Message:
    """One that came back, so that all there is to do stands on its page."""
    message = outbox.add(
        Message(key="returned", kind="transactional", email="weg@voorbeeld.example", subject="Dag", text="Dag")
    )
    bounces.note(message, "hard", "550 5.1.1 no such user", timezone.now())
    return message


def newsletters() -> list[Look]:
    """Writing, sending and looking back."""
    base = "/bestuur/nieuwsbrief/"
    draft = Issue.objects.get(state=IssueState.DRAFT)
    sent = Issue.objects.filter(state=IssueState.SENT)[0]
    return [
        *(Look(f"{base}{page}") for page in ("", "doelgroepen/", "abonnees/", f"{draft.uuid}/weg/")),
        *(Look(f"{base}doelgroepen/nieuw/", press) for press in ("", "Bewaar")),
        *(Look(f"{base}{page}") for page in (f"{draft.uuid}/", f"{sent.uuid}/voortgang/")),
        *(Look(f"{base}{draft.uuid}/versturen/", press) for press in ("", "Plan hem in")),
    ]


def of_a_review() -> list[Look]:
    """One that goes on, and the minutes of the last one."""
    reviewing.start(person("board"), timezone.now())
    review, held = Review.objects.open().get(), Review.objects.closed().order_by("-held_on")[0]
    verdict = f"{review.get_absolute_url()}{review.verdicts.select_related('commitment')[0].commitment.uuid}/"
    return [
        Look("/bestuur/beoordeling/"),
        *(Look(each.get_absolute_url()) for each in (review, held)),
        *(Look(verdict, press) for press in ("", "Bewaar en volgende")),
        Look(f"{review.get_absolute_url()}afsluiten/"),
    ]


def behind_links() -> list[Look]:
    """The page of each link in our mails, as it opens and after an answer that lacks something."""
    new, talking = (Enquiry.objects.filter(state=state)[0] for state in (EnquiryState.NEW, EnquiryState.TALKING))
    proposed, started, reported = one_of_each_state(S.PROPOSED, S.STARTED, S.REPORTED)
    about = [
        (enquiry_notices.ANSWER, new, "Stuur antwoord"),
        (enquiry_notices.TALK, talking, "Stuur bericht"),
        (notices.ANSWER, proposed, "Verstuur"),
        (notices.REPORT, started, "Verstuur"),
        (notices.CONFIRM, reported, "Verstuur"),
        (notices.RECEIVE, started, "Verstuur"),
    ]
    stale = Offering.objects.to_confirm(timezone.localdate()).order_by("pk")[0]
    coming = Meeting.objects.get(slug="alv-2015")
    about += [
        (enquiry_notices.CONFIRM, new, "Stuur bericht"),
        (card.CONFIRM_OFFERING, stale, "Ja, dit klopt nog"),
        (meeting_notices.SIGN_UP, coming.sign_ups.filter(state=SignUpState.GOING)[0], "Bewaar"),
        (meeting_notices.INVITATION, coming, "Ja, ik kom"),
    ]
    looks = []
    for purpose, subject, press in about:
        holder = Recipient(email="iemand@voorbeeld.example", name="Iemand", language="nl")
        url = links.issue(purpose, subject.uuid, holder, expires_in=dt.timedelta(days=1))
        path = "/" + url.split("/", 3)[3]
        if subject is stale:
            looks += [Look(f"{path}?keuze={choice}") for choice in ("veranderen", "eraf")]
        looks += [Look(path), Look(path, press)]
    pending = Subscriber.objects.filter(state=SubscriberState.PENDING)[0]
    holder = Recipient(email=pending.email, name="Iemand", language="nl")
    confirm = urlsplit(links.issue(subscribing.CONFIRM, pending.uuid, holder, expires_in=dt.timedelta(days=1))).path
    preferences = urlsplit(tokens.preferences_of_user(person("owner"))).path
    looks += [Look(confirm), Look(confirm, "Ja, stuur mij de nieuwsbrief"), Look(preferences)]
    return [*looks, Look("/a/dit-is-geen-link/")]


def of_the_boards_lists() -> list[Look]:
    """An import in each of its states: every word that a row can have, on one page."""
    board = person("board")
    here = Organisation.objects.businesses().order_by("pk")[0]
    rows = ["Bakkerij Vink;3131 AB;0201", "Bakkerij Vink;3131 AB;0201", "Fout;3131;=1+1", f"{here.name};3100 ZZ;"]
    ready = importing.read(board, importing.csv("Naam;Postcode;KvK", *rows))
    unclear = importing.read(board, importing.csv("Wie;Waar", "Bakkerij Vink;3131 AB"))
    refused = importing.read(board, importing.csv("Naam", "'" + "x" * 6_000))
    busy = importing.read(board, importing.csv("Naam", "Bakkerij Vink"))
    done = importing.written(board, importing.csv("Naam", "Drukkerij Westdijk", "Garage Koppenaal"))
    Import.objects.filter(pk=busy.pk).update(
        state=ImportState.WRITING, to_do=4, confirmed_by=board, confirmed_at=timezone.now()
    )
    Organisation.objects.get(name="Garage Koppenaal").districts.add(District.objects.all()[0])
    own = ready.get_absolute_url()
    return [
        *(Look("/bestuur/import/", press) for press in ("", "Lees de lijst")),
        *(Look(path) for path in (own, f"{own}?rijen=lijkt", f"{own}kolommen/", f"{own}weg/")),
        *(Look(each.get_absolute_url()) for each in (unclear, refused, busy, done)),
        Look(f"{done.get_absolute_url()}terugdraaien/"),
    ]


VISITS = {
    "visitor": public,
    "business": of_a_business,
    "owner": of_an_owner,
    "board": of_the_board,
    "board, with lists": of_the_boards_lists,
    "link holder": behind_links,
}


def one_of_each_state(*states: str) -> list[Commitment]:
    return [Commitment.objects.filter(state=state, visibility="public").order_by("pk")[0] for state in states]


@pytest.fixture
def product(tmp_path: Path, reminder_rules: None) -> Iterator[Product]:
    load_demo()
    with running(tmp_path, mail_port=9, with_worker=False) as product:
        yield product


def sign_in(context: BrowserContext, who: str, url: str) -> None:
    client = Client()
    client.force_login(person(who))
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": url,
            }
        ]
    )


def faults(page: Page, rules: list[str] = OF_PAGES, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """What is wrong with the page that is open, at each width and in each scheme."""
    for frame in page.frames:  # axe looks into those too, and trips over one that is on its way
        frame.wait_for_load_state()
    page.evaluate(AXE_SCRIPT)
    found = []
    schemes: dict[Any, Any] = {"light": rules, "dark": OF_COLOURS}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, run in schemes.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [
                f"{scheme} {width}: {each['id']}: {node['html'][:200]} {node['failureSummary'][:200]}"
                for each in page.evaluate(RUN, run)["violations"]
                for node in each["nodes"]
            ]
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > NARROWEST:
        found.append(f"{wide} px wide on a screen of {NARROWEST}")
    return found


@pytest.mark.parametrize("who", VISITS)
def test_nothing_is_found(who: str, page: Page, context: BrowserContext, product: Product) -> None:
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        # That a page answered 404 or 422 is what was asked of it.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", complain)
    if (name := who.partition(",")[0]) in {"business", "owner", "board"}:
        sign_in(context, name, product.url)
    for look in VISITS[who]():
        page.goto(product.url + look.path)
        if look.press:
            page.get_by_role("main").get_by_role("button", name=look.press, exact=True).click()
        complaints += [f"{look.path} {look.press}: {fault}" for fault in faults(page)]
        assert page.locator("h1").count() == 1, look

    assert complaints == []


def fault_pages() -> dict[str, str]:
    """Pages that somebody sees when something is wrong, and that no address leads to."""
    refused = Client(enforce_csrf_checks=True).post(f"{ITEM}aanvragen/")
    alone = {name: render_to_string(f"{name}.html") for name in ("400", "414", "500", "503")}
    return alone | {"403_csrf": refused.content.decode()}


def test_nothing_is_found_on_the_page_of_a_fault(page: Page, product: Product) -> None:
    pages = fault_pages()

    def answer(route: Route) -> None:
        route.fulfill(body=pages[route.request.url.rsplit("/", 1)[1]], content_type=HTML)

    page.route("**/fault/*", answer)
    complaints = []
    for name in pages:
        page.goto(f"{product.url}/fault/{name}")
        complaints += [f"{name}: {fault}" for fault in faults(page)]

    assert complaints == []


def newsletter_with_a_picture() -> Rendered:
    told = mail_samples.content()
    told["sections"][0].update(picture="newsletters/x.webp", picture_alt="Soep")
    return mail_samples.issue(Recipient("nadia@voorbeeld.example", "Nadia"), "https://kring.example/", told=told)


def test_nothing_is_found_in_mail(page: Page) -> None:
    """Landmarks are the mail program's."""
    mails = [sample.rendered("nl") for sample in samples.everything()]
    complaints = []
    for mail in [*mails, newsletter_with_a_picture()]:
        page.set_content(mail.html)
        complaints += [f"{mail.subject}: {fault}" for fault in faults(page, WCAG, OF_MAIL)]

    assert complaints == []
