"""Who asks by the API: somebody with a token, or the browser of somebody who is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from kring.accounts import tokens
from kring.accounts.access import holds_office, is_administrator
from kring.accounts.models import ApiToken, TokenScope, User

SCHEME = "Bearer"


class Administrators(BasePermission):
    """What the API asks of an operation that says nothing: default deny."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return is_administrator(request.user)


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer kring_…` (RFC 6750). A token that only reads writes nothing."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        token = tokens.find(secret.decode("latin-1").strip(), timezone.now())
        if token is None:
            raise AuthenticationFailed(_("Deze sleutel werkt niet of niet meer. Maak een nieuwe op je accountpagina."))
        if request.method not in SAFE_METHODS and token.scope != TokenScope.WRITE:
            raise PermissionDenied(_("Deze sleutel mag alleen lezen. Maak er een die ook mag schrijven."))
        return self._owner(token), token

    @staticmethod
    def _owner(token: ApiToken) -> User:
        """With the board seat, and without the rights of an office for a token that was made without a second step."""
        user = User.objects.with_board_seat(timezone.localdate()).get(pk=token.user_id)
        if settings.TWO_FACTOR_REQUIRED and holds_office(user) and not token.took_second_step:
            user.is_suspended = True  # type: ignore[attr-defined]
        return user

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="api"'


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
