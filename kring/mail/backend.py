"""Django's own mail (sign-in codes, notices of the account) goes through the outbox too."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import get_language

from kring.mail import outbox
from kring.mail.models import PRIORITY, Kind, Message
from kring.mail.rendering import one_line

# A sender says with this header after how many seconds its mail is worthless; it does not leave the house.
EXPIRES_AFTER = "X-Expires-After"
DEFAULT_EXPIRES_AFTER = 3600


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Writes a row per recipient, in the caller's transaction."""
        rows = [self._row(email, to) for email in email_messages for to in email.recipients()]
        for row in rows:
            outbox.add(row)
        return len(rows)

    @staticmethod
    def _row(email: EmailMessage, to: str) -> Message:
        headers = {name: str(value) for name, value in email.extra_headers.items()}
        seconds = int(headers.pop(EXPIRES_AFTER, DEFAULT_EXPIRES_AFTER))
        alternatives = email.alternatives if isinstance(email, EmailMultiAlternatives) else []
        html = next((str(part.content) for part in alternatives if part.mimetype == "text/html"), "")
        return Message(
            key=f"django:{uuid.uuid4()}",
            kind=Kind.CODE,
            priority=PRIORITY[Kind.CODE],
            email=to,
            language=get_language() or "nl",
            subject=one_line(str(email.subject))[:250],
            text=str(email.body),
            html=html,
            headers=headers,
            expires_at=timezone.now() + dt.timedelta(seconds=seconds),
        )
