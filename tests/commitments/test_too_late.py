"""Who comes too late: with an answer about another date, for a day that has gone, with words that cannot be kept."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from commitments import promising, waiting
from commitments.models import Commitment, CommitmentState, DateProposal, Side, StepNotAllowed
from kring.foundation.actors import Actor
from tests.commitments.test_api import send, steps
from tests.commitments.test_life import between, do
from tests.commitments.test_links import path_in_mail, press, text_of
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

S = CommitmentState
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
SYSTEM = Actor.system()


def asked(commitment: Commitment, day: dt.date) -> DateProposal:
    """Who does it asks for another date."""
    told = {"side": Side.PROMISOR, "new_date": day, "reason": ""}
    promising.propose_date(commitment, SYSTEM, timezone.now(), **told)
    return commitment.date_proposals.open().get()  # type: ignore[no-any-return]


# --- another date than the one that was on the screen ---


@pytest.mark.parametrize("which", ["older", "none"])
def test_yes_is_to_the_date_that_was_on_the_screen(cast: Cast, which: str) -> None:
    made = between(cast, due_on=TODAY + 10 * DAY)
    first = asked(made, TODAY + 20 * DAY)
    asked(made, TODAY + 300 * DAY)
    shown = str(first.uuid) if which == "older" else ""

    typed = {"deed": "date", "choice": "yes", "proposal": shown, "once": str(uuid.uuid4())}
    answer = cast.client("business").post(f"{made.get_absolute_url()}doe/", typed, follow=True)

    assert Commitment.objects.get().due_on == TODAY + 10 * DAY
    assert "om een andere datum gevraagd dan op je scherm" in answer.content.decode()
    do(cast, "business", made, "date", choice="yes")
    assert made.due_on == TODAY + 300 * DAY


def test_nothing_is_agreed_where_no_date_is_asked_for_any_more(cast: Cast) -> None:
    made = between(cast, due_on=TODAY + 10 * DAY)
    shown = asked(made, TODAY + 20 * DAY)
    waiting.drop_date_proposals(timezone.now() + 31 * DAY)

    typed = {"deed": "date", "choice": "yes", "proposal": str(shown.uuid), "once": str(uuid.uuid4())}
    answer = cast.client("business").post(f"{made.get_absolute_url()}doe/", typed, follow=True)

    assert "De nieuwe datum is afgesproken" not in answer.content.decode()


def test_program_says_which_date_it_answers(cast: Cast) -> None:
    made = between(cast, due_on=TODAY + 10 * DAY)
    shown = asked(made, TODAY + 20 * DAY)
    client, path = cast.program("business"), str(made.uuid)

    unnamed = send(client, f"/api/v1/commitments/{path}/steps/", {"step": "accept_date"})
    assert (unnamed.status_code, list(unnamed.json())) == (400, ["proposal"])
    other = (TODAY + 21 * DAY).isoformat()
    assert steps(client, path, "accept_date", new_date=other) == (409, S.AGREED)
    assert steps(client, path, "accept_date", proposal=str(uuid.uuid4())) == (409, S.AGREED)
    assert steps(client, path, "accept_date", proposal=str(shown.uuid)) == (200, S.AGREED)
    assert Commitment.objects.get().due_on == TODAY + 20 * DAY


# --- a day that has gone ---


def test_proposal_of_a_day_that_has_gone_gets_no_yes(cast: Cast) -> None:
    made = between(cast, state=S.PROPOSED, proposed_at=timezone.now(), due_on=TODAY - DAY)

    typed = {"deed": "answer", "choice": "yes", "once": str(uuid.uuid4())}
    page = cast.client("business").post(f"{made.get_absolute_url()}doe/", typed, follow=True).content.decode()

    assert "De datum van dit voorstel is al voorbij. Zeg nee" in page
    answer = send(cast.program("business"), f"/api/v1/commitments/{made.uuid}/steps/", {"step": "accept"})
    assert (answer.status_code, answer.json()["detail"][:38]) == (409, "De datum van dit voorstel is al voorbi")
    do(cast, "business", made, "answer", choice="no", note="In mei wel.")
    assert made.state == S.DECLINED


def test_new_date_that_has_gone_gets_no_yes(cast: Cast) -> None:
    made = between(cast, due_on=TODAY + 10 * DAY)
    proposal = asked(made, TODAY + DAY)

    with pytest.raises(StepNotAllowed) as refused:
        promising.answer_date(made, proposal, SYSTEM, timezone.now() + 3 * DAY, yes=True)

    assert "stel zelf een datum voor" in str(refused.value.told)


def test_draft_for_a_day_that_has_gone_is_not_proposed_by_a_program(cast: Cast) -> None:
    made = between(cast, state=S.DRAFT, agreed_at=None, due_on=TODAY - DAY)

    assert steps(cast.program("owner"), str(made.uuid), "propose") == (409, S.DRAFT)


# --- words that came too late ---


def test_what_was_typed_on_an_older_page_is_shown_with_how_it_stands(cast: Cast) -> None:
    made = between(cast, state=S.STARTED)
    promising.give_back(made, SYSTEM, timezone.now(), reason="no_time", note="")
    typed = {"deed": "receive", "stand": S.STARTED, "choice": "board", "note": "Ze nemen al weken niet op."}

    answer = cast.client("business").post(f"{made.get_absolute_url()}doe/", typed | {"once": str(uuid.uuid4())})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ze nemen al weken niet op." in page
    assert "Hier valt nu niets te doen" in page


def test_what_was_typed_beside_a_step_that_another_took_is_shown(cast: Cast) -> None:
    made = between(cast, state=S.STARTED, needs_board=True)
    typed = {"deed": "receive", "choice": "board", "note": "Ik vraag het ook.", "once": str(uuid.uuid4())}

    answer = cast.client("business").post(f"{made.get_absolute_url()}doe/", typed)

    assert (answer.status_code, "Ik vraag het ook." in answer.content.decode()) == (409, True)


def test_second_press_of_the_button_reads_no_warning(cast: Cast) -> None:
    made = between(cast, state=S.STARTED)
    typed = {
        "deed": "report",
        "stand": S.STARTED,
        "choice": "done",
        "quantity": "3",
        "note": "Drie uur geverfd.\r\nDe rest volgt.",
    }
    typed |= {"once": str(uuid.uuid4())}

    answers = [cast.client("owner").post(f"{made.get_absolute_url()}doe/", typed) for _press in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]


def test_what_was_typed_behind_a_link_that_came_too_late_is_shown(cast: Cast, client: Client) -> None:
    made = between(cast, state=S.DRAFT)
    promising.proposed(made, agreed=True, by=SYSTEM, at=timezone.now())
    path = path_in_mail(cast.business.email)
    promising.give_back(made, SYSTEM, timezone.now(), reason="no_time", note="")

    said = text_of(press(client, path, choice="board", note="Ze nemen al weken niet op."))

    assert "is teruggegeven" in said
    assert "Ze nemen al weken niet op." in said


def test_link_by_which_nothing_was_done_still_works(cast: Cast, client: Client) -> None:
    made = between(cast, state=S.DRAFT)
    promising.proposed(made, agreed=True, by=SYSTEM, at=timezone.now())
    path = path_in_mail(cast.business.email)
    promising.ask_board(made, SYSTEM, timezone.now(), note="Help.", side=Side.PROMISOR)

    answer = press(client, path, choice="board", note="Ik vraag het ook.")

    assert (answer.status_code, "Ik vraag het ook." in text_of(answer)) == (409, True)
    assert f'href="{path}"' in answer.content.decode()
    assert press(client, path, choice="no_need").status_code == 302


# --- what cannot be written down ---


def test_more_than_a_column_holds_is_said_beside_the_field(cast: Cast) -> None:
    made = between(cast, state=S.STARTED, delivered=Decimal("99999000"))

    assert do(cast, "owner", made, "report", choice="progress", quantity="1000") == 422
    with pytest.raises(StepNotAllowed):
        made.add_update(SYSTEM, timezone.now(), quantity=Decimal(1000), note="", once=uuid.uuid4())
    assert do(cast, "owner", made, "report", choice="progress", quantity="999") == 302


def test_one_key_for_two_commitments_is_two_deeds(cast: Cast) -> None:
    pair, once = (between(cast), between(cast)), str(uuid.uuid4())

    for made in pair:
        assert steps(cast.program("owner"), str(made.uuid), "add_update", quantity="2", once=once) == (200, S.STARTED)

    assert [made.updates.count() for made in pair] == [1, 1]


def test_program_that_reports_again_reads_what_it_did(cast: Cast) -> None:
    made, told = between(cast), {"quantity": "9", "note": "Klaar", "once": str(uuid.uuid4())}

    for _time in range(2):
        assert steps(cast.program("owner"), str(made.uuid), "report", **told) == (200, S.REPORTED)

    assert steps(cast.program("business"), str(made.uuid), "report", **told) == (409, S.REPORTED)
    assert made.updates.count() == 1


def test_silence_counts_from_when_the_board_spoke_with_both(cast: Cast) -> None:
    now = timezone.now()
    made = between(cast, state=S.REPORTED, delivered=8, reported_at=now - 40 * DAY, needs_board=True)
    promising.settle(made, Actor.of(cast.board), now - DAY, note="Gebeld.")

    assert waiting.keep_by_silence(now) == 0
    assert waiting.keep_by_silence(now + 30 * DAY) == 1
