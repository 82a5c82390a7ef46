"""The second step of signing in. Who holds an office acts in it only in a session that took that step."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from kring.accounts.models import User

METHOD = "mfa"  # what allauth calls it in the session's records


def took(request: HttpRequest) -> bool:
    """Whether this session took the second step; that its user could have is not enough."""
    return any(record["method"] == METHOD for record in get_authentication_records(request, request.user))


def record(request: HttpRequest) -> None:
    """Setting one up shows that one has it."""
    record_authentication(request, request.user, METHOD)


def is_last(authenticator: Authenticator) -> bool:
    others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
    return not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def forget(user: User) -> int:
    """Takes away all second factors, for who lost them; returns how many there were."""
    taken: int = Authenticator.objects.filter(user=user).delete()[0]
    return taken
