"""A mail is one template, its text: subject, preheader and body. Its HTML twin is set from the same words.

    {% extends "mail/layout.txt" %}
    {% block subject %}Klopt dit nog?{% endblock %}
    {% block preheader %}Eén klik is genoeg.{% endblock %}
    {% block body %}Beste {{ to.first_name }},

      Een regel die inspringt, is een feit: hij komt apart te staan.
    {% endblock %}

With `action_url` and `action_label` in the context the mail ends in that one button.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from kring.foundation.models import Circle
from kring.mail.recipients import Recipient

PART = "\n%%\n"  # stands between the parts of layout.txt


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


@functools.cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def one_line(text: str) -> str:
    """A header's value: no line breaks, no runs of white space."""
    return " ".join(text.split())


def paragraphs(text: str) -> SafeString:
    """The body as HTML: a paragraph between empty lines, a fact where every line is indented; all of it escaped."""
    return format_html_join("\n", "{}", ((_paragraph(part),) for part in re.split(r"\n\s*\n", text) if part.strip()))


def _paragraph(text: str) -> SafeString:
    lines = text.strip("\n").split("\n")
    is_fact = all(line.startswith("  ") for line in lines)
    joined = format_html_join(mark_safe("<br>"), "{}", ((line.strip(),) for line in lines))
    return format_html('<p class="fact">{}</p>' if is_fact else "<p>{}</p>", joined)


def tidy(text: str) -> str:
    """No white space at the ends of lines, and never two empty lines."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


def render(template: str, to: Recipient, context: dict[str, Any]) -> Rendered:
    """The mail in the recipient's language. Raises TemplateDoesNotExist for a mail that nobody wrote."""
    with translation.override(to.language):
        known = {"circle": Circle.current(), "site_url": settings.SITE_URL, "to": to, **context}
        subject, preheader, body, ending = render_to_string(f"{template}.txt", known).split(PART, 3)
        shown = {**known, "subject": one_line(subject), "preheader": one_line(preheader), "body": paragraphs(body)}
        html = _inliner().inline(render_to_string("mail/layout.html", shown))
    return Rendered(subject=one_line(subject)[:250], text=tidy(f"{body}\n{ending}"), html=html)
