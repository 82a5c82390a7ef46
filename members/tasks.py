from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from members import applying, belonging, profiling


@shared_task
def settle() -> None:
    """What the passing of time alone decides."""
    applying.forget_unconfirmed(timezone.now())
    belonging.close_run_out(timezone.now())


@shared_task
def ask_whether_profiles_are_true() -> None:
    profiling.ask_whether_true(timezone.now())
