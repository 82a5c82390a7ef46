import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from kring.foundation.actors import Actor
from members.models import LastOwner, MembershipStatus, Organisation, Role, RoleKind
from tests.conftest import Cast
from tests.factories import OrganisationFactory, RoleFactory

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 23)
SYSTEM = Actor.system()
TOMORROW = TODAY + dt.timedelta(days=1)


def test_last_owner_cannot_leave(cast: Cast) -> None:
    role = Role.objects.get(user=cast.owner)

    with pytest.raises(LastOwner):
        role.end(SYSTEM, NOW)

    role.refresh_from_db()
    assert role.until is None


def test_owner_who_cannot_sign_in_does_not_count(cast: Cast) -> None:
    RoleFactory(organisation=cast.member, role=RoleKind.OWNER, user__is_active=False)

    with pytest.raises(LastOwner):
        Role.objects.get(user=cast.owner).end(SYSTEM, NOW)


def test_owner_leaves_once_somebody_else_owns(cast: Cast) -> None:
    RoleFactory(organisation=cast.member, role=RoleKind.OWNER)

    Role.objects.get(user=cast.owner).end(SYSTEM, NOW)

    assert not Organisation.objects.served_by(cast.owner, TODAY).exists()
    assert Role.objects.filter(user=cast.owner).count() == 1  # the ended role stays


def test_role_holds_from_its_first_day_up_to_its_last(cast: Cast) -> None:
    role = RoleFactory(organisation=cast.elsewhere, since=TODAY, until=TOMORROW)

    assert role in Role.objects.held(TODAY)
    assert role not in Role.objects.held(TOMORROW)
    assert role not in Role.objects.held(TODAY - dt.timedelta(days=1))


def test_one_role_at_a_time_in_an_organisation(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="role_one_at_a_time"), transaction.atomic():
        RoleFactory(user=cast.editor, organisation=cast.member, role=RoleKind.OWNER)


def test_who_sees_an_organisation_that_is_not_listed(cast: Cast) -> None:
    applicant = OrganisationFactory(membership=MembershipStatus.APPLIED)
    RoleFactory(user=cast.business, organisation=applicant)
    board = type(cast.board).objects.with_board_seat(TODAY).get(pk=cast.board.pk)

    seen_by = {
        "visitor": applicant in Organisation.objects.visible_to(AnonymousUser(), TODAY),
        "outsider": applicant in Organisation.objects.visible_to(cast.outsider, TODAY),
        "own": applicant in Organisation.objects.visible_to(cast.business, TODAY),
        "board": applicant in Organisation.objects.visible_to(board, TODAY),
    }

    assert seen_by == {"visitor": False, "outsider": False, "own": True, "board": True}


def test_only_a_role_or_the_board_may_edit(cast: Cast) -> None:
    assert list(Organisation.objects.editable_by(cast.editor, TODAY)) == [cast.member]
    assert cast.member not in Organisation.objects.editable_by(cast.outsider, TODAY)
    assert not Organisation.objects.editable_by(AnonymousUser(), TODAY).exists()
