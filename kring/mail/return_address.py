"""The address that a message comes back to when it cannot be delivered (VERP): it names the message, and is signed.

terug@kring.example becomes terug+<token>@kring.example. Who got the message knows its own, and can make no other: so a
forged report suppresses nobody else. Letters and digits only, since some servers write addresses in capitals.
"""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "kring.mail.return_address"
NAME, SIGNATURE = 26, 16  # characters: RFC 5321 allows 64 before the @, so 21 are left for the box itself


def address(message: uuid.UUID) -> str:
    """The envelope's sender; without a box for returns that of all mail."""
    box, _at, domain = settings.MAIL_RETURN_ADDRESS.partition("@")
    if not domain:
        return str(settings.DEFAULT_FROM_EMAIL)
    return f"{box}+{_letters(message.bytes)}{_signature(message, settings.SECRET_KEY)}@{domain}"


def found_in(text: str) -> Iterator[uuid.UUID]:
    """The messages whose address stands somewhere in a text, each once; only those that we signed."""
    box, _at, domain = settings.MAIL_RETURN_ADDRESS.partition("@")
    if not domain:
        return
    seen: set[str] = set()
    ours = rf"(?<![\w+.]){re.escape(box)}\+([a-z2-7]{{{NAME + SIGNATURE}}})@{re.escape(domain)}"
    for token in re.findall(ours, text, re.IGNORECASE):
        if (named := token.lower()) not in seen:
            seen.add(named)
            if message := _message(named):
                yield message


def _message(token: str) -> uuid.UUID | None:
    name, signature = token[:NAME], token[NAME:]
    try:
        message = uuid.UUID(bytes=base64.b32decode(f"{name.upper()}======"))
    except ValueError:
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return message if any(constant_time_compare(signature, _signature(message, key)) for key in keys) else None


def _signature(message: uuid.UUID, key: str) -> str:
    return _letters(salted_hmac(SALT, message.hex, secret=key, algorithm="sha256").digest()[:10])


def _letters(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
