"""A mail is one template, its text: subject, preheader and body. Its HTML twin is set from the same words.

    {% extends "mail/layout.txt" %}{% load i18n mail %}
    {% block subject %}Klopt dit nog?{% endblock %}
    {% block preheader %}Eén klik is genoeg.{% endblock %}
    {% block body %}Beste {{ to.first_name }},

    Een lege regel begint een nieuwe alinea.

      Een regel die inspringt, is een feit: hij komt apart te staan.
      {{ enquiry.message|fact }}{% endblock %}

What somebody typed goes through `fact`: however many lines it has, all of them stand apart from our own words.
In the context of every mail: `to` (the Recipient), `circle`, `site_url`. With `action_url` and `action_label` the mail
has that one button; `choices`, a list of (address, label), are quieter links under it. The block `why` says why the
reader gets the mail, where the general words do not fit. tests/mail/test_rendering.py shows all of it.
"""

from __future__ import annotations

import functools
import re
import secrets
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kring.foundation.accent import BLACK, DARK_INK, WHITE, readable
from kring.foundation.models import Circle
from kring.mail.models import Kind
from kring.mail.recipients import Recipient
from kring.mail.streams import STREAMS

MOST_SUBJECT = 250  # as the outbox has room for
# As much of it as programs show.
PREHEADER = 110
CARD, DARK_CARD = "#ffffff", "#1e242c"
# A fact that is a code and nothing else, such as 1234-5678, is set large.
CODE = re.compile(r"[0-9A-Z]{3,8}(-?[0-9A-Z]{3,8})*")


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str
    preheader: str = ""


@functools.cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


def one_line(text: str) -> str:
    """A header's value: no line breaks, no runs of white space."""
    return " ".join(text.split())


def paragraphs(text: str) -> SafeString:
    """The body as HTML: a paragraph between empty lines, a fact where every line is indented; all of it escaped.

    An empty line that is indented, as `fact` makes it, does not end the fact.
    """
    return format_html_join("\n", "{}", ((_paragraph(part),) for part in re.split(r"\n{2,}", text) if part.strip()))


def _paragraph(text: str) -> SafeString:
    lines = text.strip("\n").split("\n")
    joined = format_html_join(mark_safe("<br>"), "{}", ((line.strip(),) for line in lines))
    if not all(line.startswith("  ") for line in lines):
        return format_html("<p>{}</p>", joined)
    if CODE.fullmatch(text.strip()):
        return format_html('<p class="code">{}</p>', joined)
    return format_html('<p class="fact">{}</p>', joined)


def tidy(text: str) -> str:
    """No white space at the ends of lines, and never two empty lines."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip("\n") + "\n"


@functools.lru_cache(maxsize=8)
def colours(accent: str) -> dict[str, str]:
    """The circle's colour as the ground of a button, on paper and in the dark."""
    return {
        "button": readable(accent, CARD, BLACK),
        "on_button": WHITE,
        "dark_button": readable(accent, DARK_CARD, WHITE),
        "on_dark_button": DARK_INK,
    }


def render(
    template: str, to: Recipient, context: Mapping[str, Any], *, kind: str = Kind.TRANSACTIONAL, leave_url: str = ""
) -> Rendered:
    """The mail in the recipient's language. Raises TemplateDoesNotExist for a mail that nobody wrote.

    `leave_url` stands in the foot of the kinds that can be left.
    """
    between = f"%{secrets.token_hex(8)}%"  # nobody who types in a form can know what stands between the parts
    with translation.override(to.language):
        known = {**_frame(to, kind, leave_url), "between_parts": between, **context}
        parts = render_to_string(f"{template}.txt", known).split(between)
        subject, preheader, body, why = (part.strip("\r\n") for part in parts)
        shown = {**known, "subject": one_line(subject), "preheader": one_line(preheader), "why": one_line(why)}
        return _set(shown, body, paragraphs(body))


def compose(
    to: Recipient, context: Mapping[str, Any], *, text: str, html: SafeString, kind: str, leave_url: str = ""
) -> Rendered:
    """A mail of which both bodies were made elsewhere, in the layout of the house.

    The context holds `subject` and `preheader`, and may hold `why`, `action_url` and `action_label`, `choices` and
    `foot`, a list of (address, label) under it all.
    """
    with translation.override(to.language):
        return _set({"why": general_reason(), **_frame(to, kind, leave_url), **context}, text, html)


def _set(shown: Mapping[str, Any], text: str, html: SafeString) -> Rendered:
    plain = render_to_string("mail/twin.txt", {**shown, "body": text})
    dressed = render_to_string("mail/layout.html", {**shown, "body": html})
    # Between words: the mark of a stencil, of which a part would mean nothing, is never cut.
    subject = textwrap.shorten(shown["subject"], MOST_SUBJECT, placeholder="…")
    preheader = one_line(str(shown.get("preheader", "")))
    return Rendered(subject=subject, text=tidy(plain), html=_inliner().inline(dressed), preheader=preheader)


def dress(subject: str, text: str, to: Recipient) -> str:
    """The HTML twin of a text that was not written for this layout; its first lines are what an inbox shows of it."""
    with translation.override(to.language):
        shown = _frame(to, Kind.TRANSACTIONAL, "") | {
            "subject": subject,
            "preheader": one_line(text.strip().partition("\n\n")[0])[:PREHEADER],
            "body": paragraphs(text),
            "why": general_reason(),
        }
        return _inliner().inline(render_to_string("mail/layout.html", shown))


def general_reason() -> str:
    return _("Je krijgt deze mail omdat je meedoet met %(name)s.") % {"name": Circle.current().name}


def _frame(to: Recipient, kind: str, leave_url: str) -> dict[str, Any]:
    circle, stream = Circle.current(), STREAMS.get(Kind(kind))
    return {
        "circle": circle,
        "colours": colours(circle.accent),
        "site_url": settings.SITE_URL,
        "site_host": settings.SITE_HOST,
        "to": to,
        "general_reason": general_reason(),
        "is_answered": bool(circle.reply_to or circle.email),
        "leave_url": leave_url if stream else "",
        "leave_question": stream.foot if stream else "",
    }
