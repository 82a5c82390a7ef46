"""What other rooms show on an organisation's page. They register it; this room knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from members.models import Organisation

Part = Callable[[HttpRequest, Organisation], dict[str, Any]]

_parts: list[Part] = []


def register(part: Part) -> Part:
    """`part` gives names and values for the template members/detail.html."""
    _parts.append(part)
    return part


def collected(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for part in _parts:
        shown |= part(request, organisation)
    return shown
