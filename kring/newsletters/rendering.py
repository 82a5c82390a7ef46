"""An issue, or somebody's digest, as a mail: HTML in the layout of all mails, and its text twin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import unescape
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from kring.foundation.storage import media_url
from kring.foundation.text import is_web
from kring.mail.models import Kind
from kring.mail.recipients import Recipient
from kring.mail.rendering import Rendered, compose, one_line
from kring.newsletters.content import Content, Section
from kring.newsletters.markup import as_html
from kring.newsletters.placeholders import Called, filled, filled_after
from kring.newsletters.plain import as_text

HREF = re.compile(r'(?<=<a) href="([^"]*)"')
Leads = Callable[[str], str]
Link = tuple[str, str]  # an address, and the words on it


def straight(url: str) -> str:
    """Where a link leads when it is not counted."""
    return url


def full(url: str) -> str:
    """An address that works in a mail: a page of ours with the site in front."""
    return settings.SITE_URL + url if url.startswith("/") else url


def lead(html: SafeString, leads: Leads) -> SafeString:
    """The same words, with each link by way of `leads`, and none to what is no page."""

    def led(found: re.Match[str]) -> str:
        url = full(unescape(found[1]))
        return f' href="{escape(leads(url))}"' if is_web(url) else ""

    return mark_safe(HREF.sub(led, html))  # noqa: S308 - what was safe, with escaped addresses in it


def addresses(sections: Iterable[Section]) -> list[str]:
    """All that an issue leads to, each once."""
    found: dict[str, None] = {}
    for section in sections:
        urls = [unescape(url) for url in HREF.findall(as_html(section["body"]))]
        urls += [section["button_url"], *(item["url"] for item in section["items"]), section["more_url"]]
        found |= dict.fromkeys(full(url) for url in urls if url and is_web(full(url)))
    return list(found)


def shown(section: Section, reader: Called, leads: Leads) -> dict[str, Any]:
    """A section for the templates: filled in for its reader, with addresses that work where it is read."""
    body = section["body"]
    html = filled_after(body, reader, lambda text: lead(as_html(text), leads), escape)
    button_url = full(section["button_url"])
    return {
        **section,
        "title": filled(section["title"], reader),
        "html": mark_safe(html),  # noqa: S308 - what was safe, with escaped words in it
        "plain": filled_after(body, reader, lambda text: as_text(text, full)),
        "picture": full(media_url(section["picture"])) if section["picture"] else "",
        "button": leads(button_url) if section["button_label"] and is_web(button_url) else "",
        "button_plain": button_url,
        "told": [{**item, "to": leads(full(item["url"])), "plain_to": full(item["url"])} for item in section["items"]],
        "more": leads(full(section["more_url"])) if section["more_url"] else "",
        "more_plain": full(section["more_url"]),
    }


def mail(
    content: Content,
    to: Recipient,
    reader: Called,
    *,
    kind: Kind,
    why: str,
    foot: Sequence[Link] = (),
    leave_url: str = "",
    leads: Leads = straight,
) -> Rendered:
    """In the language of `to`. `foot` are the quiet links at the end."""
    with translation.override(to.language):
        sections = [shown(section, reader, leads) for section in content["sections"]]
        around = {
            "subject": one_line(filled(content["subject"], reader)),
            "preheader": one_line(filled(content["preheader"], reader)),
            "why": why,
            "foot": foot,
        }
        return compose(
            to,
            around,
            text=render_to_string("newsletters/mail/sections.txt", {"sections": sections}).strip(),
            html=SafeString(render_to_string("newsletters/mail/sections.html", {"sections": sections})),
            kind=kind,
            leave_url=leave_url,
        )
