"""The ways through the site that stand on every page. Which of them shows follows from who looks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    route: str


EVERYONE = (
    Entry(_("Menukaart"), "offerings:list"),
    Entry(_("Vragen"), "offerings:need_list"),
    Entry(_("Organisaties"), "members:list"),
    Entry(_("Toezeggingen"), "commitments:list"),
    Entry(_("Resultaat"), "site:results"),
)
SIGNED_IN = (Entry(_("Mijn kring"), "site:my"),)
BOARD = (Entry(_("Bestuur"), "board:attention"),)
FOOTER = (
    Entry(_("Over de kring"), "site:about"),
    Entry(_("Lid worden"), "members:apply"),
    Entry(_("Lidmaatschap opzeggen"), "site:resign"),
    Entry(_("Privacy"), "site:privacy"),
    Entry(_("Toegankelijkheid"), "site:accessibility"),
)


def links(entries: tuple[Entry, ...], path: str) -> list[tuple[str, str, SafeString]]:
    """Address, label and the mark of the section that `path` lies in; a room that is not installed has no way in."""
    found = []
    for entry in entries:
        try:
            address = reverse(entry.route)
        except NoReverseMatch:
            continue
        here = 'aria-current="true"' if path.startswith(address) and address != "/" else ""
        found.append((address, str(entry.label), SafeString(here)))
    return found


def _list(entries: tuple[Entry, ...], path: str) -> SafeString:
    return format_html_join("", '<li><a href="{}" {}>{}</a></li>', ((a, h, name) for a, name, h in links(entries, path)))


def section_of(path: str) -> str:
    """The first folder of an address: all that the marks in the navigation depend on."""
    return "/" + path.split("/", 2)[1] + "/" if path.count("/") > 1 else "/"


@lru_cache(maxsize=512)
def main(section: str, language: str, *, signed_in: bool, board: bool) -> SafeString:
    """The links of the masthead. Kept per section, language and kind of user: every page shows one of these few."""
    own = (SIGNED_IN if signed_in else ()) + (BOARD if board else ())
    return format_html('<ul class="nav-main">{}</ul>{}', _list(EVERYONE, section), _own(own, section))


def _own(entries: tuple[Entry, ...], section: str) -> SafeString:
    return format_html('<ul class="nav-own">{}</ul>', _list(entries, section)) if entries else SafeString()


@lru_cache(maxsize=8)
def footer(language: str) -> SafeString:
    return format_html('<ul class="footer-links">{}</ul>', _list(FOOTER, "/"))
