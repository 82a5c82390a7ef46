from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from kring.mail import delivery, outbox
from kring.mail.models import Message


@shared_task
def deliver() -> None:
    delivery.deliver()
    if Message.objects.due(timezone.now()).exists():
        outbox.wake()


@shared_task
def reclaim() -> None:
    if delivery.reclaim(timezone.now()):
        outbox.wake()


@shared_task
def erase_bodies() -> None:
    delivery.erase_bodies(timezone.now())
