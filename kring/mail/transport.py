"""How a message leaves: to an SMTP server over one connection, or, in the demo, to the post page."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import TracebackType
from typing import Protocol, Self

from django.conf import settings
from django.utils import timezone

from kring.foundation.models import Circle
from kring.mail.models import Message

# RFC 5321: the server answers 354 when it is ready for the text.
READY_FOR_DATA = 354


@dataclass(frozen=True)
class Accepted:
    reply: str


@dataclass(frozen=True)
class Refused:
    """The server said no. `code` is the SMTP reply code: 4xx for now, 5xx for good."""

    code: int
    reply: str

    @property
    def is_final(self) -> bool:
        return self.code >= 500

    @property
    def no_such_mailbox(self) -> bool:
        """RFC 3463: 5.1.x says that the address is wrong; old servers only say 550, 551 or 553."""
        words = self.reply.split()
        enhanced = next((word for word in words[:1] if word.count(".") == 2), "")
        return enhanced.startswith("5.1.") if enhanced else self.code in {550, 551, 553}


@dataclass(frozen=True)
class Dropped:
    """The line was lost. `after_dot`: after all was said, before the answer came; it may have arrived."""

    reason: str
    after_dot: bool


Outcome = Accepted | Refused | Dropped


class Transport(Protocol):
    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, message: Message, intend: Callable[[], None]) -> Outcome:
        """Hands one message over; calls `intend` just before it can no longer be taken back."""
        ...


def address(name: str, email: str) -> Address | str:
    """An address for a header, without the characters that would break out of it."""
    local, _at, domain = email.rpartition("@")
    return Address(display_name=" ".join(name.split()), username=local, domain=domain)


def build(message: Message) -> bytes:
    """The message as it goes over the line (RFC 5322), in the form that was fixed when it was queued."""
    circle = Circle.current()
    mime = EmailMessage(policy=SMTP)
    mime["Subject"] = " ".join(message.subject.split())
    mime["From"] = address(circle.sender_name or circle.full_name, settings.DEFAULT_FROM_EMAIL)
    mime["To"] = address(message.name, message.email)
    if circle.reply_to or circle.email:
        mime["Reply-To"] = circle.reply_to or circle.email
    mime["Date"] = format_datetime(timezone.localtime(message.created_at))
    mime["Message-ID"] = message.message_id
    mime["Auto-Submitted"] = "auto-generated"  # RFC 3834
    for name, value in message.headers.items():
        mime[name] = " ".join(str(value).split())
    mime.set_content(message.text, cte="quoted-printable")
    if message.html:
        mime.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return mime.as_bytes()


class SmtpTransport:
    """One connection, made when it is needed and used again for the next message."""

    def __init__(self) -> None:
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            try:
                self._connection.quit()
            except (smtplib.SMTPException, OSError):
                self._connection.close()

    def send(self, message: Message, intend: Callable[[], None]) -> Outcome:
        try:
            connection = self._connect()
        except smtplib.SMTPResponseException as error:
            return Refused(_temporary(error.smtp_code), _text(error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            return Dropped(str(error) or type(error).__name__, after_dot=False)
        return self._hand_over(connection, message, intend)

    def _connect(self) -> smtplib.SMTP:
        if self._connection is None:
            kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
            connection = kind(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT)
            connection.ehlo_or_helo_if_needed()
            if settings.EMAIL_USE_TLS:
                connection.starttls()
                connection.ehlo()
            if settings.EMAIL_HOST_USER:
                connection.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            self._connection = connection
        return self._connection

    def _hand_over(self, connection: smtplib.SMTP, message: Message, intend: Callable[[], None]) -> Outcome:
        dotted = False
        try:
            for command in (
                lambda: connection.mail(settings.DEFAULT_FROM_EMAIL),
                lambda: connection.rcpt(message.email),
                lambda: connection.docmd("DATA"),
            ):
                code, reply = command()
                if code >= 400:
                    return self._refused(connection, code, reply)
            text = smtplib._quote_periods(build(message))  # type: ignore[attr-defined]  # noqa: SLF001
            connection.send(text if text.endswith(b"\r\n") else text + b"\r\n")
            intend()
            dotted = True
            connection.send(b".\r\n")
            code, reply = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._connection = None
            connection.close()
            return Dropped(str(error) or type(error).__name__, after_dot=dotted)
        if code >= 400:
            return self._refused(connection, code, reply)
        return Accepted(_text(reply))

    def _refused(self, connection: smtplib.SMTP, code: int, reply: bytes) -> Refused:
        """Ready for the next message; 421 means that the server closes the line (RFC 5321, 3.8)."""
        try:
            if code == 421 or connection.rset()[0] >= 400:
                raise smtplib.SMTPServerDisconnected
        except (smtplib.SMTPException, OSError):
            connection.close()
            self._connection = None
        return Refused(code, _text(reply))


class PostTransport:
    """The demo: a message counts as delivered once it can be read on the post page."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, message: Message, intend: Callable[[], None]) -> Outcome:
        build(message)
        intend()
        return Accepted("250 on the post page")


def _text(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply


def _temporary(code: int) -> int:
    """A server that refuses us as a whole (greeting, sign-in) says nothing about the message: never final."""
    return min(code, 499)


def transport() -> Transport:
    return PostTransport() if settings.MAIL_TRANSPORT == "post" else SmtpTransport()
