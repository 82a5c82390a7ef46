"""What an operator's monitor asks."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.foundation.views import cache_answers, database_answers
from kring.mail import outbox

# Older than this and nobody is delivering.
OUTBOX_SECONDS = 600


@access.anyone
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 without a database. Without broker and cache, or with mail that is not going out, the site works: degraded."""
    if not database_answers():
        return JsonResponse({"status": "down", "database": False}, status=503)
    waiting = outbox.oldest_due(timezone.now()).total_seconds()
    checks = {"database": True, "cache": cache_answers(), "outbox": waiting < OUTBOX_SECONDS}
    status = "ok" if all(checks.values()) else "degraded"
    return JsonResponse({"status": status, **checks, "outbox_oldest_seconds": round(waiting)})
