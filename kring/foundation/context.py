from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kring.foundation.models import Circle


def circle(request: HttpRequest) -> dict[str, Any]:
    """What every page knows: the circle, whether this is the demo, and the nonce for a later Django's CSP."""
    return {"circle": Circle.current(), "demo": settings.DEMO, "csp_nonce": ""}
