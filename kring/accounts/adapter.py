"""Where this site differs from what allauth does by itself."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.main import QRCode

from kring.accounts import browsers, second_factor, signing_in
from kring.accounts.access import holds_office
from kring.accounts.letters import Letter
from kring.accounts.models import User
from kring.foundation import ratelimit
from kring.foundation.models import Circle

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - no address to listen on: what stands where none is kept
CODE_LIFETIME = dt.timedelta(seconds=settings.CODE_SECONDS)
NOTICE_LIFETIME = dt.timedelta(days=3)


class Adapter(DefaultAccountAdapter):
    """Accounts are made by accepting an application or an invitation, not by signing up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "duplicate_email": gettext_lazy("Dit is al het adres van je account."),
        "email_password_mismatch": gettext_lazy(
            "Dit adres en wachtwoord horen niet bij elkaar. Probeer het nog eens, of log in met een code."
        ),
        "email_taken": gettext_lazy("Dit adres kan niet. Neem een ander, of vraag het bestuur om hulp."),
        "enter_current_password": gettext_lazy("Dit is niet je wachtwoord van nu."),
        "incorrect_code": gettext_lazy("Deze code klopt niet. Kijk nog eens in de mail."),
        "incorrect_password": gettext_lazy("Dit wachtwoord klopt niet."),
        "rate_limited": gettext_lazy("Je probeert het te vaak. Wacht een paar minuten."),
        "too_many_login_attempts": gettext_lazy(
            "Te vaak geprobeerd. Wacht een paar minuten en vraag een nieuwe code."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Only the passkey script asks for JSON; pages are always pages."""
        return request.path == reverse("mfa_login_webauthn") and request.headers.get("Accept") == "application/json"

    def is_safe_url(self, url: str) -> bool:
        """`next` stays on the site: a path, never an address."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        return ratelimit.caller(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By address only: another Host header is not another five attempts."""
        return str(credentials.get("email", "")).lower()

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, _("Dit account is gesloten. Vraag het bestuur om hulp."))
        return redirect("account_login")

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        signing_in.welcome(request, user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """The list of where somebody is signed in tells the browser and the time; no IP address is kept."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        UserSession.objects.filter(session_key=request.session.session_key).update(ip=NO_ADDRESS)
        return response

    def set_password(self, user: Any, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second factor shows that; else the password, if there is one, or a code by mail."""
        methods = super().get_reauthentication_methods(user)
        by_factor = [method for method in methods if method["id"].startswith("mfa")]
        by_code = {
            "id": "reauthenticate_by_code",
            "description": _("Gebruik een code uit de mail"),
            "url": reverse("account_reauthenticate_by_code"),
        }
        names = {
            "reauthenticate": _("Gebruik je wachtwoord"),
            "mfa_reauthenticate": _("Gebruik je app of een herstelcode"),
            "mfa_reauthenticate:webauthn": _("Gebruik je toegangssleutel"),
        }
        offered = by_factor or [*methods, by_code]
        return [{**method, "description": names.get(method["id"], method["description"])} for method in offered]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        user = context.get("user") or User.objects.filter(email=email).first()
        told: dict[str, Any] = {
            name: context[name] for name in ("code", "from_email", "to_email", "moment", "browser") if name in context
        }
        lifetime = CODE_LIFETIME if "code" in told else NOTICE_LIFETIME
        Letter(template_prefix, email, user=user, told=told, worthless_after=lifetime).send()

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:  # noqa: FBT001
        """Signing up is not for here, so there is one mail for each new address."""
        address = emailconfirmation.email_address
        told = {"user": address.user, "code": emailconfirmation.key}
        self.send_mail("account/email/email_confirmation", address.email, told)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tells of a change in the account, so that who did not make it can act."""
        browser = browsers.in_words(self.request.headers.get("User-Agent", ""))
        told = {"user": user, "moment": timezone.localtime(), "browser": browser, **(context or {})}
        self.send_mail(template_prefix, email or user.email, told)


@functools.cache
def _vault() -> MultiFernet:
    """Opens with the former secrets as well, so that SECRET_KEY can be changed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"kring.second-factor:" + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy(
            "Voor het bestuur en het beheer is een tweede stap nodig. Stel eerst een andere in, dan kan deze weg."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Stel eerst een app of een toegangssleutel in."),
        "incorrect_code": gettext_lazy("Deze code klopt niet. Neem de code die je app nu laat zien."),
        "unverified_email": gettext_lazy("Log eerst een keer in met een code uit de mail."),
    }

    def get_totp_issuer(self) -> str:
        return Circle.current().full_name

    def build_totp_svg(self, url: str) -> str:
        """Drawn in the page itself, in its colours: the Content-Security-Policy lets no data: address through."""
        code = QRCode(border=2)
        code.add_data(url)
        rows = code.get_matrix()
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        return format_html('<svg viewBox="0 0 {0} {0}"><path d="{1}"/></svg>', len(rows), path)

    def encrypt(self, text: str) -> str:
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _vault().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Who holds an office keeps at least one."""
        user = User.objects.with_board_seat(timezone.localdate()).get(pk=authenticator.user_id)
        needed = settings.TWO_FACTOR_REQUIRED and holds_office(user)
        return not (needed and second_factor.is_last(authenticator))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": settings.SITE_HOST, "name": Circle.current().full_name}

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's word
        taken = Authenticator.objects.filter(user=user, type=type).count()
        return _("Sleutel %(number)s") % {"number": taken + 1}
