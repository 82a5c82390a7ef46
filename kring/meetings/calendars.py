"""Meetings as iCalendar (RFC 5545): one, or all that everybody may know, to subscribe to.

The UID never changes and SEQUENCE goes up with each change, so that a calendar replaces what it has; what was called
off stays in, as cancelled, so that it disappears there too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

from kring.foundation.models import Circle
from kring.foundation.text import plain_text
from kring.mail.posting import site
from kring.meetings.models import Meeting, MeetingState

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Sociale Kring//Bijeenkomsten//NL"
# How far back a subscription goes, and how often programs that can be told so should ask again.
PAST = dt.timedelta(days=366)
ASK_AGAIN = "PT6H"
MOST = 500


def uid(meeting: Meeting) -> str:
    return f"{meeting.uuid}@{settings.SITE_HOST}"


def calendar(meetings: Iterable[Meeting]) -> bytes:
    circle = Circle.current()
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", circle.full_name)
    made.add("x-published-ttl", ASK_AGAIN)
    for meeting in meetings:
        made.add_component(event(meeting, circle))
    return bytes(made.to_ical())


def event(meeting: Meeting, circle: Circle) -> Event:
    made = Event()
    made.add("uid", uid(meeting))
    made.add("sequence", meeting.sequence)
    made.add("dtstamp", meeting.updated_at.astimezone(dt.UTC))
    made.add("last-modified", meeting.updated_at.astimezone(dt.UTC))
    made.add("created", meeting.created_at.astimezone(dt.UTC))
    made.add("dtstart", meeting.starts_at.astimezone(dt.UTC))
    made.add("dtend", meeting.ends_at.astimezone(dt.UTC))
    made.add("summary", meeting.title)
    made.add("location", ", ".join(filter(None, (meeting.venue, meeting.address))))
    made.add("description", _description(meeting))
    made.add("url", site(meeting.get_absolute_url()))
    made.add("status", "CANCELLED" if meeting.state == MeetingState.CANCELLED else "CONFIRMED")
    made.add("transp", "OPAQUE")
    if circle.email:
        organiser = vCalAddress(f"mailto:{circle.email}")
        organiser.params["cn"] = vText(circle.full_name)
        made.add("organizer", organiser)
    return made


def _description(meeting: Meeting) -> str:
    parts = (plain_text(meeting.intro), meeting.practical, meeting.cancel_reason, site(meeting.get_absolute_url()))
    return "\n\n".join(part for part in parts if part)


def subscribed() -> list[Meeting]:
    """What a subscription holds: all that everybody may know, and not of long ago."""
    since = timezone.now() - PAST
    return list(Meeting.objects.public().filter(ends_at__gt=since).order_by("starts_at", "pk")[:MOST])
