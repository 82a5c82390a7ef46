"""How a message leaves: to an SMTP server over one connection, or, in the demo, to the post page."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from django.conf import settings

from kring.mail import mime
from kring.mail.models import Message

logger = logging.getLogger(__name__)

# RFC 5321, 4.2.1 and 3.8: 2xx is done, 3xx is go on; with 421 the server closes the line.
DONE, GO_ON, CLOSING = 2, 3, 421
# How often one message can wait for EMAIL_TIMEOUT: connecting, greeting, TLS, signing in, and its own five answers.
WAITS = 12


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


@dataclass(frozen=True)
class Away:
    """No line could be had, or the server wants nothing of us at all. It says nothing about the message."""

    reason: str


@dataclass(frozen=True)
class Unwritable:
    """This message cannot be put in the form that servers take, now or ever."""

    reason: str


Outcome = Accepted | Refused | Dropped | Away | Unwritable


class Transport(Protocol):
    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, message: Message, intend: Callable[[], None]) -> Outcome:
        """Hands one message over; calls `intend` just before it can no longer be taken back."""
        ...


@dataclass(frozen=True)
class Letter:
    """A message, ready to be handed over."""

    to: str
    content: bytes


def written(message: Message) -> Letter | Unwritable:
    try:
        content = mime.build(message)
        text = smtplib._quote_periods(content)  # type: ignore[attr-defined]  # noqa: SLF001 - RFC 5321, 4.5.2
        return Letter(mime.in_ascii(message.email), text if text.endswith(b"\r\n") else text + b"\r\n")
    except Exception as error:  # the parsers of the standard library raise anything; one mail must not stop the rest
        logger.exception("message cannot be written", extra={"message_uuid": str(message.uuid)})
        return Unwritable(f"{type(error).__name__}: {error}")


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
                self._hang_up()

    def send(self, message: Message, intend: Callable[[], None]) -> Outcome:
        letter = written(message)
        if isinstance(letter, Unwritable):
            return letter
        try:
            connection = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Away(_reason(error))
        return self._hand_over(connection, letter, intend)

    def _connect(self) -> smtplib.SMTP:
        if self._connection is not None:
            return self._connection
        # We say our own name: the standard library would ask DNS for that of this machine, and wait for it.
        where: dict[str, Any] = {"local_hostname": settings.SITE_HOST, "timeout": settings.EMAIL_TIMEOUT}
        if settings.EMAIL_USE_SSL:
            context = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.EMAIL_HOST, settings.EMAIL_PORT, context=context, **where
            )
        else:
            connection = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, **where)
        self._connection = connection
        connection.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
        if settings.EMAIL_HOST_USER:
            connection.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        return connection

    def _hand_over(self, connection: smtplib.SMTP, letter: Letter, intend: Callable[[], None]) -> Outcome:
        dotted = False
        try:
            for command, wanted in (
                (f"MAIL FROM:<{settings.DEFAULT_FROM_EMAIL}>", DONE),
                (f"RCPT TO:<{letter.to}>", DONE),
                ("DATA", GO_ON),
            ):
                code, reply = _answer(connection.docmd(command), wanted)
                if code >= 400:
                    return self._refused(connection, code, reply)
            connection.send(letter.content)
            intend()
            dotted = True
            connection.send(b".\r\n")
            code, reply = _answer(connection.getreply(), DONE)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Dropped(_reason(error), after_dot=dotted)
        if code >= 400:
            return self._refused(connection, code, reply)
        return Accepted(_text(reply))

    def _refused(self, connection: smtplib.SMTP, code: int, reply: bytes) -> Refused:
        """Leaves the line ready for the next message, or lets go of it."""
        try:
            if code == CLOSING or connection.rset()[0] >= 400:
                self._hang_up()
        except (smtplib.SMTPException, OSError):
            self._hang_up()
        return Refused(code, _text(reply))

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class PostTransport:
    """The demo: a message counts as delivered once it can be read on the post page."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, message: Message, intend: Callable[[], None]) -> Outcome:
        letter = written(message)
        if isinstance(letter, Unwritable):
            return letter
        intend()
        return Accepted("2.0.0 on the post page")


def _answer(answer: tuple[int, bytes], wanted: int) -> tuple[int, bytes]:
    """A yes of the wanted kind, or a no. Raises SMTPResponseException for what is neither."""
    code, reply = answer
    if code // 100 not in {wanted, 4, 5}:
        raise smtplib.SMTPResponseException(code, reply)
    return code, reply


def _text(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def transport() -> Transport:
    return PostTransport() if settings.MAIL_TRANSPORT == "post" else SmtpTransport()
