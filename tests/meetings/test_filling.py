"""What an agenda fills itself with, and who may read it there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from commitments.models import CommitmentState
from kring.meetings import filling
from kring.meetings.models import (
    ActionState,
    Fill,
    Meeting,
    MeetingState,
    MinutesAudience,
    Openness,
    Outcome,
    OutcomeKind,
)
from tests.conftest import Cast
from tests.factories import CommitmentFactory, MeetingFactory, MinutesFactory, OutcomeFactory, evening

pytestmark = pytest.mark.django_db

A = MinutesAudience


def action(meeting: Meeting, **more: Any) -> Outcome:
    made: Outcome = OutcomeFactory(meeting=meeting, kind=OutcomeKind.ACTION, **more)
    return made


def texts(meeting: Meeting) -> list[str]:
    return [each.text for each in filling.earlier_actions(meeting)]


def test_agenda_repeats_only_what_all_its_readers_may_know() -> None:
    public, members = MeetingFactory(), MeetingFactory(visibility=Openness.MEMBERS)
    for number, (visibility, audience) in enumerate(
        [
            (Openness.PUBLIC, A.PUBLIC),
            (Openness.PUBLIC, A.MEMBERS),
            (Openness.MEMBERS, A.PUBLIC),
            (Openness.PUBLIC, A.PRESENT),
            (Openness.PUBLIC, ""),
        ]
    ):
        before = MeetingFactory(starts_at=evening(days=-60), state=MeetingState.HELD, visibility=visibility)
        action(before, text=f"{number} {visibility} {audience}")
        if audience:
            MinutesFactory(meeting=before, audience=audience)
    written = MeetingFactory(starts_at=evening(days=-9), state=MeetingState.HELD)
    MinutesFactory(meeting=written, published_at=None)
    action(written, text="Nog niet gepubliceerd")

    assert texts(public) == ["0 public public"]
    assert texts(members) == ["0 public public", "1 public members", "2 members public"]
    Meeting.objects.filter(state=MeetingState.HELD).update(visibility=Openness.MEMBERS)
    assert [filling.is_anything_due(each, Fill.ACTIONS) for each in (public, members)] == [False, True]


def test_action_that_became_a_commitment_goes_as_that_goes(cast: Cast) -> None:
    before = MeetingFactory(starts_at=evening(days=-60), state=MeetingState.HELD)
    last = MeetingFactory(starts_at=evening(days=-30), state=MeetingState.HELD)
    MinutesFactory(meeting=before)
    long_ago, lately = last.starts_at - dt.timedelta(days=3), last.starts_at + dt.timedelta(days=3)
    states = [
        ("lang geleden nagekomen", CommitmentState.KEPT, long_ago),
        ("pas nagekomen", CommitmentState.KEPT, lately),
        ("bezig", CommitmentState.STARTED, long_ago),
    ]
    for text, state, moved_at in states:
        about = {"promisor": cast.firm, "state": state, "moved_at": moved_at, "confirmed": 1}
        action(before, text=text, commitment=CommitmentFactory(**about))
    action(before, text="gedaan", action_state=ActionState.DONE, done_on=timezone.localdate(lately))

    found = list(filling.earlier_actions(MeetingFactory()))

    assert [each.text for each in found] == ["bezig", "pas nagekomen", "gedaan"]
    assert [filling.stand_of(each) for each in found[:2]] == ["bezig", "nagekomen"]
