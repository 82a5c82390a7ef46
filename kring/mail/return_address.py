"""The address that a message comes back to when it cannot be delivered (VERP): it names the message, and is signed.

terug@kring.example becomes terug+<token>@kring.example. Who got the message knows its own, and can make no other: so a
forged report suppresses nobody else. Letters and digits only, since some servers write addresses in capitals.

The address to leave by is one of the same box with another signature: mail to it is no report.
"""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.utils.crypto import constant_time_compare

from kring.foundation.addresses import in_ascii
from kring.mail import signatures

SALT = "kring.mail.return_address"
LEAVE_SALT = "kring.mail.leave_address"
NAME, SIGNATURE = 32, 16  # characters
MOST_OF_BOX = 64 - 1 - NAME - SIGNATURE  # RFC 5321, 4.5.3.1.1


def address(message: uuid.UUID) -> str:
    """The envelope's sender; without a box for returns that of all mail."""
    return _signed(message, SALT) or in_ascii(settings.DEFAULT_FROM_EMAIL)


def to_leave(message: uuid.UUID) -> str:
    """Where somebody writes to who does not want such mail any more; empty without a box for returns."""
    return _signed(message, LEAVE_SALT)


def _signed(message: uuid.UUID, salt: str) -> str:
    box, domain = _box(settings.MAIL_RETURN_ADDRESS)
    name = message.hex
    return f"{box}+{name}{_signature(name, settings.SECRET_KEY, salt)}@{domain}" if domain else ""


@functools.lru_cache(maxsize=2)  # each copy of a newsletter asks twice
def _box(address: str) -> tuple[str, str]:
    """The box itself and its domain, in ASCII. Raises UnicodeError for an address that no server takes."""
    box, _at, domain = in_ascii(address).partition("@") if address else ("", "", "")
    return box, domain


def found_in(text: str, salt: str = SALT) -> Iterator[uuid.UUID]:
    """The messages whose address stands somewhere in a text, each once; only those that we signed."""
    box, domain = _box(settings.MAIL_RETURN_ADDRESS)
    if not domain:
        return
    ours = rf"(?<![\w+.]){re.escape(box)}\+([0-9a-f]{{{NAME + SIGNATURE}}})@{re.escape(domain)}"
    for token in dict.fromkeys(each.lower() for each in re.findall(ours, text, re.IGNORECASE)):
        if _is_signed(token[:NAME], token[NAME:], salt):
            yield uuid.UUID(token[:NAME])


def _is_signed(name: str, signature: str, salt: str) -> bool:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(signature, _signature(name, key, salt)) for key in keys)


def _signature(name: str, key: str, salt: str) -> str:
    return signatures.digest(salt, name, key).hex()[:SIGNATURE]
