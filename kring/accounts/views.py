"""The pages of signing in and of the account. Those that are not here are allauth's, in our templates; see urls.py."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access, fresh, second_factor, seeing, signing_in, tokens
from kring.accounts.forms import AgainCodeForm, DetailsForm, TokenForm
from kring.accounts.models import ApiToken, User
from kring.foundation import personal, records
from kring.foundation.middleware import LANGUAGE_KEY

AGAIN_KEY = "account_again"
MAX_MISTAKES = 3


# --- Signing in ------------------------------------------------------------------------------------------------------


class AskCodeView(account.RequestLoginCodeView):
    """The sign-in page: a code by mail is the first choice."""

    template_name = "account/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "panels": signing_in.panels()}


@access.anyone
@require_safe
def how_to_join(request: HttpRequest) -> HttpResponse:
    """Where other sites have their sign-up: here an account comes with a role."""
    return render(request, "account/signup_closed.html")


# --- Signing in again, before a change that matters ------------------------------------------------------------------


class AgainProcess(AbstractCodeVerificationProcess):
    """A code by mail, for who has no other way to show that it is still them."""

    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        super().__init__(max_attempts=MAX_MISTAKES, timeout=settings.CODE_SECONDS, state=state, user=request.user)
        self.request = request

    @classmethod
    def initiate(cls, request: HttpRequest) -> None:
        user = access.user_of(request)
        process = cls(request, cls.initial_state(user=user, email=user.email))
        process.send()
        process.persist()

    @classmethod
    def resume(cls, request: HttpRequest) -> AgainProcess | None:
        state = request.session.get(AGAIN_KEY)
        process: AgainProcess | None = cls(request, state).abort_if_invalid() if state else None
        return process

    def send(self) -> None:
        adapter = get_adapter(self.request)
        self.state["code"] = adapter.generate_login_code()
        told = {"user": self.request.user, "code": self.code}
        adapter.send_mail("account/email/again_code", self.state["email"], told)

    def persist(self) -> None:
        self.request.session[AGAIN_KEY] = self.state

    def abort(self) -> None:
        self.request.session.pop(AGAIN_KEY, None)


class AgainByCodeView(account.BaseReauthenticateView):
    """Asks first, then mails: looking at a page sends nothing."""

    template_name = "account/reauthenticate_by_code.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.process = AgainProcess.resume(request)
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[Form]:
        return AgainCodeForm if self.process and "send" not in self.request.POST else Form

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        if self.process and self.get_form_class() is AgainCodeForm:
            kwargs["code"] = self.process.code
        return kwargs

    def form_valid(self, form: Form) -> HttpResponse:
        if not isinstance(form, AgainCodeForm) or not self.process:
            AgainProcess.initiate(self.request)
            return redirect(self.passthrough_next_url(self.request.path))
        self.process.abort()
        record_authentication(self.request, self.request.user, method="code", reauthenticated=True)
        response: HttpResponse = super().form_valid(form)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        if self.process and not self.process.record_invalid_attempt():
            messages.error(self.request, str(get_adapter().error_messages["too_many_login_attempts"]))
            return redirect(self.passthrough_next_url(self.request.path))
        response: HttpResponse = super().form_invalid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sent_to = self.process.state["email"] if self.process else ""
        return {**super().get_context_data(**kwargs), "sent_to": sent_to}


# --- The second step -------------------------------------------------------------------------------------------------


class ActivateAppView(ActivateTOTPView):
    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        second_factor.record(self.request)
        return response


class AddPasskeyView(AddWebAuthnView):
    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "initial": {"passwordless": True}}

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        second_factor.record(self.request)
        return response


class RemovePasskeyView(RemoveWebAuthnView):
    def form_valid(self, form: Form) -> HttpResponse:
        adapter = get_mfa_adapter()
        if not adapter.can_delete_authenticator(self.object):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return redirect("mfa_index")
        response: HttpResponse = super().form_valid(form)
        return response


# --- The account -----------------------------------------------------------------------------------------------------


@access.signed_in
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    factors = Authenticator.objects.filter(user=request.user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    shown = {
        "factors": [factor.wrap().name if factor.type == "webauthn" else _("een app met codes") for factor in factors],
        "session_count": UserSession.objects.filter(user=request.user).count(),
        "holds_office": access.holds_office(request.user),
    }
    return render(request, "account/overview.html", shown)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Name, phone, language, and which of it may stand on the site."""
    user = access.user_of(request)
    form = DetailsForm(request.POST or None, instance=user)
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/details.html", {"form": form})
    user.save(update_fields=form.Meta.fields)
    request.session[LANGUAGE_KEY] = user.language
    messages.success(request, _("Bewaard."))
    return HttpResponseRedirect(reverse("account_overview"))


# --- Keys for programs -----------------------------------------------------------------------------------------------


@access.signed_in
@fresh.lately
@require_http_methods(["GET", "HEAD", "POST"])
def api_tokens(request: HttpRequest) -> HttpResponse:
    """The keys one has, and a new one. The page that answers the form is the only one that ever shows the key."""
    user, now = access.user_of(request), timezone.now()
    form = TokenForm(request.POST if request.method == "POST" else None)
    status = 200
    shown: dict[str, Any] = {}
    if form.is_bound:
        status = 200 if form.is_valid() else 422
        if form.is_valid():
            shown["secret"] = _made_token(request, form, user, now)
            form = TokenForm()
    shown |= {"form": form, "tokens": ApiToken.objects.usable(now).filter(user=user), "most": tokens.MOST}
    return render(request, "account/tokens.html", shown, status=status)


def _made_token(request: HttpRequest, form: TokenForm, user: User, now: dt.datetime) -> str:
    """The new key; nothing for who has too many, or sends the same form again."""
    try:
        made = tokens.make(user, now, **form.cleaned_data, took_second_step=second_factor.took(request))
    except tokens.TooManyTokens:
        messages.error(request, _("Je hebt al %(most)d API-sleutels. Trek er eerst een in.") % {"most": tokens.MOST})
        return ""
    if not made:
        messages.info(request, _("Deze API-sleutel is al gemaakt, en toonden we één keer. Kwijt? Maak een nieuwe."))
    return made


@access.signed_in
@require_POST
def revoke_token(request: HttpRequest, uuid: UUID) -> HttpResponse:
    token = get_object_or_404(ApiToken, uuid=uuid, user=access.user_of(request))
    tokens.revoke(token, timezone.now())
    messages.success(request, _("De API-sleutel ‘%(name)s’ werkt niet meer.") % {"name": token})
    return redirect("account_tokens")


# --- What we keep of somebody, for that somebody alone ---------------------------------------------------------------


@access.signed_in
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    user = access.user_of(request)
    leaf = records.leaf(personal.everything(), request.GET.get("page"))
    told = [(kept, kept.section.shown(user)) for kept in leaf]
    shown: dict[str, Any] = {
        "page": leaf,
        "told": [(kept, section) for kept, section in told if section.rows],
        "nothing": [kept for kept, section in told if not section.rows],
    }
    return render(request, "account/record.html", shown)


@access.signed_in
@require_safe
def record_file(request: HttpRequest) -> HttpResponse:
    user = access.user_of(request)
    parts = {kept.section.key: kept.as_data(user) for kept in personal.everything()}
    return records.file("mijn-gegevens", records.document("person", user.email, parts))


@access.signed_in
@require_safe
def who_sees(request: HttpRequest) -> HttpResponse:
    user = access.user_of(request)
    return render(
        request, "account/who_sees.html", {"told": list(seeing.who_sees(user, timezone.localdate()).items())}
    )
