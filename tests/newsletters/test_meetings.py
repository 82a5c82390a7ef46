"""What the rooms of meetings and newsletters have of each other."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from kring.foundation import news
from kring.meetings import audiences
from kring.meetings.models import MeetingState, Openness
from tests.conftest import Cast
from tests.factories import MeetingFactory, NewsletterAudienceFactory, SubscriberFactory, evening

pytestmark = pytest.mark.django_db


def test_block_tells_of_public_meetings_to_come() -> None:
    later = MeetingFactory(title="Kerstborrel", starts_at=evening(days=30))
    soon = MeetingFactory(title="Ledenavond")
    MeetingFactory(title="Besloten", visibility=Openness.MEMBERS)
    MeetingFactory(title="Afgelast", state=MeetingState.CANCELLED)
    MeetingFactory(title="Geweest", starts_at=evening(days=-3), state=MeetingState.HELD)
    now = timezone.now()
    block = news.block("meetings")

    assert block is not None
    items = block.find(news.Span(now - dt.timedelta(days=30), now), 5)
    assert [item.title for item in items] == [soon.title, later.title]
    assert items[0].url == soon.get_absolute_url()
    assert soon.venue in items[0].text


def test_digest_tells_members_of_what_was_announced_since(cast: Cast) -> None:
    now = timezone.now()
    MeetingFactory(title="Al bekend", published_at=now - dt.timedelta(days=60))
    MeetingFactory(title="Voor de kring", visibility=Openness.MEMBERS, published_at=now)
    part = next(each for each in news.parts() if each.slug == "meetings")

    found = part.find(cast.owner, news.Span(now - dt.timedelta(days=30), now + dt.timedelta(minutes=1)))

    assert [item.title for item in found] == ["Voor de kring"]


def test_saved_audience_can_be_invited(cast: Cast) -> None:
    SubscriberFactory(email="lezer@voorbeeld.example")
    saved = NewsletterAudienceFactory(name="Alle lezers")

    audience = audiences.named(f"newsletter-{saved.uuid}")

    assert audience is not None
    assert str(audience.label) == "Alle lezers"
    assert [to.email for to in audiences.recipients(audience, MeetingFactory())] == ["lezer@voorbeeld.example"]
