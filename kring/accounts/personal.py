"""What this room keeps of people."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from kring.accounts import browsers
from kring.accounts.models import ApiToken, BoardSeat, User
from kring.foundation.personal import Basis, Kept, declare_impersonal, register
from kring.foundation.records import Column, Section

WITH_THE_ACCOUNT = gettext_lazy("zolang je account bestaat")
FOR_EVER = gettext_lazy("zolang de kring bestaat: het hoort bij de geschiedenis van de vereniging")


def account(user: User) -> QuerySet[User]:
    return User.objects.get_queryset().filter(pk=user.pk)


def addresses(user: User) -> QuerySet[EmailAddress]:
    found: QuerySet[EmailAddress] = EmailAddress.objects.filter(user=user).order_by("pk")
    return found


def api_tokens(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user)


def seats(user: User) -> QuerySet[BoardSeat]:
    return BoardSeat.objects.filter(user=user)


def sessions(user: User) -> QuerySet[UserSession]:
    found: QuerySet[UserSession] = UserSession.objects.filter(user=user).order_by("-created_at", "-pk")
    return found


def factors(user: User) -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user).order_by("pk")
    return found


def administered(user: User) -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(user=user).order_by("-pk")


register(
    Kept(
        Section(
            "account",
            gettext_lazy("Je account"),
            account,
            {
                "id": Column("uuid", gettext_lazy("nummer")),
                "email": "email",
                "name": "name",
                "phone": "phone",
                "email_is_public": "email_is_public",
                "phone_is_public": "phone_is_public",
                "language": "language",
                "is_administrator": "is_staff",
                "is_active": "is_active",
                "joined_at": "date_joined",
                "last_signed_in_at": Column("last_login", gettext_lazy("laatst ingelogd")),
            },
        ),
        purpose=gettext_lazy("Om je te laten inloggen, je te kunnen bereiken en te weten wie er namens wie spreekt."),
        basis=Basis.AGREEMENT,
        retention=WITH_THE_ACCOUNT,
        covers=frozenset(
            {"accounts.User.email", "accounts.User.name", "accounts.User.phone", "accounts.User.password"}
        ),
    ),
    Kept(
        Section(
            "email_addresses",
            gettext_lazy("Adressen waarmee je inlogt"),
            addresses,
            {
                "email": Column("email", gettext_lazy("e-mailadres")),
                "verified": Column("verified", gettext_lazy("bevestigd")),
                "primary": Column("primary", gettext_lazy("in gebruik")),
            },
        ),
        purpose=gettext_lazy("Om te weten of een adres van jou is."),
        basis=Basis.AGREEMENT,
        retention=WITH_THE_ACCOUNT,
        covers=frozenset(
            {
                "account.EmailAddress.user",
                "account.EmailAddress.email",
                "account.EmailConfirmation.email_address",
            }
        ),
    ),
    Kept(
        Section(
            "api_tokens",
            gettext_lazy("Je API-sleutels"),
            api_tokens,
            {
                "name": "name",
                "scope": "scope",
                "created_at": "created_at",
                "expires_at": "expires_at",
                "last_used_on": "last_used_on",
                "revoked_at": "revoked_at",
            },
        ),
        purpose=gettext_lazy("Om een programma van jou binnen te laten. De sleutel zelf bewaren we niet."),
        basis=Basis.AGREEMENT,
        retention=gettext_lazy("tot een jaar nadat een sleutel verliep of is ingetrokken"),
        covers=frozenset({"accounts.ApiToken.user", "accounts.ApiToken.name", "accounts.ApiToken.password_mark"}),
    ),
    Kept(
        Section(
            "board_seats",
            gettext_lazy("Functies in het bestuur"),
            seats,
            {"function": "function", "portfolio": "portfolio", "since": "since", "until": "until"},
        ),
        purpose=gettext_lazy("Om te weten wie het bestuur vormt; dat staat ook op de site."),
        basis=Basis.LAW,
        retention=FOR_EVER,
        covers=frozenset({"accounts.BoardSeat.user"}),
    ),
    Kept(
        Section(
            "sessions",
            gettext_lazy("Waar je bent ingelogd"),
            sessions,
            {
                "signed_in_at": Column("created_at", gettext_lazy("ingelogd op")),
                "last_seen_at": Column("last_seen_at", gettext_lazy("laatst gezien")),
                "ip_address": Column("ip", gettext_lazy("IP-adres")),
                "browser": Column("user_agent", gettext_lazy("apparaat"), browsers.in_words),
                "user_agent": Column("user_agent", gettext_lazy("zo noemt je browser zich")),
            },
        ),
        purpose=gettext_lazy(
            "Om je ingelogd te houden, en om een vreemde die meekijkt te herkennen en uit te loggen."
        ),
        basis=Basis.INTEREST,
        retention=gettext_lazy("tot je uitlogt, of zestig dagen nadat je er voor het laatst was"),
        covers=frozenset(
            {
                "usersessions.UserSession.user",
                "usersessions.UserSession.ip",
                "usersessions.UserSession.user_agent",
                "usersessions.UserSession.data",
            }
        ),
    ),
    Kept(
        Section(
            "second_factors",
            gettext_lazy("Je tweede stap"),
            factors,
            {
                "kind": Column("type", gettext_lazy("soort")),
                "name": Column("data__name", gettext_lazy("naam")),
                "added_at": Column("created_at", gettext_lazy("ingesteld op")),
                "last_used_at": Column("last_used_at", gettext_lazy("laatst gebruikt")),
            },
        ),
        purpose=gettext_lazy("Om wie veel mag zien beter te beveiligen. Het geheim zelf laten we nooit zien."),
        basis=Basis.INTEREST,
        retention=gettext_lazy("tot je de tweede stap weghaalt"),
        covers=frozenset({"mfa.Authenticator.user", "mfa.Authenticator.data"}),
    ),
    Kept(
        Section(
            "administration",
            gettext_lazy("Wat je deed in het sitebeheer"),
            administered,
            {
                "at": Column("action_time", gettext_lazy("wanneer")),
                "what": Column("object_repr", gettext_lazy("wat")),
                "change": Column("change_message", gettext_lazy("verandering")),
            },
        ),
        purpose=gettext_lazy("Om na te kunnen gaan wie iets veranderde."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset({"admin.LogEntry.user", "admin.LogEntry.object_id", "admin.LogEntry.change_message"}),
    ),
)
declare_impersonal(
    "Not used: what somebody may do follows from roles and board seats.",
    "accounts.User_groups.user",
    "accounts.User_user_permissions.user",
)
declare_impersonal("The name of a kind of thing.", "auth.Permission.name", "auth.Group.name")
declare_impersonal(
    "Of the association.",
    *(
        f"foundation.Circle.{name}"
        for name in ("name", "email", "phone", "address", "sender_name", "reply_to", "intro", "about")
    ),
)
