"""The one mail of an import, and only when the board asked for it: somebody can sign in for an organisation now."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.board.models import Import
from kring.mail.posting import post, site
from kring.mail.recipients import Recipient
from members.models import Role


def about(found: Import) -> str:
    return f"import:{found.uuid}"


def welcome(found: Import, role: Role, by: User) -> None:
    post(
        "board/mail/welcome",
        [Recipient.of(role.user)],
        {"role": role, "organisation": role.organisation, "by": by},
        key=f"import:{found.uuid}:{role.pk}",
        about=about(found),
        button=(site(reverse("site:my")), _("Log in en kijk rond")),
    )
