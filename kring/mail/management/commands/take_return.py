"""For a mail server that pipes what comes back: `| manage.py take_return`.

It ends well also for what it does not understand: else the mail server would report a failure about a failure.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from kring.mail import reports


class Command(BaseCommand):
    help = "Reads one mail that came back from standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        was_report = reports.take(sys.stdin.buffer.read(reports.MOST_BYTES), timezone.now())
        self.stdout.write("noted" if was_report else "no report about a message of ours")
