"""Django's own mail (sign-in codes, notices of the account, errors) goes through the outbox too."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import get_language

from kring.accounts.letters import Letter
from kring.mail import outbox
from kring.mail.models import PRIORITY, Kind, Message
from kring.mail.recipients import Recipient
from kring.mail.rendering import dress, one_line

# A sender says with this header after how many seconds its mail is worthless; it does not leave the house.
EXPIRES_AFTER = "X-Expires-After"
DEFAULT_EXPIRES_AFTER = 15 * 60


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Writes a row per recipient, in the caller's transaction; returns how many."""
        written = 0
        for email in email_messages:
            for address in email.recipients():
                if isinstance(email, Letter):
                    self._write_letter(email, address)
                else:
                    outbox.add(self._row(email, address))
                written += 1
        return written

    @staticmethod
    def _write_letter(letter: Letter, address: str) -> None:
        user = letter.user
        language = user.language if user else get_language() or "nl"
        outbox.queue(
            letter.template,
            Recipient(email=address, name=user.name if user else "", language=language, user=user),
            letter.told,
            key=f"account:{uuid.uuid4()}",
            kind=Kind.CODE,
            expires_at=timezone.now() + letter.worthless_after,
        )

    @staticmethod
    def _row(email: EmailMessage, address: str) -> Message:
        """Mail that Django or an app of others wrote. What has no HTML gets the circle's layout."""
        headers = {name: str(value) for name, value in email.extra_headers.items()}
        seconds = int(headers.pop(EXPIRES_AFTER, DEFAULT_EXPIRES_AFTER))
        subject, to = one_line(str(email.subject)), Recipient(email=address, language=get_language() or "nl")
        alternatives = email.alternatives if isinstance(email, EmailMultiAlternatives) else []
        html = next((str(content) for content, kind in alternatives if kind == "text/html"), "")
        return Message(
            key=f"django:{uuid.uuid4()}",
            kind=Kind.CODE,
            priority=PRIORITY[Kind.CODE],
            email=address,
            language=to.language,
            subject=subject[:250],
            text=str(email.body),
            html=html or dress(subject, str(email.body), to),
            headers=headers,
            expires_at=timezone.now() + dt.timedelta(seconds=seconds),
        )
