"""An issue as one of its readers would see it: as HTML or text, on a phone, in the dark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from kring.foundation.forms import clean_data
from kring.mail.models import Kind
from kring.mail.recipients import Recipient
from kring.newsletters import reaching, rendering, sending
from kring.newsletters.content import Content, content_of
from kring.newsletters.models import MOST_ITEMS, Audience, Block, Issue
from kring.newsletters.placeholders import called

SUGGESTED = 30
# The mail's own styles, pictures of ours, and nothing else: it is shown in a frame of our own page.
# Without scripts in it, being of our own origin only lets our own pictures through.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-same-origin"
)
DARK_MEDIA = "(prefers-color-scheme: dark)"
PHONE = "<style>html{background:#8a8169}body{max-width:390px;margin:0 auto!important}</style>"
LINKS_OPEN_APART = '<base target="_blank">'


class Asked(NamedTuple):
    """How it is to be shown."""

    as_text: bool = False
    on_phone: bool = False
    in_dark: bool = False
    reader: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        given = clean_data(data)
        return cls(
            as_text=given.get("toon") == "tekst",
            on_phone=given.get("telefoon") == "ja",
            in_dark=given.get("donker") == "ja",
            reader=str(given.get("persoon") or "").strip()[:254],
        )


class Made(NamedTuple):
    body: str
    content_type: str = "text/html; charset=utf-8"


def made(issue: Issue, asked: Asked, now: dt.datetime, *, typed: Mapping[str, Any] | None = None) -> Made:
    if typed is not None:
        chosen = number_in(typed, "audience")
        issue.audience = None if chosen is None else Audience.objects.filter(pk=chosen).first()
    to = reader_of(issue, asked.reader, timezone.localdate(now))
    if to is None:
        return Made(render_to_string("newsletters/board/preview_nobody.html", {"reader": asked.reader}))
    with translation.override(to.language):
        content = content_to_show(issue, to.language, now, typed)
        rendered = rendering.mail(
            content,
            to,
            called(to.name),
            kind=Kind.NEWSLETTER,
            why=sending.why(),
            foot=sending.foot(issue, preferences_url=settings.SITE_URL),
            leave_url=settings.SITE_URL,
        )
    if asked.as_text:
        shown = {"text": rendered.text, "subject": rendered.subject, "preheader": content["preheader"]}
        return Made(render_to_string("newsletters/board/preview_text.html", shown))
    return Made(dressed(rendered.html, asked))


def reader_of(issue: Issue, email: str, today: dt.date) -> Recipient | None:
    """Somebody of the audience; without an address a reader without a name. None for who would not get it."""
    if not email:
        return Recipient(email="", language=settings.LANGUAGE_CODE)
    found = reaching.some(issue.audience, today, 1, email=email) if issue.audience else []
    return Recipient(email=found[0].email, name=found[0].name, language=found[0].language) if found else None


def content_to_show(issue: Issue, language: str, now: dt.datetime, typed: Mapping[str, Any] | None) -> Content:
    """As it went out, as it is kept, or as it is typed."""
    if issue.is_out:
        editions: dict[str, Content] = dict(issue.editions.values_list("language", "content"))
        if kept := editions.get(language) or editions.get(settings.LANGUAGE_CODE):
            return kept
    blocks = list(issue.blocks.order_by("order", "pk"))
    if typed is not None:
        given = clean_data(typed)
        for name in ("subject", "preheader"):
            setattr(issue, name, str(given.get(name, getattr(issue, name)))[:200])
        blocks = sorted((as_typed(block, given) for block in blocks), key=lambda block: block.order)
    return content_of(issue, blocks, language, now)


def as_typed(block: Block, given: Mapping[str, Any]) -> Block:
    """The block with what stands in its fields; a picture shows once it is kept."""
    for name in ("title", "body", "picture_alt", "button_label", "button_url"):
        setattr(block, name, str(given.get(f"b{block.pk}-{name}", getattr(block, name)))[:20_000])
    for name, most in (("order", 32_000), ("most", MOST_ITEMS)):
        value = number_in(given, f"b{block.pk}-{name}")
        if value is not None and value <= most:
            setattr(block, name, value)
    return block


def number_in(given: Mapping[str, Any], name: str) -> int | None:
    value = str(given.get(name, ""))
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def dressed(html: str, asked: Asked) -> str:
    """The mail in the scheme that was asked for, whatever that of this computer is."""
    head = LINKS_OPEN_APART + (PHONE if asked.on_phone else "")
    shown = html.replace(DARK_MEDIA, "all" if asked.in_dark else "not all")
    return shown.replace("<head>", f"<head>{head}", 1)
