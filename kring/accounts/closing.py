"""What stands in the way of closing an account. Upper rooms register it from AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable

from kring.accounts.models import User

Objection = Callable[[User], list[str]]

_objections: list[Objection] = []


def register(objection: Objection) -> None:
    if objection not in _objections:
        _objections.append(objection)


def objections(user: User) -> list[str]:
    return [each for object_to in _objections for each in object_to(user)]
