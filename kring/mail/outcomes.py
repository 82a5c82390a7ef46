"""What can become of a message that is handed over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kring.mail.classing import HARD, classed_at_once
from kring.mail.models import BounceKind

# RFC 3463: the sender's address is malformed, or not one that mail may come from.
SENDER_IS_WRONG = frozenset({"5.1.7", "5.1.8"})


class At(Enum):
    """How far it had come when the server said no, or nothing any more."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"
    DOT = "dot"  # all was said


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
    def bounce(self) -> str:
        """A kind of bounce, where it is about the mailbox."""
        return classed_at_once(self.code, self.reply) if self.at == At.RECIPIENT and not self.is_about_us else ""

    @property
    def no_such_mailbox(self) -> bool:
        return self.bounce == BounceKind.HARD

    @property
    def is_sure(self) -> bool:
        """It gives a status of its own (RFC 3463). A relay that lets us send nothing says a bare 550 too."""
        return HARD.fullmatch(self.enhanced) is not None


@dataclass(frozen=True)
class Dropped:
    """The line was lost."""

    reason: str
    at: At

    @property
    def after_dot(self) -> bool:
        """After all was said, before the answer came: it may have arrived."""
        return self.at == At.DOT

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
