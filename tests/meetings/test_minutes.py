"""Minutes of two who write at once, and lines of the evening that became something."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from commitments.models import Commitment, Visibility
from kring.foundation.actors import Actor
from kring.mail.models import Message
from kring.meetings import ideas, pledging, writing
from kring.meetings.models import (
    Meeting,
    MeetingState,
    Minutes,
    MinutesAudience,
    Openness,
    Outcome,
    OutcomeKind,
    StepNotAllowed,
)
from offerings.models import Means
from tests.conftest import Cast
from tests.factories import (
    AgendaItemFactory,
    BoardMemberFactory,
    MeetingFactory,
    MinutesFactory,
    OutcomeFactory,
    SignUpFactory,
    evening,
)

pytestmark = pytest.mark.django_db

A = MinutesAudience


def held(**more: Any) -> Meeting:
    made: Meeting = MeetingFactory(starts_at=evening(days=-1), state=MeetingState.HELD, **more)
    return made


def path_of(meeting: Meeting, more: str = "") -> str:
    return f"/bestuur/bijeenkomsten/{meeting.slug}/{more}"


def seen(client: Client, path: str) -> dict[str, str]:
    form = client.get(path).context["form"]
    return {each.html_name: str(each.value()) for each in form if each.value() or each.name == "version"}


# --- the minutes ---


def test_of_two_who_write_the_second_sees_both_texts_and_may_save(cast: Cast) -> None:
    meeting, board = held(), cast.client("board")
    path = path_of(meeting, "verslag/")
    form = seen(board, path)
    board.post(path, form | {"text": "Van de eerste"})

    told = board.post(path, form | {"text": "Van de tweede"})
    again = board.post(path, form | {"text": "Samen", "version": told.context["form"]["version"].value()})

    [differs] = [each for each in told.context["conflict"] if each["label"] == "Verslag"]
    assert (told.status_code, differs["theirs"], differs["yours"]) == (422, "Van de eerste", "Van de tweede")
    assert (again.status_code, Minutes.objects.get().text) == (302, "Samen")


def test_text_typed_while_it_was_published_is_not_lost(cast: Cast) -> None:
    meeting, board = held(), cast.client("board")
    MinutesFactory(meeting=meeting, text="Vastgesteld")
    typed = {"text": "Een uur werk", "audience": A.PUBLIC, "version": "1"}

    answer = board.post(path_of(meeting, "verslag/"), typed)

    assert (answer.status_code, Minutes.objects.get().text) == (422, "Vastgesteld")
    assert "Een uur werk</textarea>" in answer.content.decode()


def test_later_text_is_not_written_over_and_published_stays_published(cast: Cast) -> None:
    meeting, now = held(), timezone.now()
    writing.write(meeting, cast.board, now, text="Een", audience=A.PUBLIC, version=0)

    with pytest.raises(StepNotAllowed):
        writing.write(meeting, cast.board, now, text="Twee", audience=A.PUBLIC, version=0)
    writing.ask_for_approval(Minutes.objects.get(), cast.board, now)
    writing.approve(meeting, BoardMemberFactory(), now, version=1)
    writing.publish(meeting, now)
    with pytest.raises(StepNotAllowed):
        writing.write(meeting, cast.board, now, text="Drie", audience=A.PUBLIC, version=1)

    stored = Minutes.objects.get()
    assert (stored.text, stored.published_at) == ("Een", now)


def test_first_text_is_kept_whatever_version_was_sent(cast: Cast) -> None:
    meeting = held()
    typed = {"text": "Een uur werk", "audience": A.MEMBERS, "version": "5", "doe": "concept"}

    answer = cast.client("board").post(path_of(meeting, "verslag/"), typed)

    assert (answer.status_code, Minutes.objects.get().text, Minutes.objects.get().version) == (302, "Een uur werk", 1)


def test_concept_asks_nobody_and_may_be_long(cast: Cast) -> None:
    BoardMemberFactory()
    meeting, board = held(), cast.client("board")
    typed = {"text": "Regel\n" * 6000, "audience": A.MEMBERS, "version": "0"}

    board.post(path_of(meeting, "verslag/"), typed | {"doe": "concept"})
    assert (Minutes.objects.get().version, Message.objects.count()) == (1, 0)
    board.post(path_of(meeting, "verslag/"), typed | {"version": "1"})

    assert Message.objects.get().template == "meetings/mail/approve"


def test_concept_is_approved_by_nobody_until_it_is_asked(cast: Cast) -> None:
    other = Client()
    other.force_login(BoardMemberFactory())
    meeting, board = held(), cast.client("board")
    path, typed = path_of(meeting, "verslag/"), {"text": "Half", "audience": A.MEMBERS}

    def offered_and_approved(version: str) -> tuple[bool, bool]:
        page = other.get(path).content.decode()
        other.post(f"{path}goedkeuren/", {"version": version})
        return "Ik las het, het klopt" in page, Minutes.objects.get().approved_at is not None

    board.post(path, typed | {"version": "0", "doe": "concept"})
    assert ">concept</span>" in other.get(path_of(meeting)).content.decode()
    assert offered_and_approved("1") == (False, False)
    board.post(path, typed | {"version": "1"})
    board.post(path, typed | {"version": "2", "doe": "concept"})
    assert offered_and_approved("3") == (False, False)
    board.post(path, typed | {"version": "3"})
    assert offered_and_approved("4") == (True, True)


# --- two who change an item or a line ---


def test_of_two_who_change_an_item_the_second_sees_both_texts(cast: Cast) -> None:
    meeting, board = MeetingFactory(), cast.client("board")
    first, item = AgendaItemFactory(meeting=meeting), AgendaItemFactory(meeting=meeting)
    path = path_of(meeting, f"agenda/{item.pk}/")
    form = seen(board, path)
    board.post(path, form | {"title": "Begroting"})
    board.post(path_of(meeting, f"agenda/{first.pk}/verplaats/"), {"kant": "omlaag"})

    told = board.post(path, form | {"title": "Jaarplan"})
    again = board.post(path, form | {"title": "Jaarplan", "version": told.context["form"]["version"].value()})

    assert (told.status_code, again.status_code) == (422, 302)
    assert [(each["theirs"], each["yours"]) for each in told.context["conflict"]] == [("Begroting", "Jaarplan")]
    item.refresh_from_db()
    assert (item.title, item.order) == ("Jaarplan", 1)


def test_of_two_who_change_a_line_the_second_sees_both_texts(cast: Cast) -> None:
    outcome, board = OutcomeFactory(meeting=held()), cast.client("board")
    path = path_of(outcome.meeting, f"uitkomsten/{outcome.uuid}/")
    form = seen(board, path)
    board.post(path, form | {"counter_favour": "Een rondleiding"})

    told = board.post(path, form | {"no_counter_favour": "on"})
    outcome.refresh_from_db()

    differences = {each["label"]: (each["theirs"], each["yours"]) for each in told.context["conflict"]}
    assert (told.status_code, outcome.counter_favour, outcome.version) == (422, "Een rondleiding", 1)
    assert differences == {
        "Wat komt ervoor terug?": ("Een rondleiding", ""),
        "Er hoeft niets tegenover te staan": ("nee", "ja"),
    }


def test_line_that_became_something_keeps_whose_it_is(cast: Cast) -> None:
    meeting, board = held(), cast.client("board")
    outcome: Any = OutcomeFactory(meeting=meeting, organisation=cast.firm, beneficiary=cast.member)
    pledging.propose(outcome, Actor.of(cast.board), timezone.now())
    path = path_of(meeting, f"uitkomsten/{outcome.uuid}/")
    wrong = {"kind": "idea", "who": cast.elsewhere.name, "beneficiary": "", "text": "Zeven gastlessen"}

    answer = board.post(path, seen(board, path) | wrong)

    outcome.refresh_from_db()
    assert (answer.status_code, outcome.text, outcome.kind) == (302, "Zeven gastlessen", OutcomeKind.PLEDGE)
    assert (outcome.organisation, outcome.beneficiary) == (cast.firm, cast.member)
    Outcome.objects.update(kind=OutcomeKind.IDEA)
    with pytest.raises(StepNotAllowed):
        ideas.to_need(outcome, cast.member, timezone.now())


def test_whose_a_line_is_is_looked_up_only_when_that_changed(cast: Cast) -> None:
    """The organisation is no longer on the list, and the line stays its own."""
    outcome: Any = OutcomeFactory(meeting=held(), organisation=cast.firm, who="Werf Noord B.V.")
    cast.firm.listed_on = None
    cast.firm.save()
    board = cast.client("board")
    path = path_of(outcome.meeting, f"uitkomsten/{outcome.uuid}/")

    board.post(path, seen(board, path) | {"text": "Zeven gastlessen"})

    outcome.refresh_from_db()
    assert (outcome.text, outcome.organisation) == ("Zeven gastlessen", cast.firm)


# --- what a promise becomes ---


def proposed(cast: Cast, **about: Any) -> Commitment:
    outcome: Any = OutcomeFactory(**about)
    pledging.propose(outcome, Actor.of(cast.board), timezone.now())
    return Commitment.objects.get(meeting_outcome=outcome)


def test_promise_keeps_all_its_words_and_says_of_what_it_is(cast: Cast) -> None:
    about = {"meeting": held(title="Najaar", visibility=Openness.MEMBERS), "organisation": cast.firm}
    long = "Verf " * 36

    made = proposed(cast, **about, text=long.strip(), unit="stuks", counter_favour="Een rondleiding")

    assert (len(made.title) <= 120, made.description.startswith(long.strip())) == (True, True)
    assert (made.visibility, made.means, made.counter_favour) == (Visibility.MEMBERS, Means.GOODS, "Een rondleiding")


def test_what_comes_back_is_not_said_when_nobody_said_it(cast: Cast) -> None:
    meeting = held()
    silent = proposed(cast, meeting=meeting, organisation=cast.firm, text="Verf", unit="euro")
    nothing = proposed(cast, meeting=meeting, organisation=cast.firm, text="Lijm", no_counter_favour=True)

    assert (silent.means, silent.no_counter_favour, nothing.no_counter_favour) == (Means.MONEY, False, True)
    mails = {mail.subject.rsplit(" ", 1)[1]: mail.text for mail in Message.objects.filter(email=cast.business.email)}
    assert ["Daar hoeft niets" in mails[title] for title in ("Verf", "Lijm")] == [False, True]
    said = [
        "Er hoeft niets voor terug" in cast.client("board").get(each.get_absolute_url()).content.decode()
        for each in (silent, nothing)
    ]
    assert said == [False, True]


def test_guest_of_an_organisation_hears_what_was_written_down(cast: Cast) -> None:
    meeting = held()
    about = {"meeting": meeting, "organisation": cast.firm, "email": "rob@werf.example"}
    guest = SignUpFactory(**about, name="Rob Smit")
    shy = SignUpFactory(**about | {"email": ""}, name="Nadia Bos", show_name=False)
    own = SignUpFactory(**about | {"email": cast.business.email}, name="Business")

    made = [
        proposed(cast, meeting=meeting, organisation=cast.firm, sign_up=each, text=f"Punt {number}")
        for number, each in enumerate((guest, shy, own))
    ]

    assert ["Rob Smit" in made[0].description, "Nadia" in made[1].description] == [True, False]
    told = Message.objects.get(template="meetings/mail/promised")
    assert (told.email, "Werf Noord B.V." in told.text) == ("rob@werf.example", True)
    assert f"Tijdens ‘{meeting.title}’ schreven we op wat je zei:" in told.text
    assert str(uuid.UUID(str(made[0].uuid))) in told.key
