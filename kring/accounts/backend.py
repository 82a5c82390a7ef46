from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone

from kring.accounts.models import User, UserQuerySet


class Backend(AuthenticationBackend):
    """Signs in by e-mail, and fetches the user with what each page asks about it in the same query."""

    def get_user(self, user_id: Any) -> User | None:
        user = _users(timezone.localdate()).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


@lru_cache(maxsize=1)
def _users(today: dt.date) -> UserQuerySet:
    """Worked out once a day: that takes longer than reading the row."""
    return User.objects.with_board_seat(today).with_snapshot()
