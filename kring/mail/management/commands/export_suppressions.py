"""To be kept beside each backup, and more often: `manage.py export_suppressions > no-mail.jsonl`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kring.mail import keeping


class Command(BaseCommand):
    help = "Writes who gets no mail to standard output, a line for each, without addresses."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in keeping.lines():
            self.stdout.write(line)
