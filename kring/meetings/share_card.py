"""The picture that goes along when somebody shares a meeting: title, day and place, typeset as on the menu card."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kring.foundation import typesetting
from kring.foundation.models import Circle
from kring.foundation.wording import clock, long_date
from kring.meetings.models import Meeting, MeetingState

WIDTH, HEIGHT = 1200, 630  # as the sites that show such cards ask for
SECONDS = 60 * 60 * 24
TEMPLATE = Path(__file__).resolve().parent / "typst" / "share_card.typ"
DESIGN = TEMPLATE.read_bytes()


def picture(meeting: Meeting) -> bytes:
    """PNG. Raises typesetting.Busy."""
    circle = Circle.current()
    told = {
        "lang": get_language() or "nl",
        "title": meeting.title,
        "moment": f"{long_date(meeting.starts_at)}, {clock(meeting.starts_at)}",
        "venue": meeting.venue,
        "circle": circle.full_name,
        "accent": circle.accent,
        "called_off": _("Gaat niet door") if meeting.state == MeetingState.CANCELLED else "",
    }
    key = f"share-card:{hashlib.blake2b(DESIGN + json.dumps(told).encode(), digest_size=16).hexdigest()}"
    kept: bytes | None = cache.get(key)
    if kept is None:
        kept = typesetting.png(TEMPLATE, told)
        cache.set(key, kept, SECONDS)
    return kept
