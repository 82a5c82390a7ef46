"""The forms of signing in and of the account: allauth's, with our words, and deaf to what nobody types."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from allauth.account import forms as account
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature
from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import ApiToken, User
from kring.foundation import ratelimit
from kring.foundation.addresses import must_be_deliverable
from kring.foundation.forms import ModelForm, Once, clean_data
from kring.foundation.phones import validate_phone

MAX_LENGTH = 254
TRIES = 10

LABELS = {
    "login": _("E-mailadres"),
    "email": _("E-mailadres"),
    "password": _("Wachtwoord"),
    "oldpassword": _("Je wachtwoord van nu"),
    "password1": _("Nieuw wachtwoord"),
    "code": _("Code"),
    "name": _("Naam van de sleutel"),
}
HINTS = {
    "password1": _("Minstens 12 tekens. Een zin van een paar woorden onthoud je het makkelijkst."),
    "name": _("Bijvoorbeeld: telefoon, laptop."),
}


class Ours(forms.BaseForm):
    """Our labels, hints and ceilings on a form of allauth's, which takes its data by keyword."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("data") is not None:
            kwargs["data"] = clean_data(kwargs["data"])
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)  # who mistypes a password signs in with a code
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, "")
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.CharField) and not isinstance(field, forms.JSONField):
                field.validators.append(MaxLengthValidator(MAX_LENGTH))
            if isinstance(field, forms.EmailField):
                field.validators.append(must_be_deliverable)


class OurCode(Ours):
    """A code of digits; phones offer it from the mail and open the keyboard for numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}


class PasswordForm(Ours, account.LoginForm):
    pass


class AskCodeForm(Ours, account.RequestLoginCodeForm):
    _user: User | None

    def clean_email(self) -> str:
        """An address that we wrote down ourselves counts as its user's from the first code on."""
        email: str = super().clean_email()
        if self._user is not None:
            sync_user_email_address(self._user)
        return email


class Counted(OurCode):
    """Tries are counted at once: allauth counts in the session, which is saved too late for many at a time."""

    def clean_code(self) -> str:
        session = context.request.session.session_key or ""
        if ratelimit.exceeded("code", session, limit=TRIES, seconds=settings.CODE_SECONDS):
            raise account.get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]
        return code


class CodeForm(Counted, account.ConfirmLoginCodeForm):
    pass


class AgainCodeForm(Counted, account.BaseConfirmCodeForm):
    pass


class AskResetForm(Ours, account.ResetPasswordForm):
    pass


class ResetCodeForm(Counted, account.ConfirmPasswordResetCodeForm):
    pass


class ResetPasswordForm(Ours, account.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(Ours, account.ChangePasswordForm):
    pass


class SetPasswordForm(Ours, account.SetPasswordForm):
    pass


class NewAddressForm(Ours, account.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Je nieuwe e-mailadres")


class NewAddressCodeForm(Counted, account.ConfirmEmailVerificationCodeForm):
    pass


class PasswordAgainForm(Ours, account.ReauthenticateForm):
    pass


class SecondFactorForm(Ours, mfa.AuthenticateForm):
    """No keyboard for digits only: a recovery code fits here too."""


class SecondFactorAgainForm(Ours, mfa.ReauthenticateForm):
    pass


class ActivateAppForm(OurCode, totp.ActivateTOTPForm):
    pass


class DeactivateAppForm(Ours, totp.DeactivateTOTPForm):
    pass


def _is_object(text: str) -> bool:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(read, dict) and bool(read)


class Sound(Ours):
    """What is not an answer of a browser is a mistake, whatever it is instead.

    allauth takes a credential of `0` for none and asks no more of it, and lets the faults of what reads it through.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        data = kwargs.get("data")
        if data is not None and not _is_object(data.get("credential", "")):
            kwargs["data"] = {**data.dict(), "credential": ""}
        super().__init__(*args, **kwargs)

    def _clean_fields(self) -> None:
        self._tried(super()._clean_fields)  # type: ignore[misc]

    def _clean_form(self) -> None:
        self._tried(super()._clean_form)  # type: ignore[misc]

    def _tried(self, clean: Callable[[], None]) -> None:
        try:
            clean()
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, InvalidSignature):
            self.add_error("credential", get_mfa_adapter().validation_error("incorrect_code"))


class PasskeyForm(Sound, webauthn.AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(Sound, webauthn.ReauthenticateWebAuthnForm):
    pass


class PasskeySignInForm(Sound, webauthn.LoginWebAuthnForm):
    pass


class AddPasskeyForm(Sound, webauthn.AddWebAuthnForm):
    """Every passkey may sign in by itself: it asks for a fingerprint, a face or a PIN."""

    passwordless = forms.BooleanField(widget=forms.HiddenInput, initial=True)


class RenamePasskeyForm(Ours, webauthn.EditWebAuthnForm):
    pass


class DetailsForm(ModelForm):
    phone = forms.CharField(
        label=_("Je telefoonnummer"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        validators=[validate_phone],
    )

    class Meta:
        model = User
        fields = ["name", "phone", "email_is_public", "phone_is_public", "language"]
        labels = {
            "name": _("Je naam"),
            "email_is_public": _("Mijn e-mailadres mag op de site"),
            "phone_is_public": _("Mijn telefoonnummer mag op de site"),
            "language": _("Taal van de site en de mail"),
        }
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class TokenForm(Once, ModelForm):
    """What a program of mine may do by the API."""

    class Meta:
        model = ApiToken
        fields = ["name", "scope"]
        labels = {"name": _("Waar is de API-sleutel voor?"), "scope": _("Wat mag het programma?")}
        help_texts = {"name": _("Bijvoorbeeld: onze website haalt het aanbod op.")}
        widgets = {"scope": forms.RadioSelect}
