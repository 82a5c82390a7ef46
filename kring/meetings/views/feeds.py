"""Meetings for calendars, feed readers and sites that show a link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.foundation import typesetting, visitors
from kring.foundation.models import Circle
from kring.foundation.text import markdown
from kring.foundation.views import unavailable
from kring.foundation.wording import long_datetime
from kring.mail.posting import site
from kring.meetings import calendars, limits, policies, share_card, standing
from kring.meetings.models import Meeting, MeetingState

IN_FEED = 30


def _state() -> str:
    return f"{timezone.localdate()}{visitors.recently(standing.stamp)}"


@access.anyone
@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """One meeting to put in a calendar."""
    meeting = policies.visible_meeting(request.user, slug)
    response = HttpResponse(calendars.calendar([meeting]), content_type=calendars.MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{meeting.slug}.ics"'
    return response


@access.anyone
@require_safe
def calendar_of_all(request: HttpRequest) -> HttpResponse:
    """To subscribe to: the same for everybody, so only what everybody may know."""

    def made() -> HttpResponse:
        return HttpResponse(calendars.calendar(calendars.subscribed()), content_type=calendars.MEDIA_TYPE)

    return visitors.shared(request, _state, made)


@access.anyone
@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """RFC 4287: new meetings, and what changed."""
    return visitors.shared(request, _state, _atom)


def _atom() -> HttpResponse:
    circle = Circle.current()
    feed = Atom1Feed(
        title=_("Bijeenkomsten van %(circle)s") % {"circle": circle.full_name},
        link=site("/bijeenkomsten/"),
        feed_url=site("/feeds/bijeenkomsten.atom"),
        description=circle.tagline,
        language="nl",
    )
    for meeting in Meeting.objects.public().order_by("-published_at", "-pk")[:IN_FEED]:
        called_off = meeting.state == MeetingState.CANCELLED
        title = _("Gaat niet door: %(title)s") % {"title": meeting.title} if called_off else meeting.title
        feed.add_item(
            title=title,
            link=site(meeting.get_absolute_url()),
            unique_id=f"urn:uuid:{meeting.uuid}",
            description=f"<p>{long_datetime(meeting.starts_at)}</p>{markdown(meeting.intro)}",
            pubdate=meeting.published_at,
            updateddate=meeting.updated_at,
            author_name=circle.full_name,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@access.anyone
@require_safe
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture beside a shared link."""
    meeting = policies.visible_meeting(request.user, slug)
    if limits.too_many_cards(request):
        return HttpResponse(status=429)
    try:
        made = share_card.picture(meeting)
    except typesetting.Busy:
        return unavailable()
    response = HttpResponse(made, content_type="image/png")
    response["Cache-Control"] = "public, max-age=3600" if meeting.is_public else "private, no-store"
    return response
