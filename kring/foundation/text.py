"""What people write in Markdown, as HTML that is safe to show; and the beginning of it as plain text."""

from __future__ import annotations

import re
from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from markdown_it import MarkdownIt

TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "h3", "h4", "hr", "code", "pre"}
WEB_SCHEMES = ("http", "https")
# A page has its own h1 and h2: what people write starts below those.
HEADINGS = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}

_parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).disable("image")
_heading = re.compile(r"<(/?)(h[1256])>")
_space = re.compile(r"\s+")


def markdown(text: str) -> SafeString:
    """Sanitised on every render, so that a row that came in by another way does no harm either."""
    return sanitised(_parser.render(text or ""))


def sanitised(html: str) -> SafeString:
    """What a parser made of Markdown, with its headings below ours."""
    clean = nh3.clean(
        _heading.sub(lambda match: f"<{match[1]}{HEADINGS[match[2]]}>", html),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=set(WEB_SCHEMES),
        link_rel="nofollow noopener",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 let through nothing but TAGS


def plain_text(text: str) -> str:
    """The words of a Markdown text, on one line."""
    stripped = nh3.clean(_parser.render(text or ""), tags=set(), attributes={})
    return _space.sub(" ", unescape(stripped)).strip()


def excerpt(text: str, length: int = 160) -> str:
    """The beginning of a Markdown text, cut between words."""
    words = plain_text(text)
    if len(words) <= length:
        return words
    cut = Truncator(words).chars(length, truncate="")
    return cut.rsplit(" ", 1)[0].rstrip(",;:-") + "…"


def web_name(url: str) -> str:
    """An address as one says it: 'www.voorbeeld.nl' for 'https://www.voorbeeld.nl/'."""
    return url.split("://", 1)[-1].rstrip("/")


def is_web(url: str) -> bool:
    """Whether an address is one of a page, and does nothing else when it is followed."""
    return url.strip().lower().startswith(tuple(f"{scheme}://" for scheme in WEB_SCHEMES))
