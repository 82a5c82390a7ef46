"""A message as it is handed over: what is said before it, and itself."""

from __future__ import annotations

import logging
from functools import cached_property

from django.conf import settings
from django.db import DatabaseError

from kring.foundation.addresses import in_ascii
from kring.foundation.models import Circle
from kring.mail import mime, return_address
from kring.mail.models import Kind, Message
from kring.mail.outcomes import At, Unwritable

logger = logging.getLogger(__name__)

# RFC 5321, 4.2.1: 2xx is done, 3xx is go on.
DONE, GO_ON = 2, 3


class Letter:
    """What is said before the content is known at once, the content once it is asked for.

    Raises UnicodeError for an address that no server takes.
    """

    def __init__(self, message: Message, circle: Circle) -> None:
        self._message, self._circle = message, circle
        self._sender, self._to = return_address.address(message.uuid), in_ascii(message.email)

    @cached_property
    def envelope(self) -> tuple[tuple[str, int, At], ...]:
        """With the kind of answer that says: go on."""
        return (
            (f"MAIL FROM:<{self._sender}>", DONE, At.SENDER),
            (f"RCPT TO:<{self._to}>", DONE, At.RECIPIENT),
            ("DATA", GO_ON, At.CONTENT),
        )

    @cached_property
    def said_at_once(self) -> bytes:
        return "".join(f"{command}\r\n" for command, _wanted, _at in self.envelope).encode("ascii")

    @cached_property
    def content(self) -> bytes | Unwritable:
        """Raises DatabaseError, which says nothing about the message."""
        try:
            content = mime.build(self._message, self._circle)
        except DatabaseError:
            raise
        except Exception as error:  # the parsers of the standard library raise anything
            return unwritable(self._message, error)
        return content if content.endswith(b"\r\n") else content + b"\r\n"

    @property
    def answer_seconds(self) -> float:
        """How long to wait for the answer to it: a server may look at a mail for minutes, and who gives up too soon
        sends it twice (RFC 5321, 4.5.3.2.6). A code does not wait; it may come twice."""
        return settings.EMAIL_TIMEOUT if self._message.kind == Kind.CODE else settings.MAIL_ANSWER_SECONDS


def addressed(message: Message, circle: Circle) -> Letter | Unwritable:
    try:
        return Letter(message, circle)
    except Exception as error:  # likewise
        return unwritable(message, error)


def unwritable(message: Message, error: Exception) -> Unwritable:
    """One mail must not stop the rest."""
    logger.exception("message cannot be written", extra={"message_uuid": str(message.uuid)})
    return Unwritable(f"{type(error).__name__}: {error}")
