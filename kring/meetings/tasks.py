from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from kring.meetings import inviting, reminding, retention, signing_up


@shared_task
def remind() -> None:
    signing_up.expire_offers(timezone.now())
    reminding.remind(timezone.now())


@shared_task
def invite() -> None:
    inviting.go_on(timezone.now())


@shared_task
def forget() -> None:
    retention.forget(timezone.now())
