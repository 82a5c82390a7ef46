from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from commitments import contacts, reminders, waiting


@shared_task
def remind() -> None:
    reminders.remind(timezone.now())
    waiting.remind_receivers(timezone.now())
    waiting.nudge_both_sides(timezone.now())


@shared_task
def lapse() -> None:
    for settle in (
        waiting.lapse_proposals,
        waiting.drop_date_proposals,
        waiting.keep_by_silence,
        waiting.expire_enquiries,
        waiting.forget_unconfirmed,
        contacts.move_on,
    ):
        settle(timezone.now())
