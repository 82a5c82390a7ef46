"""How a message leaves: to an SMTP server over one connection, or, in the demo, to the post page."""

from __future__ import annotations

import contextlib
import select
import smtplib
import socket
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol, Self

from django.conf import settings
from django.db import DatabaseError

from kring.mail.letters import DONE, Letter
from kring.mail.outcomes import Accepted, At, Away, Dropped, Outcome, Refused, Unwritable

# RFC 5321, 3.8: with 421 the server closes the line.
CLOSING = 421
END = b".\r\n"
# How often one message can wait for EMAIL_TIMEOUT: connecting, greeting, TLS, signing in, its own answers; some twice.
WAITS = 16


def longest() -> float:
    """Seconds that one message can take."""
    return float(WAITS * settings.EMAIL_TIMEOUT + settings.MAIL_ANSWER_SECONDS)


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
        self._has_served = False  # this line took a message before
        self._hears = select.poll()

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
        if isinstance(letter.content, Unwritable):
            return letter.content
        was_used = self._has_served
        outcome = self._try(letter, letter.content, intend, following)
        if was_used and _is_end_of_line(outcome):  # some allow so many messages a line: no news about this one
            outcome = self._try(letter, letter.content, intend, following)
        return outcome

    def _try(self, letter: Letter, content: bytes, intend: Callable[[], None], following: Letter | None) -> Outcome:
        try:
            connection = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Away(_reason(error))
        try:
            if no := self._introduce(connection, letter):
                return self._refused(connection, no)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Dropped(_reason(error), At.SENDER)
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
            self._hears = select.poll()
            self._hears.register(connection.sock, select.POLLIN)
        return connection

    def _hand_over(
        self,
        connection: smtplib.SMTP,
        letter: Letter,
        content: bytes,
        intend: Callable[[], None],
        following: Letter | None,
    ) -> Outcome:
        reached = At.CONTENT
        try:
            connection.send(content)
            intend()
            reached = At.DOT
            _wait_at_most(connection, letter.answer_seconds)
            connection.send(END + self._announcement(connection, following))
            self._write_meanwhile(following)
            code, reply = _answer(connection.getreply(), DONE)
            _wait_at_most(connection, settings.EMAIL_TIMEOUT)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Dropped(_reason(error), reached)
        if code >= 400:
            return self._refused(connection, Refused(code, _text(reply), At.DOT))
        self._has_served = True
        return Accepted(_text(reply))

    def _write_meanwhile(self, letter: Letter | None) -> None:
        """The server has to think: as long as that takes, writing costs nothing. What it said is noted first."""
        if letter is not None and not self._hears.poll(0):
            with contextlib.suppress(DatabaseError):  # it will say so again when it is that letter's turn
                _content = letter.content

    def _announcement(self, connection: smtplib.SMTP, letter: Letter | None) -> bytes:
        if letter is None or not connection.has_extn("pipelining"):
            return b""
        self._announced = letter
        return letter.said_at_once

    def _introduce(self, connection: smtplib.SMTP, letter: Letter) -> Refused | None:
        """The envelope of a letter. Returns the no of a server that does not want it."""
        if not connection.has_extn("pipelining"):
            for command, wanted, at in letter.envelope:
                code, reply = _answer(connection.docmd(command), wanted)
                if code >= 400:
                    return Refused(code, _text(reply), at)
            return None
        if self._announced is None:
            connection.send(letter.said_at_once)
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
        self._announced, self._has_served = None, False
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


def _wait_at_most(connection: smtplib.SMTP, seconds: float) -> None:
    if connection.sock is not None:
        connection.sock.settimeout(seconds)


def _is_end_of_line(outcome: Outcome) -> bool:
    """It ended before anything was said but the envelope."""
    match outcome:
        case Dropped(at=At.SENDER):
            return True
        case Refused(code=code, at=at):
            return code == CLOSING and at != At.DOT
    return False


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
