from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone

from kring.accounts.models import User


class Backend(AuthenticationBackend):
    """Signs in by e-mail, and fetches the user with its board seat in the same query."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.with_board_seat(timezone.localdate()).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
