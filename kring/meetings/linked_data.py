"""A meeting as search engines read it: an Event in the words of schema.org. Nobody who comes is in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from kring.foundation.models import Circle
from kring.foundation.text import excerpt, plain_text
from kring.meetings.models import Meeting, MeetingState
from members.linked_data import MAX_DESCRIPTION, site_url

SCHEMA = "https://schema.org"


def of(meeting: Meeting, now: dt.datetime) -> dict[str, Any]:
    page = site_url(meeting.get_absolute_url())
    called_off = meeting.state == MeetingState.CANCELLED
    node = {
        "@context": SCHEMA,
        "@type": "Event",
        "@id": f"{page}#bijeenkomst",
        "name": meeting.title,
        "description": excerpt(plain_text(meeting.intro), MAX_DESCRIPTION),
        "url": page,
        "image": site_url(f"{meeting.get_absolute_url()}deelkaart.png"),
        "startDate": timezone.localtime(meeting.starts_at).isoformat(),
        "endDate": timezone.localtime(meeting.ends_at).isoformat(),
        "eventStatus": f"{SCHEMA}/{'EventCancelled' if called_off else 'EventScheduled'}",
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
        "isAccessibleForFree": True,
        "inLanguage": "nl",
        "maximumAttendeeCapacity": meeting.capacity,
        "remainingAttendeeCapacity": meeting.free,
        "location": _place(meeting),
        "organizer": {"@type": "Organization", "name": Circle.current().full_name, "url": site_url("/")},
        "offers": _offer(meeting, now, page),
    }
    return {name: value for name, value in node.items() if value not in (None, "")}


def _place(meeting: Meeting) -> dict[str, Any]:
    return {"@type": "Place", "name": meeting.venue, "address": meeting.address or Circle.current().city}


def _offer(meeting: Meeting, now: dt.datetime, page: str) -> dict[str, Any] | None:
    if not meeting.takes_sign_ups(now):
        return None
    left = "SoldOut" if meeting.free == 0 else "InStock"
    return {
        "@type": "Offer",
        "price": "0",
        "priceCurrency": "EUR",
        "availability": f"{SCHEMA}/{left}",
        "url": f"{page}aanmelden/",
    }
