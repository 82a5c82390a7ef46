"""Telephone numbers, checked with the field's library."""

from __future__ import annotations

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def is_possible(value: str) -> bool:
    """A number that can exist; the demo's 010 000 numbers are possible, though never given out."""
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(value, "NL"))
    except phonenumbers.NumberParseException:
        return False


def validate_phone(value: str) -> None:
    """Somebody's own, from any country."""
    if not is_possible(value):
        raise ValidationError(_("Geef een nummer als 010 123 45 67 of +31 6 12345678."))
