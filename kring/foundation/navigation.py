"""The ways through the site that stand on every page. Which of them shows follows from who looks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kring.foundation.models import Circle


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    route: str


EVERYONE = (
    Entry(_("Menukaart"), "offerings:list"),
    Entry(_("Vragen"), "offerings:need_list"),
    Entry(_("Organisaties"), "members:list"),
    Entry(_("Toezeggingen"), "commitments:list"),
    Entry(_("Bijeenkomsten"), "meetings:list"),
    Entry(_("Resultaat"), "site:results"),
)
SIGNED_IN = (Entry(_("Mijn kring"), "site:my"),)
BOARD = (Entry(_("Bestuur"), "board:attention"),)
# What the board does each week, and what it sets up or looks up now and then.
BOARD_WORK = (
    Entry(_("Wat vraagt aandacht"), "board:attention"),
    Entry(_("Organisaties"), "board:organisations"),
    Entry(_("Toezeggingen"), "board:commitments"),
    Entry(_("Beoordeling"), "board:reviews"),
    Entry(_("Bijeenkomsten"), "meetings:board"),
    Entry(_("Nieuwsbrief"), "newsletters:issues"),
    Entry(_("Cijfers"), "board:figures"),
)
BOARD_DESK = (
    Entry(_("Aanvragen"), "commitments:enquiries"),
    Entry(_("Menukaart"), "board:freshness"),
    Entry(_("Wat de stad zoekt"), "offerings:asked_by_all"),
    Entry(_("Herinneringen"), "board:reminders"),
    Entry(_("Importeren"), "board:imports"),
    Entry(_("Verstuurde mail"), "board:mail"),
    Entry(_("Links in mails"), "board:links"),
)
FOOTER = (
    Entry(_("Over de kring"), "site:about"),
    Entry(_("Nieuwsbrief"), "newsletters:home"),
    Entry(_("Lid worden"), "members:apply"),
    Entry(_("Lidmaatschap opzeggen"), "site:resign"),
    Entry(_("Privacy"), "site:privacy"),
    Entry(_("Toegankelijkheid"), "site:accessibility"),
)


def address(route: str) -> str:
    """Where a page stands; nothing when its room is not installed."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def links(entries: tuple[Entry, ...], path: str) -> list[tuple[str, str, SafeString]]:
    """Address, label and the mark of the section that `path` lies in; a room that is not installed has no way in."""
    found = []
    for entry in entries:
        if to := address(entry.route):
            here = 'aria-current="true"' if path.startswith(to) and to != "/" else ""
            found.append((to, str(entry.label), SafeString(here)))
    return found


def _list(entries: tuple[Entry, ...], path: str) -> SafeString:
    return format_html_join(
        "", '<li><a href="{}" {}>{}</a></li>', ((a, h, name) for a, name, h in links(entries, path))
    )


def section_of(path: str) -> str:
    """The first folder of an address: all that the marks in the navigation depend on."""
    return "/" + path.split("/", 2)[1] + "/" if path.count("/") > 1 else "/"


def main(path: str, *, signed_in: bool, board: bool) -> SafeString:
    """The links of the masthead, with the section of this page marked."""
    own = (SIGNED_IN if signed_in else ()) + (BOARD if board else ())
    return format_html('<ul class="nav-main">{}</ul>{}', _list(EVERYONE, path), _own(own, path))


def _own(entries: tuple[Entry, ...], path: str) -> SafeString:
    return format_html('<ul class="nav-own">{}</ul>', _list(entries, path)) if entries else SafeString()


def masthead(request: HttpRequest, circle: Circle, *, demo: bool) -> SafeString:
    """The head of every page. A visitor's is the same for all visitors of a section, and kept: half of the cost."""
    user, shortlisted = request.user, request.session.get("shortlist_count", 0)
    section = section_of(request.path)
    if not user.is_authenticated and not shortlisted:
        return _visitors_masthead(section, get_language() or "", circle.name, circle.logo.name, demo=demo)
    links = main(section, signed_in=user.is_authenticated, board=bool(getattr(user, "is_board", False)))
    shown = {"circle": circle, "user": user, "navigation": links, "shortlist_count": shortlisted}
    return render_to_string("parts/masthead.html", shown | _ways(demo=demo), request)


@lru_cache(maxsize=512)
def _visitors_masthead(section: str, language: str, name: str, logo: str, *, demo: bool) -> SafeString:
    links = main(section, signed_in=False, board=False)
    shown = {"circle": Circle(name=name, logo=logo), "navigation": links}
    return render_to_string("parts/masthead.html", shown | _ways(demo=demo))


def _ways(*, demo: bool) -> dict[str, str]:
    return {"shortlist_url": address("offerings:shortlist"), "demo_url": address("demo:post") if demo else ""}


@lru_cache(maxsize=64)
def board(here: str, language: str) -> SafeString:
    """The pages of the board, with the one named `here` marked; the same for everybody."""
    rows = [_row(BOARD_WORK, here, str(_("Bestuur"))), _row(BOARD_DESK, here, str(_("Instellen en opzoeken")), "desk")]
    return SafeString("".join(rows))


def _row(entries: tuple[Entry, ...], here: str, title: str, kind: str = "") -> SafeString:
    found = [
        (to, SafeString('aria-current="page"') if entry.route == here else "", entry.label)
        for entry in entries
        if (to := address(entry.route))
    ]
    items = format_html_join("", '<li><a href="{}" {}>{}</a></li>', found)
    return format_html('<nav class="section-nav {}" aria-label="{}"><ul>{}</ul></nav>', kind, title, items)


@lru_cache(maxsize=8)
def footer(language: str) -> SafeString:
    return format_html('<ul class="footer-links">{}</ul>', _list(FOOTER, "/"))
