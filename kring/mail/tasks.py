from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from kring.mail import delivery, mailbox, outbox, retention


@shared_task
def deliver() -> None:
    delivery.deliver()


@shared_task
def deliver_codes() -> None:
    delivery.deliver(only_codes=True)


@shared_task
def reclaim() -> None:
    if delivery.reclaim(timezone.now()):
        outbox.wake()


@shared_task
def read_returns() -> None:
    mailbox.read_returns()


@shared_task
def erase_bodies() -> None:
    retention.erase_bodies(timezone.now())
    retention.erase_stencils(timezone.now())
    retention.forget_links(timezone.now())
    retention.erase_readers(timezone.now())
    retention.forget_messages(timezone.now())
