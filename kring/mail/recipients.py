from __future__ import annotations

from dataclasses import dataclass

from kring.accounts.models import User


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets mail: an address, with or without an account behind it."""

    email: str
    name: str = ""
    language: str = "nl"
    user: User | None = None

    @classmethod
    def of(cls, user: User) -> Recipient:
        return cls(email=user.email, name=user.name, language=user.language, user=user)

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]
