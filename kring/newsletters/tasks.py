from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from kring.newsletters import digests, figures, sending, subscribing, weekly


@shared_task
def send() -> None:
    """What is scheduled begins, and what began goes on."""
    sending.begin_scheduled(timezone.now())
    sending.carry_on(timezone.now())


@shared_task
def make_digests() -> None:
    digests.make_due(timezone.now())


@shared_task
def make_suggestions() -> None:
    weekly.make_due(timezone.now())


@shared_task
def keep_house() -> None:
    subscribing.forget(timezone.now())
    digests.forget(timezone.now())
    weekly.forget(timezone.now())
    figures.settle(timezone.now())
