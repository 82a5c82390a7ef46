"""Every address of signing in and of the account. What allauth has besides these does not exist here.

The names are allauth's own where it looks its pages up by them.
"""

from __future__ import annotations

from collections.abc import Callable

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from kring.accounts import views
from kring.accounts.access import anyone, signed_in
from kring.accounts.fresh import again, lately

form: Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]] = require_http_methods(
    ["GET", "HEAD", "POST"]
)
ask_code = anyone(form(views.AskCodeView.as_view()))
factors = signed_in(require_safe(mfa.index))

urlpatterns = [
    # Signing in and out
    path("inloggen/", ask_code, name="account_login"),
    path("inloggen/", ask_code, name="account_request_login_code"),
    path("inloggen/code/", anyone(form(account.confirm_login_code)), name="account_confirm_login_code"),
    path("inloggen/wachtwoord/", anyone(form(account.login)), name="account_login_by_password"),
    path("inloggen/sleutel/", anyone(form(webauthn.login_webauthn)), name="mfa_login_webauthn"),
    path("inloggen/tweede-stap/", anyone(form(mfa.authenticate)), name="mfa_authenticate"),
    path("inloggen/nieuw/", views.how_to_join, name="account_signup"),
    path("inloggen/vergeten/", anyone(form(account.password_reset)), name="account_reset_password"),
    path(
        "inloggen/vergeten/code/",
        anyone(form(account.confirm_password_reset_code)),
        name="account_confirm_password_reset_code",
    ),
    path(
        "inloggen/vergeten/nieuw/",
        anyone(form(account.complete_password_reset)),
        name="account_complete_password_reset",
    ),
    path(
        "inloggen/vergeten/klaar/",
        anyone(require_safe(account.password_reset_from_key_done)),
        name="account_password_reset_completed",
    ),
    path("uitloggen/", anyone(form(account.logout)), name="account_logout"),
    # The account
    path("account/", views.overview, name="account_overview"),
    path("account/gegevens/", views.details, name="account_details"),
    path("account/wie-ziet-wat/", views.who_sees, name="account_who_sees"),
    path("account/mijn-gegevens/", views.record, name="account_record"),
    path("account/mijn-gegevens.json", views.record_file, name="account_record_file"),
    path("account/e-mail/", signed_in(again(form(account.email))), name="account_email"),
    # Also on the way in, for an address that was never confirmed.
    path(
        "account/e-mail/code/", anyone(form(account.email_verification_sent)), name="account_email_verification_sent"
    ),
    path("account/wachtwoord/", signed_in(form(account.password_change)), name="account_change_password"),
    path("account/wachtwoord/nieuw/", signed_in(lately(form(account.password_set))), name="account_set_password"),
    path("account/apparaten/", signed_in(form(sessions.list_usersessions)), name="usersessions_list"),
    path("account/sleutels/", views.api_tokens, name="account_tokens"),
    path("account/sleutels/<uuid:uuid>/weg/", views.revoke_token, name="account_revoke_token"),
    # Signing in again
    path("account/opnieuw/", signed_in(form(account.reauthenticate)), name="account_reauthenticate"),
    path(
        "account/opnieuw/code/",
        signed_in(form(views.AgainByCodeView.as_view())),
        name="account_reauthenticate_by_code",
    ),
    path("account/opnieuw/tweede-stap/", signed_in(form(mfa.reauthenticate)), name="mfa_reauthenticate"),
    path(
        "account/opnieuw/sleutel/",
        signed_in(form(webauthn.reauthenticate_webauthn)),
        name="mfa_reauthenticate_webauthn",
    ),
    # The second step
    path("account/tweede-stap/", factors, name="mfa_index"),
    path("account/tweede-stap/", factors, name="mfa_list_webauthn"),
    path(
        "account/tweede-stap/app/", signed_in(lately(form(views.ActivateAppView.as_view()))), name="mfa_activate_totp"
    ),
    path("account/tweede-stap/app/weg/", signed_in(lately(form(totp.deactivate_totp))), name="mfa_deactivate_totp"),
    path(
        "account/tweede-stap/herstelcodes/",
        signed_in(lately(require_safe(recovery.view_recovery_codes))),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/tweede-stap/herstelcodes/nieuw/",
        signed_in(lately(form(recovery.generate_recovery_codes))),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/tweede-stap/herstelcodes/bestand/",
        signed_in(lately(require_safe(recovery.download_recovery_codes))),
        name="mfa_download_recovery_codes",
    ),
    path(
        "account/tweede-stap/sleutels/nieuw/",
        signed_in(lately(form(views.AddPasskeyView.as_view()))),
        name="mfa_add_webauthn",
    ),
    path(
        "account/tweede-stap/sleutels/<int:pk>/",
        signed_in(lately(form(webauthn.edit_webauthn))),
        name="mfa_edit_webauthn",
    ),
    path(
        "account/tweede-stap/sleutels/<int:pk>/weg/",
        signed_in(lately(form(views.RemovePasskeyView.as_view()))),
        name="mfa_remove_webauthn",
    ),
]
