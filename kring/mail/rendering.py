"""A mail is two templates: `<name>.txt`, which has subject, preheader and text, and `<name>.html`, its twin.

    {% extends "mail/layout.txt" %}                       {% extends "mail/layout.html" %}
    {% block subject %}Klopt dit?{% endblock %}           {% block body %}
    {% block preheader %}Eén klik is genoeg.{% endblock %}    <p>Beste {{ to.first_name }},</p> …
    {% block body %}Beste {{ to.first_name }}, …          {% endblock %}
    {% endblock %}

With `action_url` and `action_label` in the context both layouts end in that one button.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

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


def render(template: str, to: Recipient, context: dict[str, Any]) -> Rendered:
    """The mail in the recipient's language. Raises TemplateDoesNotExist for a mail that nobody wrote."""
    with translation.override(to.language):
        known = {"circle": Circle.current(), "site_url": settings.SITE_URL, "to": to, **context}
        subject, preheader, text = render_to_string(f"{template}.txt", known).split(PART, 2)
        shown = {**known, "subject": one_line(subject), "preheader": one_line(preheader)}
        html = _inliner().inline(render_to_string(f"{template}.html", shown))
    return Rendered(subject=one_line(subject)[:250], text=text.strip() + "\n", html=html)
