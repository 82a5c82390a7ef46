from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from kring.newsletters import figures, sending, subscribing
from kring.newsletters.digests import DIGEST
from kring.newsletters.weekly import TIPS


@shared_task
def send() -> None:
    """What is scheduled begins, and what began goes on."""
    sending.begin_scheduled(timezone.now())
    sending.carry_on(timezone.now())


@shared_task
def make_digests() -> None:
    DIGEST.make_due(timezone.now())


@shared_task
def make_suggestions() -> None:
    TIPS.make_due(timezone.now())


@shared_task
def keep_house() -> None:
    subscribing.forget(timezone.now())
    DIGEST.forget(timezone.now())
    TIPS.forget(timezone.now())
    figures.settle(timezone.now())
