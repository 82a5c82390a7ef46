from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def fact(text: str) -> str:
    """Every line that somebody typed, indented like the line it stands on: apart from our own words."""
    return "\n  ".join(str(text).strip().splitlines())
