"""The mails of signing in: the room of accounts is below this one, and only names their templates."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.mail.models import Kind
from kring.mail.samples import Sample, register

NEW, OLD = "nadia.nieuw@voorbeeld.example", "nadia@voorbeeld.example"


def code() -> dict[str, Any]:
    return {"code": "1234-5678"}


def moved() -> dict[str, Any]:
    return {"from_email": OLD, "to_email": NEW, "moment": timezone.now(), "browser": "Firefox op Linux"}


def of(template: str, when: Any, told: Any = moved) -> Sample:
    return Sample(template, when, told, kind=Kind.CODE)


register(
    of("account/email/login_code", _("Iemand vraagt een code om in te loggen"), code),
    of("account/email/again_code", _("Iemand wil iets veranderen aan het account"), code),
    of("account/email/password_reset_code", _("Iemand is het wachtwoord vergeten"), code),
    of("account/email/email_confirmation", _("Iemand wil met een ander adres inloggen"), code),
    of("account/email/unknown_account", _("Iemand wil inloggen met een adres dat we niet kennen")),
    of("account/email/email_changed", _("Het adres van een account is veranderd")),
    of("account/email/moved", _("Het bestuur of de beheerder veranderde het adres van een account")),
    of("account/email/password_set", _("Een account heeft een wachtwoord gekregen")),
    of("account/email/password_changed", _("Het wachtwoord van een account is veranderd")),
    of("account/email/password_reset", _("Iemand koos met een code een nieuw wachtwoord")),
    of("mfa/email/totp_activated", _("Een account heeft een app als tweede stap")),
    of("mfa/email/totp_deactivated", _("De app als tweede stap is weggehaald")),
    of("mfa/email/webauthn_added", _("Een account heeft een toegangssleutel")),
    of("mfa/email/webauthn_removed", _("Een toegangssleutel is weggehaald")),
    of("mfa/email/recovery_codes_generated", _("Een account heeft nieuwe herstelcodes")),
)
