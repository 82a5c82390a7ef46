"""Who did something: a user, somebody who holds a link from a mail, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from kring.accounts.models import User


class ActorKind(models.TextChoices):
    USER = "user", _("gebruiker")
    LINK = "link", _("via een link uit een mail")
    SYSTEM = "system", _("het systeem")


@dataclass(frozen=True)
class Actor:
    """The one behind a step; every verb that leaves a trace takes one."""

    kind: str
    user: User | None = None
    name: str = ""

    @classmethod
    def of(cls, user: User) -> Actor:
        return cls(ActorKind.USER, user=user, name=user.get_full_name())

    @classmethod
    def link(cls, name: str, user: User | None = None) -> Actor:
        """The holder of a link: known by the name it was sent to, and by user when it has an account."""
        return cls(ActorKind.LINK, user=user, name=name)

    @classmethod
    def system(cls) -> Actor:
        return cls(ActorKind.SYSTEM)
