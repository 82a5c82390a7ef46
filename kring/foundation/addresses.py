"""E-mail addresses, as every mail server takes them."""

from __future__ import annotations

import functools
import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ENCODED_WORD = "=?"  # RFC 2047
# What would end an address where it stands between its brackets, and begin another command.
BREAKS_OUT = re.compile(r"[\s<>\x00-\x1f\x7f]")


def in_ascii(email: str) -> str:
    """An address with its domain in IDNA. Raises UnicodeError where that cannot be."""
    if ENCODED_WORD in email or BREAKS_OUT.search(email):
        raise UnicodeError(f"this is no address: {email!r}")
    local, _at, domain = email.rpartition("@")
    local.encode("ascii")
    return f"{local}@{_domain(domain)}"


@functools.lru_cache(maxsize=1024)  # most readers share a few
def _domain(name: str) -> str:
    return name.encode("idna").decode()


def must_be_deliverable(value: str) -> None:
    """None with a sign in it that does not show, as copying brings along."""
    try:
        in_ascii(value)
    except UnicodeError:
        told = _("In dit adres staat een teken dat er niet in hoort, of dat je niet ziet. Typ het zelf opnieuw.")
        raise ValidationError(told, code="invalid") from None
