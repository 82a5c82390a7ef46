"""The wish for the newsletter that somebody ticks beside a sign-up. The room of the newsletters takes it from here.

As long as no room has registered, nobody is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kring.meetings.models import SignUp


class WantsNewsletter(Protocol):
    """Begins the double opt-in of an address; `source` says where it was asked."""

    def __call__(self, *, email: str, name: str, language: str, source: str) -> None: ...


_takers: list[WantsNewsletter] = []


def register(taker: WantsNewsletter) -> None:
    """To be called in an AppConfig's ready()."""
    if taker not in _takers:
        _takers.append(taker)


def is_offered() -> bool:
    return bool(_takers)


def tell(sign_up: SignUp) -> None:
    for taker in _takers:
        taker(
            email=sign_up.email,
            name=sign_up.name,
            language=sign_up.language,
            source=f"meeting:{sign_up.meeting.slug}",
        )
