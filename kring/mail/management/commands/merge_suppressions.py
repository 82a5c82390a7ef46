"""After a restore, before anything is sent: `manage.py merge_suppressions < no-mail.jsonl`."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kring.mail import keeping


class Command(BaseCommand):
    help = "Takes in what export_suppressions wrote; the last word of both counts. All of it, or nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changed = keeping.merge(sys.stdin)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{changed} changed")
