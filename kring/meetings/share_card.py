"""The picture that goes along when somebody shares a meeting: title, day and place, typeset as on the menu card."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import typst
from django.core.cache import cache

from kring.foundation.models import Circle
from kring.foundation.wording import clock, long_date
from kring.meetings.models import Meeting, MeetingState

WIDTH, HEIGHT = 1200, 630  # as the sites that show such cards ask for
SECONDS = 60 * 60 * 24
DESIGN = (Path(__file__).parent / "share_card.typ").read_bytes()


def picture(meeting: Meeting) -> bytes:
    """PNG. What people wrote reaches the typesetter as data, never as its language."""
    circle = Circle.current()
    told = {
        "title": meeting.title,
        "day": long_date(meeting.starts_at),
        "time": clock(meeting.starts_at),
        "venue": meeting.venue,
        "circle": circle.full_name,
        "accent": circle.accent,
        "called_off": meeting.state == MeetingState.CANCELLED,
    }
    data = json.dumps(told, ensure_ascii=False)
    key = f"share-card:{hashlib.blake2b(DESIGN + data.encode(), digest_size=16).hexdigest()}"
    kept: bytes | None = cache.get(key)
    if kept is None:
        kept = typst.compile(DESIGN, format="png", ppi=72, sys_inputs={"told": data})
        cache.set(key, kept, SECONDS)
    return kept
