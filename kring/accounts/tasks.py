from celery import shared_task
from django.utils import timezone

from kring.accounts import sessions


@shared_task
def forget_sessions() -> None:
    sessions.forget_ended(timezone.now())
