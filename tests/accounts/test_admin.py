"""Accounts in the administration: nobody is locked out of the circle, and nobody climbs."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from kring.accounts.models import BoardSeat, User
from kring.mail.models import Message
from members.models import Change, Invitation, Role
from tests.accounts.conftest import last_mail, sign_in
from tests.conftest import Cast
from tests.factories import BoardSeatFactory, InvitationFactory, RoleFactory, UserFactory


@pytest.fixture
def administrator(cast: Cast) -> Client:
    return cast.client("administrator")


@pytest.fixture
def helper(cast: Cast) -> Client:
    """Somebody who may change accounts in the administration, and no more than that."""
    user = UserFactory(name="Hulp", email="hulp@voorbeeld.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client = Client()
    client.force_login(user)
    return client


def page_of(user: User) -> str:
    return f"/beheer/accounts/user/{user.pk}/change/"


def change(client: Client, user: User, **changes: Any) -> Any:
    """The form as it stands, with these changes."""
    seats = list(BoardSeat.objects.filter(user=user))
    typed: dict[str, Any] = {
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "board_seats-TOTAL_FORMS": len(seats),
        "board_seats-INITIAL_FORMS": len(seats),
    }
    for number, seat in enumerate(seats):
        typed |= {
            f"board_seats-{number}-id": seat.pk,
            f"board_seats-{number}-user": user.pk,
            f"board_seats-{number}-function": seat.function,
            f"board_seats-{number}-since": seat.since.isoformat(),
        }
    typed |= changes
    return client.post(page_of(user), {name: value for name, value in typed.items() if value is not False})


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


# --- Nobody is locked out --------------------------------------------------------------------------------------------


def test_membership_is_not_begun_by_hand(administrator: Client) -> None:
    assert administrator.get("/beheer/members/membership/").status_code == 200
    assert administrator.get("/beheer/members/membership/add/").status_code == 403


def test_last_owner_of_a_member_stays(administrator: Client, cast: Cast) -> None:
    answer = change(administrator, cast.owner, is_active=False)
    cast.owner.refresh_from_db()
    assert cast.owner.is_active
    RoleFactory(organisation=cast.member, role="owner")
    change(administrator, cast.owner, is_active=False)

    assert f"de laatste beheerder van {cast.member}" in answer.content.decode()
    cast.owner.refresh_from_db()
    assert not cast.owner.is_active


@pytest.mark.parametrize("without", ["is_active", "is_staff"])
def test_last_administrator_stays(administrator: Client, cast: Cast, without: str) -> None:
    answer = change(administrator, cast.administrator, **{without: False})

    cast.administrator.refresh_from_db()
    assert "Dit is de laatste sitebeheerder" in answer.content.decode()
    assert cast.administrator.is_active
    assert cast.administrator.is_staff


def test_one_of_two_administrators_may_go(administrator: Client, cast: Cast) -> None:
    UserFactory(is_staff=True, is_superuser=True)

    assert change(administrator, cast.administrator, is_staff=False).status_code == 302


ENDS: list[dict[str, Any]] = [
    {"board_seats-0-DELETE": "on"},
    {"board_seats-0-until": timezone.localdate().isoformat()},
    {"is_active": False},
]


@pytest.mark.parametrize("end", ENDS, ids=str)
def test_last_board_member_stays(administrator: Client, cast: Cast, end: dict[str, Any]) -> None:
    answer = change(administrator, cast.board, **end)

    assert "Dit is het laatste bestuurslid" in answer.content.decode()
    assert [user.pk for user in User.objects.on_board(timezone.localdate())] == [cast.board.pk]


@pytest.mark.parametrize("end", ENDS, ids=str)
@pytest.mark.parametrize(("other_is_active", "status"), [(True, 302), (False, 200)])
def test_board_member_may_go_when_another_can_act(
    administrator: Client, cast: Cast, end: dict[str, Any], other_is_active: bool, status: int
) -> None:
    BoardSeatFactory(user=UserFactory(is_active=other_is_active))

    assert change(administrator, cast.board, **end).status_code == status


def test_account_is_closed_and_never_deleted(administrator: Client, cast: Cast) -> None:
    path = f"/beheer/accounts/user/{cast.editor.pk}/delete/"
    bulk = {"action": "delete_selected", "_selected_action": cast.editor.pk, "post": "yes"}

    assert administrator.post(path, {"post": "yes"}).status_code == 403
    administrator.post("/beheer/accounts/user/", bulk)
    assert User.objects.filter(pk=cast.editor.pk).exists()


# --- What follows from a change --------------------------------------------------------------------------------------


def test_closing_an_account_ends_its_sessions(administrator: Client, cast: Cast) -> None:
    own = Client()
    sign_in(own, cast.editor.email)

    change(administrator, cast.editor, is_active=False)
    User.objects.filter(pk=cast.editor.pk).update(is_active=True)

    assert not is_signed_in(own)


def test_moving_an_address_ends_sessions_and_tells_the_old_one(administrator: Client, cast: Cast) -> None:
    old, own = cast.editor.email, Client()
    sign_in(own, old)

    change(administrator, cast.editor, email="Nieuw@Voorbeeld.example")

    cast.editor.refresh_from_db()
    assert cast.editor.email == "nieuw@voorbeeld.example"
    assert not is_signed_in(own)
    assert "nieuw@voorbeeld.example" in last_mail(old).text


def test_address_of_another_is_not_taken(administrator: Client, cast: Cast) -> None:
    answer = change(administrator, cast.editor, email=cast.owner.email.upper())

    assert answer.status_code == 200
    assert not Message.objects.exists()


@pytest.mark.parametrize("action", ["sign_out", "forget_second_factor"])
def test_actions_end_sessions(administrator: Client, cast: Cast, action: str) -> None:
    own = Client()
    sign_in(own, cast.editor.email)
    Authenticator.objects.create(user=cast.editor, type=Authenticator.Type.TOTP, data={})

    administrator.post("/beheer/accounts/user/", {"action": action, "_selected_action": cast.editor.pk})

    assert not is_signed_in(own)
    assert Authenticator.objects.exists() == (action == "sign_out")


# --- Nobody climbs ---------------------------------------------------------------------------------------------------


def test_helper_gives_no_power_to_anybody(helper: Client, cast: Cast) -> None:
    assert change(helper, cast.editor, name="Ander", is_staff="on", is_superuser="on").status_code == 302

    cast.editor.refresh_from_db()
    assert (cast.editor.name, cast.editor.is_staff, cast.editor.is_superuser) == ("Ander", False, False)


def test_helper_does_not_become_who_has_power(helper: Client, cast: Cast) -> None:
    """With another's address one asks for another's code."""
    assert change(helper, cast.administrator, email="hulp2@voorbeeld.example").status_code == 403

    cast.administrator.refresh_from_db()
    assert cast.administrator.email == "administrator@voorbeeld.example"


@pytest.mark.parametrize("action", ["sign_out", "forget_second_factor"])
def test_helper_takes_no_second_step_away(helper: Client, cast: Cast, action: str) -> None:
    Authenticator.objects.create(user=cast.administrator, type=Authenticator.Type.TOTP, data={})

    helper.post("/beheer/accounts/user/", {"action": action, "_selected_action": cast.administrator.pk})

    assert Authenticator.objects.filter(user=cast.administrator).exists()


@pytest.mark.parametrize("who", ["visitor", "business", "editor", "owner", "board"])
def test_nobody_else_comes_in(cast: Cast, who: str) -> None:
    client = cast.client(who)
    paths = ["/beheer/", page_of(cast.owner), "/beheer/login/", "/beheer/r/1/1/", "/beheer/autocomplete/"]

    answers = [client.get(path, follow=True) for path in paths]

    assert {answer.status_code for answer in answers} <= {200, 403}
    assert all(answer.request["PATH_INFO"] == "/inloggen/" for answer in answers if answer.status_code == 200)
    assert change(client, cast.owner, is_staff="on").status_code in {302, 403}
    cast.owner.refresh_from_db()
    assert not cast.owner.is_staff


# --- What keeps its own history --------------------------------------------------------------------------------------


def test_what_is_mended_by_hand_is_signed(administrator: Client, cast: Cast) -> None:
    membership = cast.member.memberships.get()
    page = f"/beheer/members/membership/{membership.pk}/change/"
    typed = {"contribution": "25.00", "transitions-TOTAL_FORMS": 0, "transitions-INITIAL_FORMS": 0}

    assert administrator.post(page, typed).status_code == 302

    change = Change.objects.of(cast.member).latest("pk")
    assert (change.thing, change.actor, change.note) == ("membership", cast.administrator, "Via het sitebeheer")
    assert change.after == {"contribution": 25.00}


@pytest.mark.parametrize("model", ["role", "invitation", "change"])
def test_what_goes_by_a_verb_is_only_looked_at(administrator: Client, cast: Cast, model: str) -> None:
    """No last owner is taken away here, and no history changed."""
    of = {"role": Role, "invitation": Invitation, "change": Change}[model]
    InvitationFactory(organisation=cast.member, invited_by=cast.owner)
    one = of._default_manager.first()
    assert one is not None
    page = f"/beheer/members/{model}/{one.pk}/change/"

    assert administrator.get(page).status_code == 200
    assert administrator.post(page, {}).status_code == 403
    assert administrator.get(f"/beheer/members/{model}/add/").status_code == 403
    assert administrator.post(f"/beheer/members/{model}/{one.pk}/delete/", {"post": "yes"}).status_code == 403
