"""What an operator's monitor and the container's own check ask."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import current_app
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from kring.accounts import access
from kring.mail import outbox

logger = logging.getLogger(__name__)

# Older than this and nobody is delivering.
OUTBOX_SECONDS = 600


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        logger.warning("the database does not answer: %s", error)
        return False
    return True


def cache_answers() -> bool:
    cache.set("readyz", "1", 10)
    return bool(cache.get("readyz") == "1")


def broker_answers() -> bool:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("the broker does not answer: %s", error)
        return False
    return True


def mail_goes_out() -> bool:
    return outbox.oldest_due(timezone.now()).total_seconds() < OUTBOX_SECONDS


# Without these pages are served, mail is written and people sign in: the site limps, and sending visitors elsewhere
# would not help.
LIMPING: dict[str, Callable[[], bool]] = {
    "cache": cache_answers,
    "broker": broker_answers,
    "outbox": mail_goes_out,
}


@access.anyone
@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """This process answers; nothing is asked of others."""
    return JsonResponse({"status": "ok"})


@access.anyone
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether to send visitors here: 503 without a database, 'degraded' without what can be done without."""
    if not database_answers():
        return JsonResponse({"status": "down", "checks": {"database": False}}, status=503)
    checks = {"database": True} | {name: answers() for name, answers in LIMPING.items()}
    return JsonResponse({"status": "ok" if all(checks.values()) else "degraded", "checks": checks})
