"""What a server said, when it refused a mail or in a report afterwards: is it about the address, and for good?

hard: there is no such mailbox. soft: there is, but not this time. Nothing: it is about us, or about the mail.
"""

from __future__ import annotations

import re

from kring.foundation.logs import discreet
from kring.mail.models import BounceKind

# RFC 3463: x.1.x is about the address; 2.1 is a mailbox that was closed, 1.10 (RFC 7505) a domain that takes no mail.
HARD = re.compile(r"5\.(1\.(0|1|2|3|6|10)|2\.1)")
# No part of a number with more points, such as an IP address.
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
NO_SUCH_MAILBOX = re.compile(r"\b(550|551|553)\b")
# RFC 5321, 4.2.3: exceeded storage allocation.
FULL = 552
# These say no more than that it is about something, or about the address in some way.
VAGUE, OF_ADDRESS = {"", "5.0.0"}, "5.1.0"
# What such a no is about when it is not about the mailbox: whether we may send there, or what we sent.
ABOUT_US = re.compile(
    r"\brelay|authenti|prohibit|rcpthosts|\bsender\b|spam|\bblock|blacklist|\bpolicy\b|reputation|\bSPF\b|DKIM|DMARC",
    re.IGNORECASE,
)


def classed(status: str, diagnostic: str) -> str:
    """Of a report: hard or soft, by the status (RFC 3463), or by what the server said where that is vague."""
    said = STATUS.findall(diagnostic)
    exact = said[0] if status in VAGUE and said else status
    if exact in VAGUE or exact == OF_ADDRESS:
        is_about_mailbox = exact == OF_ADDRESS or NO_SUCH_MAILBOX.search(diagnostic)
        return BounceKind.HARD if is_about_mailbox and not is_about_us(diagnostic) else BounceKind.SOFT
    return BounceKind.HARD if HARD.fullmatch(exact) else BounceKind.SOFT


def classed_at_once(code: int, reply: str) -> str:
    """Of a no while we handed it over: hard, soft, or nothing where it says nothing about the mailbox.

    Our own relay may say it of every address, so a no that is about us must not count as a bounce of the reader.
    """
    if code < 500:  # it is tried again
        return ""
    if classed("", f"{code} {reply}") == BounceKind.HARD:
        return BounceKind.HARD
    said = STATUS.findall(reply)
    is_about_mailbox = said[0].startswith("5.2.") if said else code == FULL
    return BounceKind.SOFT if is_about_mailbox else ""


def is_about_us(diagnostic: str) -> bool:
    """Its words, but for those in an address: `policy@example.com` may just not exist."""
    return bool(ABOUT_US.search(discreet(diagnostic)))
