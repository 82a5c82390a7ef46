from __future__ import annotations

import datetime as dt
import json
import uuid
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DATA = Path(__file__).resolve().parent.parent / "data"
REFERENCE = dt.date(2015, 11, 23)
ZONE = ZoneInfo("Europe/Amsterdam")
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://www.socialekring.example/demo")


class Source:
    """The demo's files, and its dates as they are this week."""

    def __init__(self, today: dt.date) -> None:
        monday = today - dt.timedelta(days=today.weekday())
        self.shift = monday - REFERENCE
        self.today = today

    @staticmethod
    def rows(name: str) -> Any:
        return json.loads((DATA / f"{name}.json").read_text())

    @staticmethod
    def uuid(kind: str, name: str) -> uuid.UUID:
        """The same for the same thing every time, so that an address of the demo stays what it is."""
        return uuid.uuid5(NAMESPACE, f"{kind}/{name}")

    def day(self, text: str | None) -> dt.date | None:
        return dt.date.fromisoformat(text) + self.shift if text else None

    def date(self, text: str) -> dt.date:
        return dt.date.fromisoformat(text) + self.shift

    def moment(self, text: str, hour: int = 10) -> dt.datetime:
        """A time of the day on that date."""
        return dt.datetime.combine(self.date(text), dt.time(hour), tzinfo=ZONE)
