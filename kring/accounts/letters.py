"""What the room of accounts has to say by mail. It names a template; how mail looks and goes is not its business."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.mail import EmailMessage

from kring.accounts.models import User


class Letter(EmailMessage):
    """A mail as a template and what it tells; kring.mail.backend writes it to the outbox.

    `user` is nobody when the address is not known here. After `worthless_after` it is not sent any more.
    """

    def __init__(
        self, template: str, email: str, *, user: User | None, told: dict[str, Any], worthless_after: dt.timedelta
    ) -> None:
        super().__init__(subject=template, to=[email])
        self.template = template
        self.user = user
        self.told = told
        self.worthless_after = worthless_after
