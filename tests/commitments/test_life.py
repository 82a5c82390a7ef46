"""The life of a commitment as its two sides and the board live it, by the page; and what the database refuses."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from commitments import making, promising, waiting
from commitments.making_forms import PledgeForm
from commitments.models import (
    Commitment,
    CommitmentState,
    DateProposal,
    Event,
    EventKind,
    Evidence,
    Origin,
    Side,
    StepNotAllowed,
    Transition,
)
from commitments.models.choices import TRANSITIONS
from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.mail.models import Message
from tests.conftest import Cast
from tests.factories import CommitmentFactory

pytestmark = pytest.mark.django_db

S = CommitmentState
NOW = timezone.now()
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
SYSTEM = Actor.system()


def between(cast: Cast, **given: Any) -> Commitment:
    """The member promises it to the firm."""
    made: Commitment = CommitmentFactory(
        promisor=cast.member, beneficiary=cast.firm, proposed_by_organisation=cast.member, **given
    )
    return made


def do(cast: Cast, who: str, commitment: Commitment, deed: str, **typed: Any) -> int:
    """What somebody fills in on the page; the status, and the commitment as it is now."""
    shown = commitment.date_proposals.open().values_list("uuid", flat=True).first()
    hidden = {"once": str(uuid.uuid4()), "proposal": str(shown or "")}
    answer = cast.client(who).post(f"{commitment.get_absolute_url()}doe/", {"deed": deed, **hidden, **typed})
    commitment.refresh_from_db()
    return answer.status_code


def terms(**given: Any) -> dict[str, Any]:
    typed = {
        "once": str(uuid.uuid4()),
        "promisor": "Taalhuis De Schrijfplank",
        "beneficiary": "werf noord b.v.",
        "title": "Het clubhuis verven",
        "quantity": "12",
        "unit": "uren",
        "due_on": (TODAY + 30 * DAY).isoformat(),
        "counter_favour": "Een rondleiding",
    }
    return typed | given


def mailed() -> list[str]:
    return sorted(set(Message.objects.values_list("email", flat=True)))


# --- making ---


def test_either_side_makes_it_and_the_other_says_yes(cast: Cast) -> None:
    for who, asked in (("owner", ["business"]), ("business", ["editor", "owner"])):
        Message.objects.all().delete()
        answer = cast.client(who).post("/toezeggingen/nieuw/", terms())
        made = Commitment.objects.latest("pk")

        assert (answer.status_code, made.state, made.promisor, made.beneficiary) == (
            302,
            S.PROPOSED,
            cast.member,
            cast.firm,
        )
        assert mailed() == sorted(f"{each}@voorbeeld.example" for each in asked)
        assert do(cast, who, made, "answer", choice="yes") == 302
        assert made.state == S.PROPOSED  # one's own yes is no yes
        do(cast, asked[0], made, "answer", choice="yes")
        assert made.state == S.AGREED


def test_what_the_board_makes_for_two_waits_for_both(cast: Cast) -> None:
    cast.client("board").post("/toezeggingen/nieuw/", terms())
    made = Commitment.objects.get()
    assert (made.proposed_by_organisation, made.waits_for) == (None, (Side.PROMISOR, Side.BENEFICIARY))
    assert mailed() == [cast.business.email, cast.editor.email, cast.owner.email]

    do(cast, "owner", made, "answer", choice="yes")
    assert (made.state, made.waits_for, made.promisor_contact) == (S.PROPOSED, (Side.BENEFICIARY,), cast.owner)
    assert "Wat vind je van" not in cast.client("owner").get("/mijn/").content.decode()
    assert "Wat vind je van" in cast.client("business").get("/mijn/").content.decode()

    do(cast, "business", made, "answer", choice="yes")
    assert made.state == S.AGREED
    assert list(Event.objects.values_list("kind", "side", "actor")) == [
        (EventKind.SAID_YES, Side.PROMISOR, cast.owner.pk)
    ]


def test_counter_favour_is_made_shown_and_agreed_together(cast: Cast) -> None:
    counter = {"counter_quantity": "1", "counter_unit": "keer", "counter_due_on": (TODAY + 60 * DAY).isoformat()}
    cast.client("owner").post("/toezeggingen/nieuw/", terms(**counter))
    main, back = Commitment.objects.order_by("pk")
    assert (back.counter_favour_of, back.promisor, back.beneficiary) == (main, cast.firm, cast.member)
    assert "Een rondleiding (1\N{NO-BREAK SPACE}keer" in Message.objects.get().text

    assert back.title in cast.client("business").get(main.get_absolute_url()).content.decode()
    do(cast, "business", back, "answer", choice="yes")  # on either of the two

    assert set(Commitment.objects.values_list("state", flat=True)) == {S.AGREED}


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"promisor": "Speeltuin Het Springtij"}, "promisor", "Jij hoort bij geen van beide"),
        ({"promisor": "Taalhuis De Schrijfplan"}, "promisor", "Bedoel je Taalhuis De Schrijfplank?"),
        ({"beneficiary": "Taalhuis De Schrijfplank"}, "beneficiary", "Dat is dezelfde"),
        ({"counter_favour": ""}, "counter_favour", "Schrijf op wat er terugkomt"),
        ({"quantity": "twaalf"}, "quantity", "Voer een getal in."),
        ({"due_on": "2020-01-01"}, "due_on", "Deze datum is al voorbij"),
        ({"estimated_value": "500"}, "value_basis", "Kies waarop het bedrag is gebaseerd"),
        ({"counter_quantity": "2"}, "counter_unit", "Vul dit ook in"),
        (
            {"beneficiary": "", "counter_quantity": "1", "counter_unit": "keer", "counter_due_on": "2099-01-01"},
            "counter_due_on",
            "te ver weg",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_kept(
    cast: Cast, typed: dict[str, str], field: str, says: str
) -> None:
    given = terms(**typed)
    if field == "promisor" and "Springtij" in given["promisor"]:
        given["beneficiary"] = ""
    answer = cast.client("owner").post("/toezeggingen/nieuw/", given)
    page = answer.content.decode()

    assert (answer.status_code, Commitment.objects.count()) == (422, 0)
    assert any(says in error for error in answer.context["form"].errors[field])
    assert "Het clubhuis verven" in page


def test_draft_is_the_makers_own_until_it_is_proposed(cast: Cast) -> None:
    cast.client("business").post("/toezeggingen/nieuw/", terms(concept="1"))
    made = Commitment.objects.get()
    edit = f"{made.get_absolute_url()}wijzigen/"
    assert (made.state, mailed()) == (S.DRAFT, [])
    assert [cast.client(who).get(edit).status_code for who in ("business", "owner", "board")] == [200, 404, 403]

    typed = terms(version=made.version, title="De muur verven", no_counter_favour="on", counter_favour="")
    older = cast.client("business").post(edit, typed | {"version": made.version + 5})
    texts = {(each["theirs"], each["yours"]) for each in older.context["conflict"]}
    assert older.status_code == 422
    assert texts >= {("Het clubhuis verven", "De muur verven"), ("Een rondleiding", ""), ("nee", "ja")}
    assert ("12.00", "12") not in texts
    assert cast.client("business").post(edit, typed).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.state, made.proposing_side) == ("De muur verven", S.PROPOSED, Side.BENEFICIARY)
    assert cast.client("business").post(edit, typed).status_code == 302  # again: it is proposed already
    assert Transition.objects.filter(after=S.PROPOSED).count() == 1


def test_what_lapsed_is_proposed_again_with_a_new_date(cast: Cast) -> None:
    made = between(cast, state=S.PROPOSED, proposed_at=NOW - 31 * DAY, due_on=TODAY + DAY)
    assert waiting.lapse_proposals(NOW) == 1
    assert mailed() == [cast.editor.email, cast.owner.email]
    edit = f"{made.get_absolute_url()}wijzigen/"
    version = Commitment.objects.get().version

    due = TODAY + 50 * DAY
    cast.client("owner").post(edit, terms(version=version, due_on=due.isoformat()))

    made.refresh_from_db()
    assert (made.state, made.due_on, made.first_due_on, made.closed_at) == (S.PROPOSED, due, due, None)
    assert made.waits_for == (Side.BENEFICIARY,)


def test_pledge_typed_in_a_meeting_is_one_however_often_it_is_sent(cast: Cast) -> None:
    typed = terms()
    for _ in range(2):
        assert cast.client("board").post("/toezeggingen/snel/", typed).status_code == 302
    board = User.objects.with_board_seat(TODAY).get(pk=cast.board.pk)  # as the request has it
    form = PledgeForm(terms(beneficiary="", no_counter_favour="on", counter_favour=""), user=board)
    assert form.is_valid(), form.errors
    for_all = form.write(NOW, origin=Origin.MEETING)

    assert Commitment.objects.filter(origin=Origin.MEETING).count() == 2
    assert (for_all.beneficiary, for_all.waits_for) == (None, (Side.PROMISOR,))
    assert "Het clubhuis verven" in cast.client("board").get("/toezeggingen/snel/").content.decode()


def test_nobody_writes_for_two_others(cast: Cast) -> None:
    with pytest.raises(making.NotAParty):
        making.draft(cast.outsider, NOW, promisor=cast.member, beneficiary=cast.firm, terms={"due_on": TODAY})


# --- another date ---


def test_new_date_counts_once_the_other_side_says_yes(cast: Cast) -> None:
    made = between(cast, due_on=TODAY + 10 * DAY)
    first, second = TODAY + 20 * DAY, TODAY + 40 * DAY
    do(cast, "owner", made, "report", choice="date", new_date=first.isoformat(), note="De verf is op.")
    assert made.due_on == TODAY + 10 * DAY

    # The firm would rather have another: its proposal takes the place of the first.
    do(cast, "business", made, "receive", choice="date", new_date=second.isoformat())
    do(cast, "business", made, "date", choice="yes")
    assert made.due_on == TODAY + 10 * DAY
    do(cast, "owner", made, "date", choice="yes")

    assert (made.due_on, made.first_due_on) == (second, TODAY + 10 * DAY)
    assert list(DateProposal.objects.values_list("new_date", "outcome")) == [(first, "over"), (second, "accepted")]
    page = cast.client("visitor").get(made.get_absolute_url()).content.decode()
    assert "eerst: " in page
    assert "Nieuwe datum afgesproken" in page


def test_date_stays_when_the_other_side_says_no_or_nothing(cast: Cast) -> None:
    made = between(cast, due_on=TODAY + 10 * DAY)
    for answer in ("no", ""):
        do(cast, "owner", made, "report", choice="date", new_date=(TODAY + 20 * DAY).isoformat())
        if answer:
            do(cast, "business", made, "date", choice=answer, note="Dan zijn we dicht.")
    assert waiting.drop_date_proposals(NOW + 31 * DAY) == 1

    made.refresh_from_db()
    assert made.due_on == TODAY + 10 * DAY
    assert list(DateProposal.objects.values_list("outcome", flat=True)) == ["declined", "over"]


@pytest.mark.parametrize(
    ("day", "says"),
    [(TODAY - DAY, "al voorbij"), (TODAY + 10 * DAY, "al is afgesproken"), (TODAY + DAY, "vóór het begin")],
)
def test_date_that_cannot_be_is_refused(cast: Cast, day: dt.date, says: str) -> None:
    made = between(cast, due_on=TODAY + 10 * DAY, start_on=TODAY + 5 * DAY)
    answer = cast.client("owner").post(
        f"{made.get_absolute_url()}doe/",
        {"choice": "date", "new_date": day.isoformat(), "once": str(uuid.uuid4())},
    )

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not DateProposal.objects.exists()


# --- in between ---


def disputed(cast: Cast) -> Commitment:
    made = between(cast, due_on=TODAY + 10 * DAY)
    for _ in range(2):
        do(cast, "owner", made, "report", choice="done", quantity="10", note="Klaar.")
        do(cast, "business", made, "confirm", choice="not_yet", note="Er mist een muur.")
    return made


def test_second_not_yet_brings_in_the_board_which_settles_it(cast: Cast) -> None:
    made = disputed(cast)
    assert (made.state, made.needs_board) == (S.STARTED, True)
    assert cast.board.email in mailed()
    assert "de twee kanten zijn het niet eens" in cast.client("board").get("/bestuur/").content.decode()
    assert do(cast, "owner", made, "mediate", choice="settle", note="x") == 302  # not theirs to do
    assert made.needs_board

    Message.objects.all().delete()
    when = TODAY + 30 * DAY
    do(cast, "board", made, "mediate", choice="date", new_date=when.isoformat(), note="Samen gebeld.")

    assert (made.state, made.needs_board, made.due_on) == (S.STARTED, False, when)
    assert mailed() == [cast.business.email, cast.editor.email, cast.owner.email]


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ({"choice": "settle"}, S.STARTED),
        ({"choice": "kept", "quantity": "6"}, S.KEPT),
        ({"choice": "give_back", "reason": "no_contact"}, S.GIVEN_BACK),
    ],
)
def test_board_ends_what_two_cannot_end(cast: Cast, typed: dict[str, str], state: str) -> None:
    made = disputed(cast)
    assert do(cast, "board", made, "mediate", **typed) == 422  # what was said is part of it
    do(cast, "board", made, "mediate", note="Samen gebeld.", **typed)

    assert (made.state, made.needs_board, made.kept_by_silence) == (state, False, False)
    assert made.confirmed == (Decimal(6) if state == S.KEPT else None)
    told = "Samen gebeld."
    assert told in cast.client("owner").get(made.get_absolute_url()).content.decode()


def test_what_the_board_was_told_is_not_for_everybody(cast: Cast) -> None:
    made = between(cast)
    do(cast, "business", made, "receive", choice="board", note="Ze nemen niet op.")

    seen = {
        who: "Ze nemen niet op." in cast.client(who).get(made.get_absolute_url()).content.decode()
        for who in ("visitor", "outsider", "owner", "business", "board")
    }
    assert seen == {"visitor": False, "outsider": False, "owner": True, "business": True, "board": True}


def test_silence_does_not_keep_what_the_board_looks_at(cast: Cast) -> None:
    made = between(cast, state=S.REPORTED, reported_at=NOW - 31 * DAY, needs_board=True)
    assert waiting.keep_by_silence(NOW) == 0
    Commitment.objects.update(needs_board=False)
    assert waiting.keep_by_silence(NOW) == 1

    made.refresh_from_db()
    assert (made.state, made.kept_by_silence) == (S.KEPT, True)
    assert mailed() == [cast.business.email, cast.editor.email, cast.owner.email]


def test_receiver_lets_the_maker_off(cast: Cast) -> None:
    made = between(cast)
    do(cast, "business", made, "receive", choice="no_need", note="We zijn verhuisd.")

    assert (made.state, made.given_back_reason) == (S.GIVEN_BACK, "no_need")
    assert mailed() == [cast.editor.email, cast.owner.email]


def test_other_reason_needs_words(cast: Cast) -> None:
    made = between(cast)
    assert do(cast, "owner", made, "report", choice="give_back", reason="other") == 422
    assert do(cast, "owner", made, "report", choice="give_back", reason="other", note="De muur is weg.") == 302
    assert made.state == S.GIVEN_BACK


# --- what the database refuses ---


def test_database_has_the_same_table_of_steps_as_the_model() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b, a, commitment_step_allowed(b, a) FROM unnest(%s::text[]) b, unnest(%s::text[]) a",
            [S.values, S.values],
        )
        allowed = {(before, after) for before, after, yes in cursor.fetchall() if yes}

    assert allowed == {(before, after) for before, afters in TRANSITIONS.items() for after in afters}


@pytest.mark.parametrize(
    ("state", "change", "says"),
    [
        (S.AGREED, {"state": S.KEPT, "confirmed": 1}, "takes no step from agreed to kept"),
        (S.KEPT, {"state": S.STARTED}, "takes no step from kept to started"),
        (S.KEPT, {"confirmed": 1000}, "stays as it ended"),
        (S.KEPT, {"result": "Meer dan er was."}, "stays as it ended"),
        (S.KEPT, {"title": "Iets anders"}, "stays as it ended"),
        (S.KEPT, {"kept_by_silence": True}, "stays as it ended"),
        (S.AGREED, {"first_due_on": dt.date(2030, 1, 1)}, "agreed first is kept"),
    ],
)
def test_database_refuses_what_the_verbs_do_not_have(state: str, change: dict[str, Any], says: str) -> None:
    CommitmentFactory(state=state, confirmed=Decimal(5) if state == S.KEPT else None)

    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        Commitment.objects.update(**change)


def test_database_wants_a_step_with_each_change_of_state(cast: Cast) -> None:
    made = between(cast, state=S.AGREED)
    made.add_update(SYSTEM, NOW, quantity=Decimal(2), note="", once=uuid.uuid4())
    made.report(SYSTEM, NOW, quantity=Decimal(2), note="Klaar.", once=uuid.uuid4())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the end of a transaction: all of this has its steps

    with (
        pytest.raises(DatabaseError, match="without a step that says so"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE commitments_commitment SET state = 'started'")


def test_what_happened_is_only_ever_added(cast: Cast) -> None:
    made = between(cast, due_on=TODAY + 10 * DAY)
    proposal = made.propose_date(SYSTEM, NOW, side=Side.PROMISOR, new_date=TODAY + 20 * DAY)
    promising.answer_date(made, proposal, SYSTEM, NOW, yes=False)
    update = made.add_update(SYSTEM, NOW, quantity=Decimal(1), note="", once=uuid.uuid4())
    Evidence.objects.create(update=update, image="evidence/x.webp")

    for table, column in (
        *(("event", "note"), ("update", "note"), ("transition", "note"), ("evidence", "alt")),
        *(("dateproposal", "reason"),),
    ):
        for statement in (f"UPDATE commitments_{table} SET {column} = 'x'", f"DELETE FROM commitments_{table}"):
            with (
                pytest.raises(DatabaseError, match="only ever added"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
    with pytest.raises(DatabaseError, match="takes no step"), transaction.atomic():
        Transition.objects.create(commitment=made, before=S.KEPT, after=S.DRAFT, at=NOW, actor_kind="system")


def test_two_who_answer_at_once_are_told(cast: Cast) -> None:
    made = between(cast, due_on=TODAY + 10 * DAY)
    proposal = made.propose_date(SYSTEM, NOW, side=Side.PROMISOR, new_date=TODAY + 20 * DAY)
    made.answer_date(SYSTEM, NOW, proposal, yes=True)

    with pytest.raises(StepNotAllowed):
        made.answer_date(SYSTEM, NOW, DateProposal.objects.get(), yes=False)
