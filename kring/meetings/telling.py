"""What the newsletter and each member's digest tell of meetings."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.accounts.models import User
from kring.foundation import news
from kring.foundation.wording import long_datetime
from kring.meetings.models import Meeting, MeetingState

MOST = 3


def told(meetings: QuerySet[Meeting]) -> list[news.Item]:
    return [
        news.Item(each.title, each.get_absolute_url(), _("%(when)s, %(where)s") % _when_and_where(each))
        for each in meetings
    ]


def _when_and_where(meeting: Meeting) -> dict[str, Any]:
    return {"when": long_datetime(meeting.starts_at), "where": meeting.venue}


def coming(meetings: QuerySet[Meeting], span: news.Span) -> QuerySet[Meeting]:
    return meetings.filter(state=MeetingState.PUBLISHED).coming(span.until)  # type: ignore[attr-defined, no-any-return]


def block(span: news.Span, most: int) -> list[news.Item]:
    return told(coming(Meeting.objects.public(), span)[:most])


def new_to_me(user: User, span: news.Span) -> list[news.Item]:
    """What was announced since the last digest."""
    mine = coming(Meeting.objects.visible_to(user), span).filter(published_at__gt=span.since)
    return told(mine[:MOST])


news.register_block(
    news.Block(
        "meetings",
        gettext_lazy("Bijeenkomsten die komen"),
        block,
        hint=gettext_lazy("Wanneer en waar, met een link om je aan te melden."),
        more="meetings:list",
        more_label=gettext_lazy("Bekijk alle bijeenkomsten"),
        order=30,
    )
)
news.register_part(news.Part("meetings", gettext_lazy("Kom je ook?"), new_to_me, order=30))
