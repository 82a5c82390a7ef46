"""Who is the contact person: chosen by the own side, and moved on when somebody's role there ends."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from commitments import contacts, parties
from commitments.models import CommitmentState, Event, EventKind
from kring.accounts.models import BoardSeat
from members.models import Role
from tests.commitments.test_life import between
from tests.conftest import Cast
from tests.factories import CommitmentFactory

pytestmark = pytest.mark.django_db

S = CommitmentState
NOW = timezone.now()


def test_each_side_chooses_among_its_own_people(cast: Cast) -> None:
    made = between(cast, promisor_contact=cast.owner)
    path, moved_at = f"{made.get_absolute_url()}contact/", made.moved_at
    owner = cast.client("owner")
    assert path in owner.get(made.get_absolute_url()).content.decode()

    assert owner.post(path, {"promisor": cast.business.pk}).status_code == 422
    assert owner.post(path, {"promisor": cast.editor.pk, "beneficiary": cast.editor.pk}).status_code == 302
    made.refresh_from_db()
    assert (made.promisor_contact, made.beneficiary_contact, made.moved_at) == (cast.editor, None, moved_at)
    assert [each.email for each in parties.promisors(made)] == [cast.editor.email]
    assert Event.objects.get().kind == EventKind.CONTACT

    assert owner.post(path, {"promisor": ""}).status_code == 302
    made.refresh_from_db()
    assert {each.email for each in parties.promisors(made)} == {cast.editor.email, cast.owner.email}


def test_contact_who_leaves_hands_over_to_an_owner(cast: Cast) -> None:
    made = between(cast, promisor_contact=cast.editor, beneficiary_contact=cast.business)
    over = between(cast, promisor_contact=cast.editor, state=S.KEPT, confirmed=1)
    assert contacts.move_on(NOW) == 0

    Role.objects.filter(user=cast.editor).update(until=timezone.localdate() - dt.timedelta(days=1))

    assert [contacts.move_on(NOW) for _time in range(2)] == [1, 0]
    made.refresh_from_db()
    over.refresh_from_db()
    assert (made.promisor_contact, made.beneficiary_contact) == (cast.owner, cast.business)
    assert over.promisor_contact == cast.editor


def test_nobody_is_named_where_nobody_is_left(cast: Cast) -> None:
    made = between(cast, beneficiary_contact=cast.business)
    Role.objects.filter(user=cast.business).update(until=timezone.localdate() - dt.timedelta(days=1))

    assert contacts.move_on(NOW) == 1
    made.refresh_from_db()
    assert made.beneficiary_contact is None


def test_what_has_ended_keeps_its_contact(cast: Cast) -> None:
    made = between(cast, state=S.KEPT, confirmed=1, promisor_contact=cast.owner)

    page = (
        cast.client("owner")
        .post(f"{made.get_absolute_url()}contact/", {"promisor": cast.editor.pk}, follow=True)
        .content.decode()
    )

    made.refresh_from_db()
    assert (made.promisor_contact, "Dit was al veranderd" in page) == (cast.owner, True)


def test_who_leaves_the_board_is_not_shown_for_the_circle(cast: Cast) -> None:
    made = CommitmentFactory(promisor=cast.member, beneficiary=None, beneficiary_contact=cast.board)
    assert contacts.move_on(NOW) == 0
    BoardSeat.objects.filter(user=cast.board).update(until=timezone.localdate() - dt.timedelta(days=1))

    assert contacts.move_on(NOW) == 1

    made.refresh_from_db()
    assert made.beneficiary_contact is None
