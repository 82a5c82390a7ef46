"""What stands in an issue once its blocks are filled: plain values, as they are kept, shown and mailed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypedDict

from django.utils import translation

from kring.foundation import news
from kring.newsletters.models import Block, Issue

# What the first issue for an audience looks back on.
FIRST_SPAN = dt.timedelta(days=60)


class Told(TypedDict):
    """One thing that a block tells of."""

    title: str
    url: str
    text: str


class Section(TypedDict):
    """A block as it is read. `pk` is that of the block, for who mends it."""

    pk: int
    kind: str
    title: str
    body: str
    picture: str
    picture_alt: str
    button_label: str
    button_url: str
    items: list[Told]
    more_url: str
    more_label: str


class Content(TypedDict):
    subject: str
    preheader: str
    sections: list[Section]


def span_of(issue: Issue, now: dt.datetime) -> news.Span:
    """From the last issue for the same audience to this one: what only others were told is passed over for nobody."""
    until = issue.started_at or now
    return news.Span(issue.told_before or until - FIRST_SPAN, until)


def content_of(issue: Issue, blocks: Iterable[Block], language: str, now: dt.datetime) -> Content:
    """The whole issue in one language. A block that fills itself and found nothing is left out."""
    span = span_of(issue, now)
    with translation.override(language):
        made = [section_of(block, span) for block in blocks]
    sections = [section for section in made if section is not None]
    return {"subject": issue.subject, "preheader": issue.preheader, "sections": sections}


def section(kind: str, title: str, items: Iterable[news.Item] = ()) -> Section:
    """One that stands in no issue."""
    return {
        "pk": 0,
        "kind": kind,
        "title": title,
        "body": "",
        "picture": "",
        "picture_alt": "",
        "button_label": "",
        "button_url": "",
        "items": [{"title": item.title, "url": item.url, "text": item.text} for item in items],
        "more_url": "",
        "more_label": "",
    }


def section_of(block: Block, span: news.Span) -> Section | None:
    filler = block.filler
    if block.fills_itself:
        found = filler.find(span, block.most) if filler is not None else []
        if not found or filler is None:
            return None
        items: list[Told] = [{"title": str(item.title), "url": item.url, "text": str(item.text)} for item in found]
        more: dict[str, Any] = {"more_url": filler.more_url, "more_label": str(filler.more_label)}
        return _section(block, block.title or str(filler.title), items=items, **more)
    return _section(block, block.title)


def _section(block: Block, title: str, **filled: Any) -> Section:
    empty: dict[str, Any] = {"items": [], "more_url": "", "more_label": ""}
    words = {name: getattr(block, name) for name in ("body", "picture_alt", "button_label", "button_url")}
    picture = block.picture.name or ""
    return {"pk": block.pk or 0, "kind": block.kind, "title": title, "picture": picture, **words, **empty, **filled}  # type: ignore[typeddict-item]
