from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def fact(text: str) -> str:
    """Every line that somebody typed, indented like the line it stands on: apart from our own words."""
    return "\n  ".join(str(text).strip().splitlines())


@register.filter
def announcing(words: str) -> str:
    """The words on a button, before the address that stands for it in the text."""
    return words if words.endswith((".", "?", "!", ":")) else f"{words}:"
