"""Who serves an organisation: inviting, joining, changing, handing over, leaving, and the board that steps in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from kring.accounts.models import User
from members import people
from members.models import Change, Invitation, Organisation, Role, RoleKind
from members.people import Guest
from tests.conftest import Cast
from tests.factories import OrganisationFactory, RoleFactory
from tests.members.mails import link, mail, sent

pytestmark = pytest.mark.django_db

NOOR = "noor@voorbeeld.example"


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    cache.clear()


def page(cast: Cast, rest: str = "") -> str:
    return f"/mijn/{cast.member.slug}/mensen/{rest}"


def invite(cast: Cast, **other: str) -> Any:
    typed = {"name": "Noor Smit", "email": NOOR, "role": RoleKind.EDITOR, **other}
    return cast.client("owner").post(page(cast, "uitnodigen/"), typed)


def roles(organisation: Organisation) -> dict[str, str]:
    held = Role.objects.of(organisation).held(timezone.localdate()).select_related("user")
    return {role.user.email: role.role for role in held}


def test_who_is_invited_takes_the_role_and_is_in(cast: Cast, client: Client) -> None:
    invite(cast)
    path = link(NOOR, "invitation")
    client.get(path)
    looked = roles(cast.member).get(NOOR)
    came_in = client.post(path, follow=True)

    assert (looked, roles(cast.member)[NOOR]) == (None, RoleKind.EDITOR)
    assert came_in.redirect_chain[-1][0] == f"/mijn/{cast.member.slug}/profiel/"
    assert sent("joined") == [cast.owner.email]
    assert User.objects.get(email=NOOR).get_full_name() == "Noor Smit"


def test_link_works_once(cast: Cast, client: Client) -> None:
    invite(cast)
    path = link(NOOR, "invitation")
    client.post(path)

    again = Client().post(path, follow=True)

    assert "al aangenomen" in again.content.decode() or "aangenomen" in again.content.decode()
    assert "_auth_user_id" not in Client().session
    assert Role.objects.filter(user__email=NOOR).count() == 1


def test_link_ends_after_a_week_when_withdrawn_and_when_sent_again(cast: Cast, client: Client) -> None:
    invite(cast)
    first = link(NOOR, "invitation")
    invitation = Invitation.objects.get()
    owner = cast.client("owner")
    again = page(cast).replace("mensen/", f"uitnodigingen/{invitation.uuid}/opnieuw/")
    owner.post(again)
    at_once = link(NOOR, "invitation")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=5)):
        owner.post(again)
    second = link(NOOR, "invitation")
    client.post(first)
    by_first = roles(cast.member).get(NOOR)
    owner.post(page(cast).replace("mensen/", f"uitnodigingen/{invitation.uuid}/intrekken/"))
    client.post(second)

    assert (at_once == first, second == first) == (True, False)
    assert (by_first, roles(cast.member).get(NOOR)) == (None, None)
    assert not invitation.is_open(invitation.created_at + people.INVITED_FOR)


def test_invitation_is_for_its_address(cast: Cast) -> None:
    """Somebody else who is signed in does not get the role by a mail that was passed on."""
    invite(cast)

    seen = cast.client("outsider").post(link(NOOR, "invitation"))

    assert NOOR in seen.content.decode()
    assert cast.outsider.email not in roles(cast.member)
    assert Invitation.objects.open().count() == 1


@pytest.mark.parametrize(
    "other", [{"email": "noor"}, {"email": ""}, {"role": "baas"}, {"name": "x" * 121}, {"name": ""}]
)
def test_bad_input_keeps_what_was_typed(other: dict[str, str], cast: Cast) -> None:
    answer = invite(cast, **other)

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Noor Smit" in shown or "name" in other
    assert not Invitation.objects.exists()


def test_who_takes_over_may_come_from_outside(cast: Cast, client: Client) -> None:
    typed = {"doe": "uitnodigen", "name": "Noor Smit", "email": NOOR}

    wrong = cast.client("owner").post(page(cast, "overdragen/"), typed | {"email": "noor"})
    cast.client("owner").post(page(cast, "overdragen/"), typed)
    client.post(link(NOOR, "invitation"))

    assert wrong.status_code == 422
    assert "Noor Smit" in wrong.content.decode()
    assert (roles(cast.member)[NOOR], roles(cast.member)[cast.owner.email]) == (RoleKind.OWNER, RoleKind.EDITOR)


def test_whom_a_removed_owner_invited_does_not_come_in(cast: Cast, client: Client) -> None:
    other = RoleFactory(organisation=cast.member, role=RoleKind.OWNER)
    RoleFactory(organisation=cast.member, role=RoleKind.OWNER, user__name="Piet")
    people.invite(cast.member, Guest(NOOR), RoleKind.OWNER, other.user, timezone.now())
    cast.client("owner").post(page(cast, f"{other.pk}/weg/"))

    client.post(link(NOOR, "invitation"))

    assert NOOR not in roles(cast.member)
    text = " ".join(mail(Role.objects.get(user__name="Piet").user.email, "left").text.split())
    assert "Owner heeft die rol beëindigd." in text


def test_closed_account_is_given_no_role(cast: Cast) -> None:
    User.objects.filter(pk=cast.outsider.pk).update(is_active=False)
    typed = {"name": "Otto", "email": cast.outsider.email, "reason": "Niemand antwoordt."}

    invited = invite(cast, email=cast.outsider.email)
    appointed = cast.client("board").post(f"/bestuur/organisaties/{cast.member.slug}/beheerder/", typed)

    for answer in (invited, appointed):
        assert answer.status_code == 422
        assert "Het account met dit adres is gesloten." in answer.content.decode()
    assert cast.outsider.email not in roles(cast.member)


def test_invitation_of_an_account_that_closed_is_over(cast: Cast, client: Client) -> None:
    invite(cast, email=cast.outsider.email)
    User.objects.filter(pk=cast.outsider.pk).update(is_active=False)

    client.post(link(cast.outsider.email, "invitation"))

    assert cast.outsider.email not in roles(cast.member)
    assert Invitation.objects.open().count() == 1


def test_who_serves_already_is_not_invited_for_less(cast: Cast) -> None:
    as_editor = invite(cast, email=cast.owner.email.upper())
    as_owner = invite(cast, email=cast.editor.email, role=RoleKind.OWNER)

    assert (as_editor.status_code, as_owner.status_code) == (422, 302)


def test_editor_and_outsider_change_nobody(cast: Cast) -> None:
    key = cast.owner.roles.get().pk
    for who in ("editor", "outsider", "business"):
        client = cast.client(who)
        assert client.post(page(cast, f"{key}/rol/"), {"role": RoleKind.EDITOR}).status_code == 403
        assert client.post(page(cast, f"{key}/weg/")).status_code == 403

    assert roles(cast.member)[cast.owner.email] == RoleKind.OWNER


def test_last_owner_stays_until_another_owns(cast: Cast) -> None:
    own = cast.owner.roles.get()
    owner = cast.client("owner")
    refused = owner.post(page(cast, f"{own.pk}/weg/"), follow=True).content.decode()
    lowered = owner.post(page(cast, f"{own.pk}/rol/"), {"role": RoleKind.EDITOR}, follow=True).content.decode()

    handed = owner.post(page(cast, "overdragen/"), {"to": cast.editor.roles.get().pk, "stays": "nee"}, follow=True)

    assert "laatste beheerder" in refused
    assert "laatste beheerder" in lowered
    assert handed.status_code == 200
    assert roles(cast.member) == {cast.editor.email: RoleKind.OWNER}
    assert sent("handed_over") == sorted([cast.editor.email, cast.owner.email])


def test_who_leaves_keeps_the_history(cast: Cast) -> None:
    role = cast.editor.roles.get()
    left = cast.client("editor").post(page(cast, f"{role.pk}/weg/"), follow=True)
    again = cast.client("editor").get(page(cast))

    role.refresh_from_db()
    assert left.redirect_chain[-1][0] == "/mijn/"
    assert (role.until, again.status_code) == (timezone.localdate(), 403)
    assert sent("left") == [cast.owner.email]
    assert Change.objects.filter(organisation=cast.member, actor=cast.editor).exists()


def test_owner_takes_somebody_away_who_hears_of_it(cast: Cast) -> None:
    role = cast.editor.roles.get()
    owner = cast.client("owner")
    first = owner.get(page(cast, f"{role.pk}/weg/")).content.decode()
    for _each in range(2):
        owner.post(page(cast, f"{role.pk}/weg/"))

    assert cast.editor.name in first
    assert sent("role_ended") == [cast.editor.email]


def test_handover_to_a_stranger_is_an_invitation(cast: Cast, client: Client) -> None:
    people.invite(cast.member, Guest(NOOR, "Noor Smit"), RoleKind.OWNER, cast.owner, timezone.now(), hands_over=True)
    client.post(link(NOOR, "invitation"))

    assert roles(cast.member)[NOOR] == RoleKind.OWNER
    assert roles(cast.member)[cast.owner.email] == RoleKind.EDITOR


def test_one_person_serves_several_and_switches(cast: Cast) -> None:
    other = OrganisationFactory(name="Speelotheek De Toren")
    RoleFactory(user=cast.owner, organisation=other, role=RoleKind.EDITOR)

    shown = cast.client("owner").get(page(cast)).content.decode()
    mine = cast.client("owner").get("/mijn/").content.decode()

    assert f'href="/mijn/{other.slug}/mensen/"' in shown
    assert "Speelotheek De Toren" in mine
    assert cast.member.name in mine


def test_board_appoints_when_nobody_answers(cast: Cast) -> None:
    typed = {"name": "Noor Smit", "email": NOOR, "reason": "De beheerder is verhuisd."}
    cast.client("board").post(f"/bestuur/organisaties/{cast.member.slug}/beheerder/", typed)

    assert roles(cast.member)[NOOR] == RoleKind.OWNER
    assert sent("appointed") == [NOOR]
    assert sent("appointed_other") == [cast.owner.email]
    assert "De beheerder is verhuisd." in mail(cast.owner.email, "appointed_other").text
    noted = Change.objects.filter(organisation=cast.member, actor=cast.board).values_list("note", flat=True)
    assert set(noted) == {"De beheerder is verhuisd."}


def test_no_more_open_invitations_than_people(cast: Cast) -> None:
    now = timezone.now()
    for number in range(people.MOST_OPEN):
        guest = Guest(f"gast-{number}@voorbeeld.example", "Gast")
        people.invite(cast.member, guest, RoleKind.EDITOR, cast.owner, now + dt.timedelta(seconds=number))

    with pytest.raises(people.TooManyInvited):
        people.invite(cast.member, Guest(NOOR), RoleKind.EDITOR, cast.owner, now)
    assert invite(cast).status_code == 422
