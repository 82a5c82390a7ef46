"""The Celery application and its clock.

Nothing depends on the moment a task runs: each one selects what is due in the
database, so a missed tick catches up and two clocks do no harm.
"""

import gc
import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# What is due is selected, so these only say how soon mail goes that nobody was woken for, and a reminder when its day
# has come.
DELIVER_SECONDS = float(os.environ.get("DELIVER_SECONDS", "60"))
REMIND_SECONDS = float(os.environ.get("REMIND_SECONDS", "900"))
# How soon a newsletter that is scheduled, or was sent a moment ago, is on its way.
SEND_SECONDS = float(os.environ.get("SEND_SECONDS", "10"))

app = Celery("kring")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def settle(**_told: Any) -> None:
    """What is loaded by now stays: the collector need not go through it again, which took a tenth of a newsletter."""
    gc.collect()
    gc.freeze()


app.conf.beat_schedule = {
    "deliver mail": {"task": "kring.mail.tasks.deliver", "schedule": DELIVER_SECONDS},
    "deliver codes": {"task": "kring.mail.tasks.deliver_codes", "schedule": DELIVER_SECONDS},
    "reclaim mail of dead workers": {"task": "kring.mail.tasks.reclaim", "schedule": 300.0},
    "read what came back": {"task": "kring.mail.tasks.read_returns", "schedule": 300.0},
    "erase old mail bodies": {"task": "kring.mail.tasks.erase_bodies", "schedule": crontab(hour=3, minute=10)},
    "forget sessions that ended": {
        "task": "kring.accounts.tasks.forget_sessions",
        "schedule": crontab(hour=3, minute=20),
    },
    "queue reminders": {"task": "commitments.tasks.remind", "schedule": REMIND_SECONDS},
    "offer places and remind of meetings": {"task": "kring.meetings.tasks.remind", "schedule": REMIND_SECONDS},
    "write invitations to meetings": {"task": "kring.meetings.tasks.invite", "schedule": DELIVER_SECONDS},
    "forget who came to meetings": {"task": "kring.meetings.tasks.forget", "schedule": crontab(minute=40)},
    "settle memberships and applications": {"task": "members.tasks.settle", "schedule": crontab(minute=10)},
    "ask whether profiles are true": {
        "task": "members.tasks.ask_whether_profiles_are_true",
        "schedule": crontab(hour=7, minute=40),
    },
    "go on with imports": {"task": "kring.board.tasks.carry_on_all", "schedule": 60.0},
    "forget imports": {"task": "kring.board.tasks.forget_imports", "schedule": crontab(hour=3, minute=40)},
    "ask whether needs still stand": {
        "task": "offerings.tasks.ask_whether_needs_stand",
        "schedule": crontab(hour=7, minute=50),
    },
    "forget old searches": {"task": "offerings.tasks.forget_old_searches", "schedule": crontab(hour=3, minute=30)},
    # By day, since it writes mail; each hour, since an hour may be missed.
    "keep the menu card true": {"task": "offerings.tasks.keep_true", "schedule": crontab(hour="7-20", minute=50)},
    "lapse what nobody answered": {"task": "commitments.tasks.lapse", "schedule": crontab(minute=20)},
    "send newsletters": {"task": "kring.newsletters.tasks.send", "schedule": SEND_SECONDS},
    # Each month on its first day, and on any later day for whom that was missed.
    "make digests": {"task": "kring.newsletters.tasks.make_digests", "schedule": crontab(hour="8-18", minute=5)},
    # Each week on its Monday, likewise.
    "suggest what suits": {
        "task": "kring.newsletters.tasks.make_suggestions",
        "schedule": crontab(hour="8-18", minute=25),
    },
    "keep the newsletters' house": {
        "task": "kring.newsletters.tasks.keep_house",
        "schedule": crontab(minute=35),
    },
}
