"""Dutch numbers, checked with the field's libraries. Each error says what is expected, with an example."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.nl import bsn
from stdnum.nl import postcode as nl_postcode

from kring.foundation import phones


def validate_postcode(value: str) -> None:
    try:
        nl_postcode.validate(value)
    except NumberError as error:
        raise ValidationError(_("Een postcode heeft vier cijfers en twee letters, bijvoorbeeld 3131 AB.")) from error


def validate_rsin(value: str) -> None:
    """An RSIN has nine digits and passes the same 11-test as a BSN."""
    try:
        bsn.validate(value)
    except NumberError as error:
        raise ValidationError(_("Dit is geen geldig RSIN: negen cijfers, bijvoorbeeld 123456782.")) from error


def validate_dutch_phone(value: str) -> None:
    """A number that can exist, as people dial it here."""
    if not phones.is_possible(value):
        raise ValidationError(_("Geef een telefoonnummer met netnummer, bijvoorbeeld 010 123 45 67."))


def tidy_postcode(value: str) -> str:
    """The way a postcode is stored: '3131 AB'. What is not one comes back as it was."""
    try:
        return str(nl_postcode.validate(value))
    except NumberError:
        return value.strip().upper()
