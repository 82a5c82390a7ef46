from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from kring.demo.loading import load


class Command(BaseCommand):
    help = "Loads the demo circle into an empty database; leaves a database with organisations as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", type=dt.date.fromisoformat, help="the day that it is in the demo")

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load(options["today"] or timezone.localdate())
        self.stdout.write("The demo circle is loaded." if loaded else "The data of last time is kept.")
