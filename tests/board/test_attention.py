"""'Wat vraagt aandacht', and what is done from its rows."""

from __future__ import annotations

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from commitments import deciding, parties
from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryMessage, EnquiryState, Review, Side
from kring.accounts.models import User
from kring.board import attention, nudging, reviewing
from kring.foundation.actors import Actor
from kring.mail import outbox
from kring.mail.models import ActionLink, Kind, Message, MessageState
from tests.conftest import Cast
from tests.factories import (
    ApplicationFactory,
    CommitmentFactory,
    EnquiryFactory,
    OfferingFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db

S = CommitmentState
MONTH_AGO = dt.timedelta(days=30)


def between(cast: Cast, **given: object) -> Commitment:
    made: Commitment = CommitmentFactory(
        promisor=cast.firm, beneficiary=cast.member, proposed_by_organisation=cast.firm, **given
    )
    return made


def deeds_on(cast: Cast) -> list[str]:
    """Where the buttons on the page post to."""
    page = cast.client("board").get("/bestuur/").content.decode()
    return re.findall(r'method="post" action="(/bestuur/[^"]+)"', page)


def test_each_row_is_done_from_the_page_once_a_day(cast: Cast) -> None:
    """The mail goes to whose turn it is, with the button that does it; the row then says so."""
    old, now = timezone.now() - MONTH_AGO, timezone.now()
    late = between(cast, state=S.STARTED, due_on=dt.date(2020, 1, 1))
    proposed = between(cast, state=S.PROPOSED, proposed_at=old, moved_at=old)
    reported = between(cast, state=S.REPORTED, reported_at=old, moved_at=old, result="Gedaan.")
    enquiry = EnquiryFactory(
        offering=OfferingFactory(organisation=cast.member), state=EnquiryState.NEW, moved_at=old, created_at=old
    )
    stale = OfferingFactory(organisation=cast.member, confirmed_on=dt.date(2020, 1, 1))
    silent = between(cast, state=S.AGREED, moved_at=old)
    wanted = {
        f"/bestuur/doe/toezegging/{late.uuid}/": {cast.business.email},
        f"/bestuur/doe/toezegging/{silent.uuid}/": {cast.business.email},
        f"/bestuur/doe/toezegging/{proposed.uuid}/": {cast.editor.email, cast.owner.email},
        f"/bestuur/doe/toezegging/{reported.uuid}/": {cast.editor.email, cast.owner.email},
        f"/bestuur/doe/aanvraag/{enquiry.uuid}/": {cast.editor.email, cast.owner.email},
        f"/bestuur/doe/aanbod/{stale.slug}/": {cast.editor.email, cast.owner.email},
    }
    board = cast.client("board")
    assert set(deeds_on(cast)) == {*wanted, "/bestuur/beoordeling/"}

    for path in [*wanted, *wanted]:
        answer = board.post(path)
        assert (answer.status_code, answer["Location"]) == (302, "/bestuur/"), path

    abouts = {
        f"/bestuur/doe/aanvraag/{enquiry.uuid}/": f"enquiry:{enquiry.uuid}",
        f"/bestuur/doe/aanbod/{stale.slug}/": f"offering:{stale.uuid}",
        **{
            f"/bestuur/doe/toezegging/{each.uuid}/": f"commitment:{each.uuid}"
            for each in (late, silent, proposed, reported)
        },
    }
    for path, emails in wanted.items():
        assert sorted(Message.objects.filter(about=abouts[path]).values_list("email", flat=True)) == sorted(emails)
    assert deeds_on(cast) == ["/bestuur/beoordeling/"]
    assert board.get("/bestuur/").content.decode().count("vandaag al herinnerd") == 6
    tomorrow = now + dt.timedelta(days=1)
    rows = [row for group in attention.groups(tomorrow, 0) for row in group.rows]
    assert {row.deed_url for row in rows if row.deed_url} == {*wanted, "/bestuur/beoordeling/"}


def test_mail_of_a_reminder_does_it_without_signing_in(cast: Cast, client: object) -> None:
    reported = between(cast, state=S.REPORTED, reported_at=timezone.now(), delivered=10, result="Gedaan.")
    nudging.remind(reported, timezone.localdate())
    message = Message.objects.filter(email=cast.owner.email).get()
    path = re.search(r"http://[^/\s]+(/a/\S+)", message.text)
    assert path

    page = client.get(path[1].split("?")[0])  # type: ignore[attr-defined]

    assert "Klopt dit resultaat?" in page.content.decode()
    assert ActionLink.objects.filter(subject=reported.uuid, purpose="commitment.confirm").count() == 2


def test_proposal_of_the_board_for_two_is_asked_of_who_has_not_said_yes(cast: Cast, client: Client) -> None:
    """Each side by its own button: the yes of one is not that of the other."""
    now = timezone.now()
    made = CommitmentFactory(promisor=cast.firm, beneficiary=cast.member, state=S.PROPOSED, proposed_at=now)
    assert made.waits_for == (Side.PROMISOR, Side.BENEFICIARY)
    nudging.remind(made, timezone.localdate())
    asked = set(Message.objects.values_list("email", flat=True))
    message = Message.objects.get(email=cast.business.email)
    path = re.search(r"http://[^/\s]+(/a/[^\s?]+)", message.text)
    assert path

    client.post(path[1], {"choice": "yes", "once": str(uuid4())})
    stored = Commitment.objects.get()
    nudging.remind(stored, timezone.localdate(now) + dt.timedelta(days=1))

    assert asked == {cast.business.email, cast.editor.email, cast.owner.email}
    assert (stored.state, stored.waits_for) == (S.PROPOSED, (Side.BENEFICIARY,))
    assert Message.objects.filter(email=cast.business.email, kind=Kind.REMINDER).count() == 1
    assert Message.objects.filter(email=cast.owner.email, kind=Kind.REMINDER).count() == 2


def test_board_speaks_for_what_it_decided_itself(cast: Cast) -> None:
    """It waits for nobody's yes; who took it on is reminded, and any of the board reports and confirms it."""
    by, now = Actor.of(cast.board), timezone.now()
    decision = deciding.decide("Bellen", cast.board, timezone.localdate(), by, now)
    page = f"{decision.get_absolute_url()}doe/"

    assert (decision.state, decision.waits_for) == (S.AGREED, ())
    member = User.objects.with_board_seat(timezone.localdate()).get(pk=cast.board.pk)
    assert parties.sides_of(member, decision) == (Side.PROMISOR, Side.BENEFICIARY)
    assert parties.sides_of(cast.owner, decision) == ()
    nudging.remind(decision, timezone.localdate())
    assert [message.email for message in Message.objects.filter(kind=Kind.REMINDER)] == [cast.board.email]
    steps = [
        ("report", {"choice": "done", "quantity": "1", "note": "Gebeld"}),
        ("confirm", {"choice": "yes", "quantity": "1"}),
    ]
    sent = [
        cast.client("board").post(page, {"deed": name, "once": str(uuid4()), **typed}).status_code
        for name, typed in steps
    ]

    assert (sent, Commitment.objects.get().state) == ([302, 302], S.KEPT)


def test_with_scripts_the_row_alone_is_answered(cast: Cast) -> None:
    late = between(cast, state=S.STARTED, due_on=dt.date(2020, 1, 1))

    answer = cast.client("board").post(f"/bestuur/doe/toezegging/{late.uuid}/", headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "onderweg" in page
    assert "<html" not in page


def test_what_was_settled_meanwhile_or_has_nobody_is_told(cast: Cast) -> None:
    board = cast.client("board")
    kept = between(cast, state=S.KEPT, confirmed=1)
    nobody = CommitmentFactory(promisor=OrganisationFactory(email=""), state=S.STARTED, due_on=dt.date(2020, 1, 1))
    fresh, answered = OfferingFactory(), EnquiryFactory(state=EnquiryState.TALKING)
    over = [
        f"/bestuur/doe/toezegging/{kept.uuid}/",
        f"/bestuur/doe/aanbod/{fresh.slug}/",
        f"/bestuur/doe/aanvraag/{answered.uuid}/",
    ]
    Enquiry.objects.filter(pk=answered.pk).update(state=EnquiryState.AGREED)

    told = [board.post(path, follow=True).content.decode() for path in over]

    assert all("Dat was al afgehandeld" in page for page in told)
    page = board.post(f"/bestuur/doe/toezegging/{nobody.uuid}/", follow=True).content.decode()
    assert "Er is niemand om aan te schrijven" in page
    assert not Message.objects.exists()


@pytest.mark.parametrize("by_receiver", [True, False])
def test_in_a_silent_talk_who_did_not_write_last_is_reminded(cast: Cast, by_receiver: bool) -> None:
    cast.editor.roles.all().delete()
    enquiry = EnquiryFactory(
        offering=OfferingFactory(organisation=cast.member),
        asker=cast.firm,
        asked_by=cast.business,
        state=EnquiryState.TALKING,
    )
    EnquiryMessage.objects.create(
        enquiry=enquiry, by_receiver=by_receiver, author_name="X", text="Kan het ook om twee uur?", at=timezone.now()
    )

    page = cast.client("board").post(f"/bestuur/doe/aanvraag/{enquiry.uuid}/", follow=True).content.decode()

    message = Message.objects.get()
    asked, name = (cast.business, "Werf Noord B.V.") if by_receiver else (cast.owner, cast.member.name)
    assert (message.email, f"{name} krijgt een herinnering" in page) == (asked.email, True)
    assert "Kan het ook om twee uur?" in message.text


def test_own_actions_are_struck_off_from_the_page(cast: Cast) -> None:
    by, now = Actor.of(cast.board), timezone.now()
    first = deciding.decide("De sleutel halen", cast.board, timezone.localdate(), by, now)
    second = deciding.decide("De zaal bellen", cast.board, timezone.localdate() - dt.timedelta(days=2), by, now)
    board = cast.client("board")
    assert {group.title for group in attention.groups(now, 0)} == {"Acties van het bestuur"}

    board.post(f"/bestuur/doe/actie/{first.uuid}/", {"doe": "gedaan"})
    board.post(f"/bestuur/doe/actie/{second.uuid}/", {"doe": "vervallen"})
    again = board.post(f"/bestuur/doe/actie/{first.uuid}/", {"doe": "vervallen"}, follow=True)

    assert [Commitment.objects.get(pk=each.pk).state for each in (first, second)] == [S.KEPT, S.GIVEN_BACK]
    assert "Dat was al afgehandeld" in again.content.decode()
    assert attention.groups(now, 0) == []


def test_page_says_when_a_review_is_due_and_which_one_goes_on(cast: Cast) -> None:
    now = timezone.now()
    assert attention.groups(now, 0) == []
    between(cast, state=S.STARTED, due_on=dt.date(2020, 1, 1))
    titles = [group.title for group in attention.groups(now, 0)]
    review = reviewing.start(cast.board, now)
    [going_on] = [group.rows[0] for group in attention.groups(now, 0) if group.title == "Beoordeling"]
    reviewing.close(review, cast.board, now)

    assert titles == ["Beoordeling", "Datum voorbij"]
    assert (going_on.sentence, going_on.url) == (
        "Er loopt een beoordeling: 0 van 1 besproken",
        review.get_absolute_url(),
    )
    assert "Beoordeling" not in [group.title for group in attention.groups(now, 0)]
    later = now + dt.timedelta(days=31)
    Review.objects.update(held_on=timezone.localdate())
    assert "Beoordeling" in [group.title for group in attention.groups(later, 0)]


def test_dispute_is_settled_from_its_row_with_what_both_said(cast: Cast) -> None:
    dispute = between(cast, state=S.REPORTED, delivered=8, result="Acht uur geverfd.", reported_at=timezone.now())
    dispute.not_yet(Actor.of(cast.owner), timezone.now(), note="De schuur is nog grijs.")
    dispute.ask_board(Actor.of(cast.business), timezone.now(), note="Ze nemen niet op.", side=Side.PROMISOR)
    board = cast.client("board")
    page = board.get("/bestuur/").content.decode()
    assert all(said in page for said in ("Acht uur geverfd.", "De schuur is nog grijs.", "Ze nemen niet op."))

    typed = {"deed": "mediate", "stand": S.STARTED, "choice": "settle", "note": "Gebeld.", "once": str(uuid4())}
    answer = board.post(f"{dispute.get_absolute_url()}doe/", typed | {"next": "/bestuur/"})

    assert (answer.status_code, answer["Location"]) == (302, "/bestuur/")
    assert not Commitment.objects.get().needs_board


@pytest.mark.parametrize(
    ("doe", "typed", "outcome"),
    [
        ("aannemen", {}, "accepted"),
        ("vragen", {"vragen-question": "Met hoeveel zijn jullie?"}, ""),
        ("afwijzen", {"afwijzen-reason": "Jullie zitten in Delft."}, "rejected"),
    ],
)
def test_application_is_decided_on_from_its_row(cast: Cast, doe: str, typed: dict[str, str], outcome: str) -> None:
    made = ApplicationFactory(motivation="We willen graag meedoen met de stad.")
    board, page = cast.client("board"), f"/bestuur/aanmeldingen/{made.uuid}/"
    row = board.get("/bestuur/").content.decode()
    assert row.count(f'action="{page}"') == 3
    assert "meedoen met de stad" in row

    answer = board.post(page, {"doe": doe, "next": "/bestuur/", **typed})

    made.refresh_from_db()
    assert (answer.status_code, answer["Location"], made.outcome) == (302, "/bestuur/", outcome)
    assert made.question == typed.get("vragen-question", "")
    assert attention.applications(timezone.now()).rows == []


def test_application_that_may_be_known_is_accepted_on_its_page(cast: Cast) -> None:
    ApplicationFactory(likeness={"name": "Taalhuis De Schrijfplank", "reasons": ["name"]})

    [row] = attention.applications(timezone.now()).rows

    assert row.fold is not None
    assert set(row.fold.forms) == {"ask", "reject"}
    assert "Dit kan Taalhuis De Schrijfplank zijn." in cast.client("board").get("/bestuur/").content.decode()


def test_application_whose_twin_came_later_is_not_accepted_unseen(cast: Cast) -> None:
    made = ApplicationFactory(organisation__name="Taalhuis De Schrijfplan")
    board, page = cast.client("board"), f"/bestuur/aanmeldingen/{made.uuid}/"

    blind = board.post(page, {"doe": "aannemen", "next": "/bestuur/"})
    seen = board.post(page, {"doe": "aannemen", "aannemen-into": ""})

    assert (blind.status_code, seen.status_code) == (422, 302)
    assert "Kies of het dezelfde is." in blind.content.decode()
    assert "Taalhuis De Schrijfplank" in blind.content.decode()


@pytest.mark.parametrize(("doe", "state"), [("opnieuw", MessageState.QUEUED), ("afgehandeld", MessageState.FAILED)])
def test_mail_that_did_not_arrive_is_dealt_with_from_its_row(cast: Cast, doe: str, state: str) -> None:
    told = {"kind": Kind.TRANSACTIONAL, "email": "a@b.example", "subject": "Dag", "text": "Dag", "html": "Dag"}
    mail = outbox.add(Message(key="kwam niet aan", state=MessageState.FAILED, **told))
    board, path = cast.client("board"), f"/bestuur/doe/mail/{mail.uuid}/"
    assert deeds_on(cast) == [path]

    answer = board.post(path, {"doe": doe}, headers={"HX-Request": "true"})

    mail.refresh_from_db()
    assert (answer.status_code, mail.state, deeds_on(cast)) == (200, state, [])
    assert "Dat kan nu niet meer" in board.post(path, {"doe": doe}, follow=True).content.decode()
