from __future__ import annotations

from typing import Any

from django import template

from kring.demo.views import CAST

register = template.Library()


@register.simple_tag
def cast() -> list[dict[str, Any]]:
    return [{"who": who, "label": label} for who, label, _start in CAST]
