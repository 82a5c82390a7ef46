"""What is wrong with a text that somebody typed, or may be: each in a sentence that says what to do.

Each looks at what is left as text once the Markdown was read: what works is not there any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from django.utils.translation import gettext as _
from markdown_it.token import Token

from kring.newsletters import addresses, placeholders
from kring.newsletters.markup import parser, plain_parser

SPAM_WORDS = re.compile(
    r"\b(gratis geld|winnaar|gefeliciteerd|100 ?% gratis|klik hier nu|laatste kans|viagra|casino|bitcoin)\b",
    re.IGNORECASE,
)
GREETING = re.compile(
    r"^\W*(dag|beste|hallo|hoi|hi|hey|hé|lieve|geachte|welkom|goede(morgen|middag|navond|ndag)|dear|hello)\b"
    r"(\s+(allemaal|iedereen|lezers?|leden|vrienden|mensen|all|everyone|reader))?",
    re.IGNORECASE | re.MULTILINE,
)
# Between what is text, where something was that works.
DONE = "\ufffc"
HTML_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>")
FENCE = re.compile(r"^```", re.MULTILINE)
# What still looks like a link where links were made of all that are. '[1]' is a note, and leads nowhere.
UNMADE_LINK = re.compile(
    r"""  !?\[[^\]\n]*\]\([^)\n]*\)?
        | !?\[(?!\d+\])[^\]\n]*\]\s{1,2}\((?:https?://|www\.|/\w)[^)\n]*\)?
        | !?\[(?!\d+\])[^\]\n]*\](?:https?://|www\.)\S*
        | !?\[(?!\d+\])[^\]\n]+\]\[[^\]\n]*\]
        | \([^)\n]*\)\[(?:https?://|www\.|/\w)[^\]\n]*\]""",
    re.VERBOSE,
)
UNMADE_BOLD = re.compile(r"(?<![\w/])__(?=[^\W_])[^\n]{0,40}")
UNMADE_HEADING = re.compile(r"^#{1,6}(?=[^\W\d_])[^#\n]*$", re.MULTILINE)
DOUBLED = re.compile(r"\{\{+[^{}\n]{0,40}\}+|\{[^{}\n]{1,40}\}\}+")
SQUARE = re.compile(rf"\[\s*({'|'.join(placeholders.KNOWN)})\s*\](?![(\[])", re.IGNORECASE)
LOOSE = re.compile(r"\{[^{}\n]{0,20}\}?|\}")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_parser, _without_bare = parser(), plain_parser()


# --- Words between braces --------------------------------------------------------------------------------------------


def wrong_placeholders(text: str) -> Iterator[str]:
    known = ", ".join(f"{{{each}}}" for each in placeholders.KNOWN)
    sentence = _("We weten niet wat {%(word)s} moet worden. Je kunt kiezen uit %(known)s.")
    yield from (sentence % {"word": word, "known": known} for word in placeholders.unknown(text))
    for found in DOUBLED.findall(text):
        yield _("%(typed)s heeft accolades te veel. Eén aan elke kant is genoeg.") % {"typed": found}


def odd_placeholders(text: str) -> Iterator[str]:
    for word in SQUARE.findall(text):
        yield _("[%(word)s] blijft zo staan. Bedoel je {%(placeholder)s}?") % {
            "word": word,
            "placeholder": word.lower(),
        }
    rest = placeholders.BRACED.sub("", DOUBLED.sub("", CODE.sub("", text)))
    for found in LOOSE.findall(rest)[:1]:
        yield _("Bij ‘%(typed)s’ staat een accolade die er zo komt te staan. Is dat de bedoeling?") % {"typed": found}


def is_greeting(text: str) -> bool:
    """Whether there is nothing to read in it but whom it is for."""
    rest = GREETING.sub("", placeholders.BRACED.sub("", text))
    return not any(each.isalnum() for each in rest)


# --- Markdown --------------------------------------------------------------------------------------------------------


def links_of(body: str) -> list[tuple[str, str]]:
    """Each link in a text: where it leads, and the words on it."""
    found: list[tuple[str, str]] = []
    for token in _parser.parse(body):
        address, words = "", ""
        for child in token.children or []:
            match child.type:
                case "link_open":
                    address, words = str(child.attrs.get("href", "")), ""
                case "link_close":
                    found.append((address, words))
                case "text" | "code_inline":
                    words += child.content
    return found


def left_as_text(body: str) -> list[str]:
    """Of each paragraph what stands there as it was typed."""
    return ["".join(map(_as_typed, token.children or [])) for token in _without_bare.parse(body)]


def _as_typed(token: Token) -> str:
    match token.type:
        case "text":
            return token.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "em_open" | "em_close" | "strong_open" | "strong_close":
            return ""
        case "image":
            return f"![{token.content}]({token.attrs.get('src', '')})"
    return DONE


def broken(body: str) -> Iterator[str]:
    """Markdown that its reader would see as it was typed, and links that lead nowhere."""
    left = left_as_text(body)
    for found in (found for text in left for found in UNMADE_LINK.findall(text)):
        yield _("Dit wordt geen link of foto: %(typed)s. Schrijf [tekst](https://adres).") % {"typed": found[:60]}
    if CODE.sub("", body).replace("\\*", "").count("**") % 2:
        yield _("Ergens begint vet (**) en houdt het niet op.")
    if len(FENCE.findall(body)) % 2:
        yield _("Ergens begint een blok code (```) en houdt het niet op.")
    for tag in [tag for text in left for tag in HTML_TAG.findall(text)][:3]:
        yield _("HTML werkt hier niet: %(tag)s zou er letterlijk staan.") % {"tag": tag[:40]}
    for url, _words in links_of(body):
        yield from _of_address(url)


def _of_address(url: str) -> Iterator[str]:
    sentence = _(
        "{%(word)s} kan niet in het adres van een link: dan ziet een andere site wie er leest. Haal het uit %(url)s."
    )
    readable = unquote(url)
    for word in placeholders.BRACED.findall(readable):
        yield sentence % {"word": word, "url": readable[:60]}
    if fault := addresses.fault(url):
        yield fault


def doubtful(body: str) -> Iterator[str]:
    for url, words in links_of(body):
        if sentence := addresses.doubt(url, words):
            yield sentence
    for text in left_as_text(body):
        for found in UNMADE_BOLD.findall(text):
            yield _("‘%(typed)s’ wordt niet vet. Zet er aan beide kanten twee sterren: **vet**.") % {"typed": found}
        for found in UNMADE_HEADING.findall(text):
            yield _("‘%(typed)s’ wordt geen kop: daarvoor hoort er een spatie achter #.") % {"typed": found[:40]}
    yield from spam(body)


def spam(text: str) -> Iterator[str]:
    for word in SPAM_WORDS.findall(text):
        yield _("‘%(word)s’ komt veel voor in ongewenste mail.") % {"word": word}
