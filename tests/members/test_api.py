"""Writing by the API: the rules, the words and the rights of the pages."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kring.accounts.models import TokenScope
from kring.mail.models import Message
from members.models import BusinessArea, Change, Membership, MembershipStatus, Organisation
from tests.conftest import Cast
from tests.factories import LONG_AGO, DistrictFactory, SectorFactory

pytestmark = pytest.mark.django_db


def patch(client: Client, organisation: Organisation, body: Any, version: int | None = None) -> Any:
    seen = Organisation.objects.get(pk=organisation.pk).version if version is None else version
    return client.patch(
        f"/api/v1/organisations/{organisation.uuid}/",
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        headers={"If-Match": f'"{seen}"'},
    )


def test_editor_changes_what_is_sent_and_nothing_else(cast: Cast) -> None:
    DistrictFactory(slug="holy-zuid")
    SectorFactory(slug="zorg")
    before = Organisation.objects.get(pk=cast.member.pk)
    body = {
        "tagline": "Taal voor iedereen",
        "districts": ["holy-zuid"],
        "sectors": ["zorg"],
        "links": ["https://voorbeeld.nl/taal"],
        "postcode": "3131ab",
        "phone": "010 434 12 34",
    }

    answer = patch(cast.program("editor"), cast.member, body)

    shown = answer.json()
    assert answer.status_code == 200
    assert {name: shown[name] for name in body} == body | {"postcode": "3131 AB", "phone": shown["phone"]}
    assert shown["name"] == before.name
    assert answer["ETag"] == f'"{before.version + 1}"'
    stored = Organisation.objects.get(pk=cast.member.pk)
    assert stored.profile_confirmed_on == timezone.localdate()
    assert Change.objects.filter(organisation=cast.member, actor=cast.editor).exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kvk_number": "123"}, "kvk_number"),
        ({"postcode": "31AB"}, "postcode"),
        ({"sector": "bestaat-niet"}, "sector"),
        ({"sector": None}, "sector"),
        ({"sector": "\x00"}, "sector"),
        ({"districts": [{"a": 1}]}, "districts"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"founding_year": 10**30}, "founding_year"),
        ({"listed_on": "2020-01-01"}, "listed_on"),
        ({"version": 1}, "version"),
        ({"links": ["geen adres"]}, "links"),
        ("[]", "non_field_errors"),
    ],
)
def test_bad_input_is_told_per_field_and_changes_nothing(body: Any, field: str, cast: Cast) -> None:
    before = Organisation.objects.get(pk=cast.member.pk).version

    answer = patch(cast.program("owner"), cast.member, body)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert Organisation.objects.get(pk=cast.member.pk).version == before


def test_business_writes_what_a_business_has(cast: Cast) -> None:
    BusinessArea.objects.create(slug="vijfsluizen", name="Vijfsluizen")
    body = {"employees": 40, "company_size": "medium", "business_area": "vijfsluizen"}

    answer = patch(cast.program("business"), cast.firm, {**body, "contact": cast.business.email})

    assert {name: answer.json()[name] for name in body} == body
    assert cast.business.email not in answer.content.decode()
    assert Organisation.objects.get(pk=cast.firm.pk).contact == cast.business


@pytest.mark.parametrize(
    ("who", "body"),
    [
        ("owner", {"company_size": "medium"}),
        ("business", {"anbi": True}),
        ("business", {"sector": "zorg"}),
        ("owner", {"contact": "business@voorbeeld.example"}),
        ("owner", {"contact": "niemand@voorbeeld.example"}),
    ],
)
def test_field_that_an_organisation_lacks_is_refused_by_name(who: str, body: dict[str, Any], cast: Cast) -> None:
    SectorFactory(slug="zorg")

    answer = patch(cast.program(who), cast.member if who == "owner" else cast.firm, body)

    assert (answer.status_code, list(answer.json())) == (400, list(body))


def test_since_when_an_organisation_belongs_is_read_by_all(cast: Cast) -> None:
    path = "/api/v1/organisations/{}/"

    shown = [Client().get(path.format(each.uuid)).json() for each in (cast.member, cast.firm)]

    assert [each["member_since"] for each in shown] == [str(LONG_AGO), None]
    assert shown[0]["profile_confirmed_on"] == str(timezone.localdate())
    assert shown[1]["partner_member"] is False


def test_two_programs_lose_nothing(cast: Cast) -> None:
    seen = Organisation.objects.get(pk=cast.member.pk).version
    patch(cast.program("owner"), cast.member, {"tagline": "Eerst"}, seen)

    late = patch(cast.program("editor"), cast.member, {"tagline": "Te laat"}, seen)

    assert late.status_code == 412
    assert Organisation.objects.get(pk=cast.member.pk).tagline == "Eerst"
    without = cast.program("editor").patch(
        f"/api/v1/organisations/{cast.member.uuid}/", "{}", content_type="application/json"
    )
    assert without.status_code == 428


def test_who_may_write(cast: Cast) -> None:
    answers = {
        "stranger": patch(Client(), cast.member, {}).status_code,
        **{who: patch(cast.program(who), cast.member, {}).status_code for who in ("outsider", "business", "board")},
        "reader": patch(cast.program("owner", TokenScope.READ), cast.member, {}).status_code,
        "browser": patch(cast.client("owner"), cast.member, {}).status_code,
    }

    expected = {"stranger": 401, "outsider": 403, "business": 403, "board": 200, "reader": 403, "browser": 200}
    assert answers == expected


def test_browser_of_somebody_needs_the_token_of_a_form(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.owner)

    assert patch(client, cast.member, {"tagline": "Van elders"}).status_code == 403


def steps(client: Client, membership: Membership, body: Any) -> Any:
    return client.post(
        f"/api/v1/memberships/{membership.uuid}/steps/", json.dumps(body), content_type="application/json"
    )


def test_board_reads_memberships_and_takes_a_step(cast: Cast) -> None:
    membership = Membership.objects.get(organisation=cast.member)
    board = cast.program("board")

    names = [row["name"] for row in board.get("/api/v1/memberships/").json()["results"]]
    answer = steps(board, membership, {"step": "schorsen", "reason": "Zolang het huis dicht is."})
    twice = steps(board, membership, {"step": "schorsen", "reason": "Nog een keer."})

    assert cast.member.name in names
    assert (answer.status_code, answer.json()["status"]) == (200, MembershipStatus.SUSPENDED)
    assert twice.status_code == 409
    assert Message.objects.filter(user=cast.owner).count() == 1


def test_memberships_are_narrowed_and_tell_their_steps(cast: Cast) -> None:
    board, membership = cast.program("board"), Membership.objects.get(organisation=cast.member)
    steps(board, membership, {"step": "schorsen", "reason": "Zolang het huis dicht is."})

    found = {
        query: [row["name"] for row in board.get(f"/api/v1/memberships/?{query}").json()["results"]]
        for query in (f"organisation={cast.elsewhere.uuid}", "status=suspended")
    }
    told = board.get(f"/api/v1/memberships/{membership.uuid}/").json()["transitions"]

    assert list(found.values()) == [[cast.elsewhere.name], [cast.member.name]]
    assert [(step["before"], step["after"], step["by"]) for step in told] == [("active", "suspended", "Board")]
    assert board.get("/api/v1/memberships/?status=verzonnen").status_code == 400


def test_step_follows_the_rules_of_its_form(cast: Cast) -> None:
    membership = Membership.objects.get(organisation=cast.member)
    board = cast.program("board")
    yesterday = timezone.localdate() - dt.timedelta(days=1)

    refused = [
        (answer.status_code, sorted(answer.json()))
        for answer in (
            steps(board, membership, {"step": "schorsen"}),
            steps(board, membership, {"step": "opzeggen", "reason": "Klaar.", "last_day": str(yesterday)}),
            steps(board, membership, {"step": "verzonnen"}),
        )
    ]

    assert refused == [(400, ["reason"]), (400, ["last_day"]), (400, ["step"])]
    assert Membership.objects.get(pk=membership.pk).status == MembershipStatus.ACTIVE


def test_nobody_else_reads_memberships(cast: Cast) -> None:
    found = {who: cast.program(who).get("/api/v1/memberships/").status_code for who in ("owner", "administrator")}

    assert found == {"owner": 403, "administrator": 403}
    assert Client().get("/api/v1/memberships/").status_code == 401
