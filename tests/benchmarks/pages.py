"""What is asked for, and what it has to reach. Imported once Django is set up on a filled database."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus, urlsplit

from django.conf import settings
from django.test import Client
from django.utils import timezone

from commitments import calendars
from kring.demo.views import person
from members.models import Organisation
from offerings.models import Offering
from tests.benchmarks.load import Pages

# A parameter that no page knows: such a page is in no cache of pages, and is made anew each time.
ANEW = "x=1"
# Nor is a page of who is signed in kept for so many addresses at once.
MANY = 1000
WORDS = ("zaal", "wandeling", "koken met jongeren", "workshop", "vergaderen", "muziek", "tuin", "sport")
FILTERS = ("sector=sport", "sector=cultuur&voor=bedrijven", "prijs=gratis", "voor=stad&sector=zorg")


@dataclass(frozen=True)
class Kind:
    """A kind of page; `ratio` to the bare view is to be reached, `growth` how much dearer more rows may make it."""

    name: str
    pages: Pages
    ratio: float | None = None
    growth: float | None = None


def anew(*paths: str) -> Sequence[str]:
    return [f"{path}{'&' if '?' in path else '?'}{ANEW}" for path in paths]


def many(path: str) -> Sequence[str]:
    return [f"{path}?x={number}" for number in range(MANY)]


def session(who: str) -> str:
    """The cookies of one of the demo's cast: a browser has that of the forms from its first page on."""
    client = Client()
    client.force_login(person(who))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={secrets.token_hex(16)}"


def feed() -> str:
    """The calendar of one of the demo's organisations."""
    owner = person("owner")
    organisation = Organisation.objects.served_by(owner)[0]
    return urlsplit(calendars.issue(organisation, owner, timezone.now())).path


def kinds() -> list[Kind]:
    published = Offering.objects.published(timezone.localdate()).of_members().order_by("pk")
    some = list(published.values_list("slug", "uuid")[:200:5])
    items = [f"/menukaart/{slug}/" for slug, _uuid in some]
    filtered = [f"/menukaart/?{each}" for each in FILTERS]
    searched = [f"/menukaart/?q={quote_plus(each)}" for each in WORDS]
    owner, board = session("owner"), session("board")
    return [
        Kind("menukaart, kept", Pages(["/menukaart/"]), 0.5),
        Kind("menukaart, made anew", Pages(anew("/menukaart/")), 0.15, 1.5),
        Kind("menukaart, filtered", Pages(anew(*filtered)), 0.12, 2),
        Kind("menukaart, searched", Pages(anew(*searched)), 0.08, 8),
        Kind("menukaart, signed in", Pages(["/menukaart/"], owner), 0.1),
        Kind("menukaart, signed in, anew", Pages(many("/menukaart/"), owner), 0.1),
        Kind("item, kept", Pages(items), 0.25, 1.5),
        Kind("item, made anew", Pages(anew(*items)), 0.25, 1.5),
        Kind("organisaties, kept", Pages(["/organisaties/"]), 0.15),
        Kind("organisaties, made anew", Pages(anew("/organisaties/")), 0.15),
        Kind("mijn kring", Pages(["/mijn/"], owner), 0.1),
        Kind("mijn kring, made anew", Pages(many("/mijn/"), owner), 0.1),
        Kind("API, list of 24", Pages(["/api/v1/offerings/?page_size=24"]), 0.2, 1.5),
        Kind("API, item", Pages([f"/api/v1/offerings/{uuid}/" for _slug, uuid in some]), 0.4, 1.5),
        Kind("toezeggingen, made anew", Pages(anew("/toezeggingen/")), None, 3),
        Kind("resultaat", Pages(["/resultaat/"]), None, 3),
        Kind("resultaat, made anew", Pages(anew("/resultaat/")), None, 3),
        Kind("bestuur", Pages(["/bestuur/"], board), 0.1, 3),
        Kind("bestuur, made anew", Pages(many("/bestuur/"), board), 0.1, 3),
        Kind("cijfers", Pages(["/bestuur/cijfers/"], board), 0.1, 3),
        Kind("cijfers, made anew", Pages(many("/bestuur/cijfers/"), board), 0.1, 3),
        Kind("beoordeling", Pages(["/bestuur/beoordeling/"], board), None, 3),
        Kind("agenda (iCalendar)", Pages([feed()]), None, 3),
    ]
