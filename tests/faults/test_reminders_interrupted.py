"""The clock of the reminders is killed in the middle, runs twice at once, or its task is lost: each hears it once."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from commitments import reminders
from commitments.models import Outcome, Reminder, ReminderCopy
from commitments.tasks import remind as task
from config.embedded import child
from kring.mail.models import Message
from tests.factories import BusinessFactory, CommitmentFactory, OrganisationFactory
from tests.processes import wait_until
from tests.product import ROOT, environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

PEOPLE, EACH = 60, 2
NOW = timezone.make_aware(dt.datetime(2026, 12, 18, 9))
RUN = """
import datetime, django
django.setup()
from commitments import reminders
reminders.remind(datetime.datetime.fromisoformat("{}"))
"""


def write_promises() -> None:
    """Two that are due today for each of some people."""
    receiver = OrganisationFactory()
    for number in range(PEOPLE):
        firm = BusinessFactory(email=f"firma-{number}@voorbeeld.example")
        CommitmentFactory.create_batch(EACH, promisor=firm, beneficiary=receiver, due_on=NOW.date())


def clock(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", RUN.format(NOW.isoformat())]
    with (folder / "clock.log").open("ab") as log:
        return child(command, cwd=ROOT, env=environment(8000, folder, 9), stdout=log, stderr=log)


def test_killed_and_doubled_clocks_say_it_once(tmp_path: Path, reminder_rules: None) -> None:
    write_promises()
    for begun in (lambda: ReminderCopy.objects.count() > 20, lambda: Message.objects.count() > 10):
        process = clock(tmp_path)
        try:
            wait_until(begun)
        finally:
            process.kill()
            process.wait()
    interrupted = Message.objects.count()
    both = [clock(tmp_path) for _ in range(2)]
    for process in both:
        assert process.wait(120) == 0, (tmp_path / "clock.log").read_text()[-2000:]

    assert 0 < interrupted < PEOPLE
    assert sorted(Message.objects.values_list("email", flat=True)) == sorted(
        f"firma-{number}@voorbeeld.example" for number in range(PEOPLE)
    )
    said = Reminder.objects.filter(rule__slug="due-0", outcome=Outcome.SAID)
    assert said.count() == PEOPLE * EACH
    assert not ReminderCopy.objects.filter(told_on=None).exists()


def test_task_that_the_broker_lost_is_made_up_for(reminder_rules: None) -> None:
    firm = BusinessFactory(email="firma@voorbeeld.example")
    CommitmentFactory(promisor=firm, beneficiary=OrganisationFactory(), due_on=timezone.localdate(NOW))
    task.delay()
    assert task.app.control.purge() == 1

    for _ in range(2):
        reminders.remind(NOW + dt.timedelta(minutes=15))
    assert Message.objects.count() == 1
