"""What happens right after somebody signed in, and what else the sign-in page offers. Upper rooms register here."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from kring.accounts.models import User
from kring.foundation.middleware import LANGUAGE_KEY

Welcome = Callable[[HttpRequest, User], None]

_welcomes: list[Welcome] = []
_panels: list[str] = []


def on_sign_in(welcome: Welcome) -> None:
    """To be called in an AppConfig's ready(): `welcome` runs after each sign-in, in whatever way that was done."""
    if welcome not in _welcomes:
        _welcomes.append(welcome)


def add_panel(template: str) -> None:
    """To be called in an AppConfig's ready(): a template that the sign-in page shows below its form."""
    if template not in _panels:
        _panels.append(template)


def panels() -> tuple[str, ...]:
    return tuple(_panels)


def welcome(request: HttpRequest, user: User) -> None:
    """A language that was chosen a moment ago is kept; else the user's own goes on."""
    request.session.setdefault(LANGUAGE_KEY, user.language)
    for greet in _welcomes:
        greet(request, user)
