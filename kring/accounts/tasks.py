from celery import shared_task
from django.utils import timezone

from kring.accounts import sessions, tokens


@shared_task
def forget_sessions() -> None:
    sessions.forget_ended(timezone.now())
    tokens.forget_over(timezone.now())
