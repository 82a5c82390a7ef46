"""How a message leaves: to an SMTP server over one connection, or, in the demo, to the post page."""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from types import TracebackType
from typing import Any, Protocol, Self

from django.conf import settings

from kring.mail import mime, return_address
from kring.mail.models import Message

logger = logging.getLogger(__name__)

# RFC 5321, 4.2.1 and 3.8: 2xx is done, 3xx is go on; with 421 the server closes the line.
DONE, GO_ON, CLOSING = 2, 3, 421
END = b".\r\n"
# RFC 3463: the sender's address is malformed, or not one that mail may come from.
SENDER_IS_WRONG = frozenset({"5.1.7", "5.1.8"})
# How often one message can wait for EMAIL_TIMEOUT: connecting, greeting, TLS, signing in, and its own five answers.
WAITS = 12


class At(Enum):
    """What was said when the server said no."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


@dataclass(frozen=True)
class Accepted:
    reply: str

    @property
    def said(self) -> str:
        return self.reply


@dataclass(frozen=True)
class Refused:
    """The server said no. `code` is the SMTP reply code: 4xx for now, 5xx for good."""

    code: int
    reply: str
    at: At

    @property
    def is_final(self) -> bool:
        return self.code >= 500

    @property
    def said(self) -> str:
        return f"{self.code} {self.reply}"

    @property
    def enhanced(self) -> str:
        """The status code of RFC 3463, where the server says one."""
        return next((word for word in self.reply.split()[:1] if word.count(".") == 2), "")

    @property
    def is_about_us(self) -> bool:
        """For good, whoever the reader is. Many servers say only at the recipient what is wrong with the sender."""
        return self.is_final and (self.at == At.SENDER or self.enhanced in SENDER_IS_WRONG)

    @property
    def no_such_mailbox(self) -> bool:
        """RFC 3463: 5.1.x says that the address is wrong; old servers only say 550, 551 or 553."""
        if self.at != At.RECIPIENT or self.is_about_us:
            return False
        return self.enhanced.startswith("5.1.") if self.enhanced else self.code in {550, 551, 553}


@dataclass(frozen=True)
class Dropped:
    """The line was lost. `after_dot`: after all was said, before the answer came; it may have arrived."""

    reason: str
    after_dot: bool

    @property
    def said(self) -> str:
        return self.reason


@dataclass(frozen=True)
class Away:
    """No line could be had, or the server wants nothing of us at all. It says nothing about the message."""

    reason: str

    @property
    def said(self) -> str:
        return self.reason


@dataclass(frozen=True)
class Unwritable:
    """This message cannot be put in the form that servers take, now or ever."""

    reason: str

    @property
    def said(self) -> str:
        return self.reason


Outcome = Accepted | Refused | Dropped | Away | Unwritable


class Letter:
    """A message to be handed over. What is said before the content is known at once, the content once it is asked for.

    Raises what mime.in_ascii raises.
    """

    def __init__(self, message: Message) -> None:
        self._message = message
        self._sender, self._to = return_address.address(message.uuid), mime.in_ascii(message.email)

    @cached_property
    def envelope(self) -> tuple[tuple[str, int, At], ...]:
        """With the kind of answer that says: go on."""
        return (
            (f"MAIL FROM:<{self._sender}>", DONE, At.SENDER),
            (f"RCPT TO:<{self._to}>", DONE, At.RECIPIENT),
            ("DATA", GO_ON, At.CONTENT),
        )

    @cached_property
    def content(self) -> bytes | Unwritable:
        try:
            content = mime.build(self._message)
        except Exception as error:  # the parsers of the standard library raise anything
            return unwritable(self._message, error)
        return content if content.endswith(b"\r\n") else content + b"\r\n"


def addressed(message: Message) -> Letter | Unwritable:
    try:
        return Letter(message)
    except Exception as error:  # likewise
        return unwritable(message, error)


def unwritable(message: Message, error: Exception) -> Unwritable:
    """One mail must not stop the rest."""
    logger.exception("message cannot be written", extra={"message_uuid": str(message.uuid)})
    return Unwritable(f"{type(error).__name__}: {error}")


class Transport(Protocol):
    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, letter: Letter, intend: Callable[[], None], following: Letter | None = None) -> Outcome:
        """Hands one letter over; calls `intend` just before it can no longer be taken back.

        `following` may be announced in the same breath; it is then the next to be sent, or the line is let go.
        """
        ...


class SmtpTransport:
    """One connection, made when it is needed and used again for the next message.

    Where the server takes more than one command at a time (RFC 2920), the envelope of the next message goes with the
    final dot of this one: one answer to wait for per message instead of four. While the server answers, the content of
    the next is written.
    """

    def __init__(self) -> None:
        self._connection: smtplib.SMTP | None = None
        self._announced: Letter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._announced is not None:  # the server waits for a content that does not come
            self._hang_up()
        if self._connection is not None:
            try:
                self._connection.quit()
            except (smtplib.SMTPException, OSError):
                self._hang_up()

    def send(self, letter: Letter, intend: Callable[[], None], following: Letter | None = None) -> Outcome:
        if self._announced is not None and self._announced is not letter:
            self._hang_up()
        content = letter.content
        if isinstance(content, Unwritable):
            return content
        try:
            connection = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Away(_reason(error))
        return self._hand_over(connection, letter, content, intend, following)

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
        if connection.sock is not None:  # the final dot must not wait until the content is acknowledged
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _hand_over(
        self,
        connection: smtplib.SMTP,
        letter: Letter,
        content: bytes,
        intend: Callable[[], None],
        following: Letter | None,
    ) -> Outcome:
        dotted = False
        try:
            if no := self._introduce(connection, letter):
                return self._refused(connection, no)
            connection.send(content)
            intend()
            dotted = True
            connection.send(END + self._announcement(connection, following))
            _write_meanwhile(following)
            code, reply = _answer(connection.getreply(), DONE)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Dropped(_reason(error), after_dot=dotted)
        if code >= 400:
            return self._refused(connection, Refused(code, _text(reply), At.CONTENT))
        return Accepted(_text(reply))

    def _announcement(self, connection: smtplib.SMTP, letter: Letter | None) -> bytes:
        if letter is None or not connection.has_extn("pipelining"):
            return b""
        self._announced = letter
        return _said_at_once(letter)

    def _introduce(self, connection: smtplib.SMTP, letter: Letter) -> Refused | None:
        """The envelope of a letter. Returns the no of a server that does not want it."""
        if not connection.has_extn("pipelining"):
            for command, wanted, at in letter.envelope:
                code, reply = _answer(connection.docmd(command), wanted)
                if code >= 400:
                    return Refused(code, _text(reply), at)
            return None
        if self._announced is None:
            connection.send(_said_at_once(letter))
        self._announced = None
        return self._answers(connection, letter)

    @staticmethod
    def _answers(connection: smtplib.SMTP, letter: Letter) -> Refused | None:
        answers = [(*_answer(connection.getreply(), wanted), at) for _command, wanted, at in letter.envelope]
        no = next((Refused(code, _text(reply), at) for code, reply, at in answers if code >= 400), None)
        if no is not None and answers[-1][0] < 400:  # it wants the content all the same: there is none (RFC 2920, 3.1)
            connection.send(END)
            connection.getreply()
        return no

    def _refused(self, connection: smtplib.SMTP, no: Refused) -> Refused:
        """Leaves the line ready for the next message, or lets go of it."""
        try:
            if no.code == CLOSING or (self._announced is None and connection.rset()[0] >= 400):
                self._hang_up()
        except (smtplib.SMTPException, OSError):
            self._hang_up()
        return no

    def _hang_up(self) -> None:
        self._announced = None
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

    def send(self, letter: Letter, intend: Callable[[], None], following: Letter | None = None) -> Outcome:
        if isinstance(letter.content, Unwritable):
            return letter.content
        intend()
        return Accepted("2.0.0 on the post page")


def _write_meanwhile(letter: Letter | None) -> None:
    """The server has to think: as long as that takes, writing costs nothing."""
    if letter is not None:
        _content = letter.content


def _said_at_once(letter: Letter) -> bytes:
    return "".join(f"{command}\r\n" for command, _wanted, _at in letter.envelope).encode("ascii")


def _answer(answer: tuple[int, bytes], wanted: int) -> tuple[int, bytes]:
    """A yes of the wanted kind, or a no. Raises SMTPResponseException for what is neither."""
    code, reply = answer
    if code // 100 not in {wanted, 4, 5}:
        raise smtplib.SMTPResponseException(code, reply)
    return code, reply


def _text(reply: bytes | str) -> str:
    """What the server said, as PostgreSQL keeps it: without NUL."""
    return (reply.decode(errors="replace") if isinstance(reply, bytes) else reply).replace("\0", "")


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def transport() -> Transport:
    return PostTransport() if settings.MAIL_TRANSPORT == "post" else SmtpTransport()
