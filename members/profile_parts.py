"""What other rooms show on an organisation's page. They register it; this room knows none of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest

from members.models import Organisation

Show = Callable[[HttpRequest, Organisation], dict[str, Any]]
Linked = Callable[[Organisation, dt.date], dict[str, Any]]


def nothing(organisation: Organisation, today: dt.date) -> dict[str, Any]:
    return {}


class Part(NamedTuple):
    """`show` gives names and values for the template members/detail.html; `stamp` a text that changes with them.

    `linked` gives what everybody may know of it as properties of schema.org/Organization.
    """

    show: Show
    stamp: Callable[[], str]
    linked: Linked


_parts: list[Part] = []


def register(show: Show, *, stamp: Callable[[], str], linked: Linked = nothing) -> None:
    _parts.append(Part(show, stamp, linked))


def collected(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for part in _parts:
        shown |= part.show(request, organisation)
    return shown


def linked(organisation: Organisation, today: dt.date) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for part in _parts:
        properties |= part.linked(organisation, today)
    return properties


def stamps() -> str:
    return "".join(part.stamp() for part in _parts)
