from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from kring.accounts.access import is_administrator


class Administrators(BasePermission):
    """What the API asks of an operation that says nothing: default deny."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return is_administrator(request.user)
