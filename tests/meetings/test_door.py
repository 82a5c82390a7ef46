"""At the door: who is looked for, who is let in, and in whose name a line is written down."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from kring.foundation.actors import Actor
from kring.meetings import evening as evenings
from kring.meetings import figures, pledging, preparing
from kring.meetings.models import Meeting, MeetingState, Outcome, SignUp, SignUpState, StepNotAllowed, person_of
from tests.conftest import Cast
from tests.factories import MeetingFactory, OutcomeFactory, SignUpFactory, evening
from tests.test_twice import at_once

pytestmark = pytest.mark.django_db

S = SignUpState


def tonight(**more: Any) -> Meeting:
    made: Meeting = MeetingFactory(starts_at=timezone.now() + dt.timedelta(hours=1), **more)
    return made


def path_of(meeting: Meeting, more: str = "") -> str:
    return f"/bestuur/bijeenkomsten/{meeting.slug}/avond/{more}"


def at_the_door(**more: Any) -> dict[str, str]:
    return {"name": "Nadia Bos", "people": "1", "once": str(uuid.uuid4())} | more


def test_who_is_not_in_yet_stands_first_and_the_rest_is_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = tonight()
    SignUpFactory(meeting=meeting, name="Anna", came=1, checked_in_at=timezone.now())
    for name in ("Zoë", "Bram", "Cor"):
        SignUpFactory(meeting=meeting, name=name)
    monkeypatch.setattr(evenings, "SHOWN", 2)

    answer = cast.client("board").get(path_of(meeting, "wie/"))

    assert [each.name for each in answer.context["expected"]] == ["Bram", "Cor"]
    assert "En nog 2: zoek op naam of organisatie." in answer.content.decode()


def test_who_walks_in_with_an_address_is_known_again(cast: Cast) -> None:
    meeting, board = tonight(), cast.client("board")

    board.post(path_of(meeting, "wie/erbij/"), at_the_door(email="nadia@bos.example"))

    guest = SignUp.objects.get()
    assert (guest.email, guest.person, guest.walked_in) == ("nadia@bos.example", person_of("nadia@bos.example"), True)
    assert figures.of(meeting).first_timers == 1


def test_who_walks_in_and_had_signed_up_is_checked_in(cast: Cast) -> None:
    meeting, board = tonight(), cast.client("board")
    known = SignUpFactory(meeting=meeting, email="nadia@bos.example", people=2)

    answer = board.post(path_of(meeting, "wie/erbij/"), at_the_door(email="Nadia@bos.example", people="3"))

    known.refresh_from_db()
    assert (answer.status_code, SignUp.objects.count(), known.came, known.walked_in) == (302, 1, 3, False)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_let_one_guest_in() -> None:
    meeting, once = tonight(), uuid.uuid4()

    def press() -> str:
        return str(evenings.walk_in(SignUp(meeting=meeting, name="Nadia", once=once), timezone.now()).uuid)

    assert len(set(at_once(press, press, press))) == 1
    assert SignUp.objects.get().came == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_meeting(cast: Cast) -> None:
    once, by = uuid.uuid4(), Actor.of(cast.board)

    def press() -> str:
        when = {"starts_at": evening(), "ends_at": evening(hour=21)}
        meeting = Meeting(title="Najaar", venue="Hier", once=once, **when)
        return preparing.make(meeting, by, timezone.now()).slug

    assert len(set(at_once(press, press, press))) == 1
    assert Meeting.objects.count() == 1


def test_who_was_offered_a_place_takes_it_by_coming() -> None:
    meeting = tonight(capacity=1)
    offered = SignUpFactory(meeting=meeting, state=S.OFFERED, offer_until=meeting.starts_at)

    evenings.check_in(offered, timezone.now(), people=1)

    meeting.refresh_from_db()
    assert (offered.state, offered.walked_in, meeting.taken) == (S.GOING, False, 1)


@pytest.mark.parametrize("state", [MeetingState.DRAFT, MeetingState.CANCELLED])
def test_what_does_not_take_place_lets_nobody_in_and_takes_no_lines(cast: Cast, state: str) -> None:
    meeting, board = tonight(state=state), cast.client("board")
    guest = SignUpFactory(meeting=meeting)
    OutcomeFactory(meeting=meeting, organisation=cast.firm)
    line = {"kind": "idea", "text": "Een buurtfeest", "once": str(uuid.uuid4())}

    answers = [
        board.post(path_of(meeting, f"wie/{guest.uuid}/"), {"people": "1"}),
        board.post(path_of(meeting, "wie/erbij/"), at_the_door()),
        board.post(path_of(meeting, "opschrijven/"), line),
    ]

    assert [answer.status_code for answer in answers] == [302, 409, 409]
    kept = [answers[1].context["form"]["name"].value(), answers[2].context["form"]["text"].value()]
    assert kept == [at_the_door()["name"], "Een buurtfeest"]
    assert "Opschrijven kan alleen bij een bijeenkomst die doorgaat." in answers[2].content.decode()
    assert (SignUp.objects.came().count(), SignUp.objects.count(), Outcome.objects.count()) == (0, 1, 1)
    with pytest.raises(StepNotAllowed):
        pledging.propose_all(meeting, Actor.of(cast.board), timezone.now())
    proposed = board.post(f"/bestuur/bijeenkomsten/{meeting.slug}/uitkomsten/voorstellen/")
    assert (proposed.status_code, Outcome.objects.get().commitment) == (302, None)


def test_door_opens_some_hours_before_the_start(cast: Cast) -> None:
    meeting = MeetingFactory()
    guest = SignUpFactory(meeting=meeting)
    opens = meeting.starts_at - evenings.DOOR_OPENS

    with pytest.raises(StepNotAllowed):
        evenings.check_in(guest, opens - dt.timedelta(minutes=1), people=1)
    evenings.check_in(guest, opens, people=1)

    assert guest.came == 1
    assert "Inchecken kan vanaf" in cast.client("board").get(path_of(meeting, "wie/")).content.decode()


def test_line_is_of_a_guest_only_when_one_has_that_name() -> None:
    meeting = tonight()
    SignUpFactory(meeting=meeting, name="Jan de Vries", organisation_name="")
    second = SignUpFactory(meeting=meeting, name="jan de vries", organisation_name="Club")
    two, one = Outcome(meeting=meeting), Outcome(meeting=meeting)

    evenings.name_whose(two, "Jan de Vries")
    evenings.name_whose(one, "Club")

    assert (two.sign_up, two.who) == (None, "Jan de Vries")
    assert one.sign_up == second
