from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from kring.board.importing import working


@shared_task
def carry_on(number: int) -> None:
    working.carry_on(number)


@shared_task
def carry_on_all() -> None:
    working.carry_on_all()


@shared_task
def forget_imports() -> None:
    working.forget(timezone.now())
