from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from offerings import asked, freshness, need_notices


@shared_task
def keep_true() -> None:
    freshness.keep_true(timezone.now())


@shared_task
def ask_whether_needs_stand() -> None:
    need_notices.ask_whether_they_stand(timezone.localdate())


@shared_task
def forget_old_searches() -> None:
    asked.forget_old(timezone.localdate())
