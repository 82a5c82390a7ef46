"""What is written in an issue: Markdown as everywhere, in which an address that stands by itself is a link as well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from kring.foundation.text import sanitised

BARE = "bare"  # how the link of such an address is marked
ADDRESS = re.compile(
    r"""(?<![\w@./:-]) (?: https?://(?=\w) | www\.(?=[\w-]+\.[a-z]{2}) ) [^\s<>"“”„«»\[\]\\|]+""",
    re.IGNORECASE | re.VERBOSE,
)
AFTER_IT = ".,;:!?…*_~'‘’"


def without_punctuation(found: str) -> str:
    """An address without what belongs to the sentence around it: a bracket too, unless it was opened in there."""
    kept = found.rstrip(AFTER_IT)
    while kept.endswith(")") and kept.count(")") > kept.count("("):
        kept = kept[:-1].rstrip(AFTER_IT)
    return kept


def link_addresses(state: StateCore) -> None:
    for block in state.tokens:
        if block.type == "inline":
            block.children = list(_linked(block.children or [], state.md))


def _linked(tokens: Iterable[Token], md: MarkdownIt) -> Iterator[Token]:
    in_link = False
    for token in tokens:
        in_link = token.type == "link_open" or (in_link and token.type != "link_close")
        if token.type == "text" and not in_link:
            yield from _parted(token.content, md)
        else:
            yield token


def _parted(text: str, md: MarkdownIt) -> Iterator[Token]:
    at = 0
    for found in ADDRESS.finditer(text):
        words = without_punctuation(found[0])
        address = md.normalizeLink(words if "://" in words[:8] else f"https://{words}")
        yield _text(text[at : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": address}, markup=BARE)
        yield _text(words)
        yield Token("link_close", "a", -1, markup=BARE)
        at = found.start() + len(words)
    yield _text(text[at:])


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def plain_parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})


def parser() -> MarkdownIt:
    """It finds pictures as well, which nobody is shown: whoever typed one is told."""
    made = plain_parser()
    made.core.ruler.push("addresses", link_addresses)  # after all else, when no text is in pieces any more
    return made


_parser = parser().disable("image")


def parsed(text: str) -> list[Token]:
    return _parser.parse(text or "")


def as_html(text: str) -> SafeString:
    return sanitised(_parser.render(text or ""))
