"""What an agenda fills itself with, and who may read it there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from commitments.models import CommitmentState
from kring.foundation.text import markdown, plain_text
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


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("Werf Noord B.V. - 1.5 uur, #3!", "Werf Noord B.V. - 1.5 uur, #3!"),
        ("- geen lijst", "\\- geen lijst"),
        ("1. geen lijst", "1\\. geen lijst"),
        ("# geen kop", "\\# geen kop"),
        ("geen *ster* of [link](https://x.example) &amp; <b>", None),
    ],
)
def test_words_of_others_are_no_markdown_and_stay_readable(words: str, written: str | None) -> None:
    plain = filling.plain(words)

    assert plain_text(f"- {plain}") == plain_text(plain) == words
    assert str(markdown(plain)).startswith("<p>")
    assert written in (None, plain)


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
