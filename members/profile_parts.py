"""What other rooms show on an organisation's page. They register it; this room knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest

from members.models import Organisation

Show = Callable[[HttpRequest, Organisation], dict[str, Any]]


class Part(NamedTuple):
    """`show` gives names and values for the template members/detail.html; `stamp` a text that changes with them."""

    show: Show
    stamp: Callable[[], str]


_parts: list[Part] = []


def register(show: Show, *, stamp: Callable[[], str]) -> None:
    _parts.append(Part(show, stamp))


def collected(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for part in _parts:
        shown |= part.show(request, organisation)
    return shown


def stamps() -> str:
    return "".join(part.stamp() for part in _parts)
