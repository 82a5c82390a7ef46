"""Writing offerings by the API: as the pages do it, by who may."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kring.accounts.models import TokenScope
from offerings.models import Audience, Offering, OfferingState
from tests.conftest import Cast
from tests.factories import CategoryFactory, DistrictFactory, OfferingFactory

pytestmark = pytest.mark.django_db

LIST = "/api/v1/offerings/"


def send(client: Client, method: str, path: str, body: Any, **headers: str) -> Any:
    return getattr(client, method)(path, body, content_type="application/json", headers=headers)


def given(**changed: Any) -> dict[str, Any]:
    base = {
        "organisation": "taalhuis",
        "title": "Varen met de klas",
        "summary": "Een middag op het water.",
        "category": CategoryFactory().slug,
        "audience": "city",
    }
    return base | changed


def test_new_offering_is_a_draft_until_it_is_published(cast: Cast) -> None:
    client, once = cast.client("editor"), str(uuid.uuid4())
    more = {"price_kind": "fixed", "price": "1234.50", "months": [4, 5], "wheelchair_accessible": False}
    body = given(**more, district=DistrictFactory().slug, once=once)

    made, again = (send(client, "post", LIST, body) for _ in range(2))

    offering = Offering.objects.get()
    assert (made.status_code, made.json()["id"], again.json()["id"]) == (201, str(offering.uuid), str(offering.uuid))
    assert (made.json()["price"], made.json()["months"], made.json()["state"]) == ("1234.50", [4, 5], "draft")
    assert (made.json()["district"], made.json()["wheelchair_accessible"]) == ("centrum", False)
    assert Client().get(f"{LIST}{offering.uuid}/").status_code == 404

    step = f"{LIST}{offering.uuid}/step/"
    assert send(client, "post", step, {"step": "publish"}).json()["state"] == "published"
    assert send(client, "post", step, {"step": "publish"}).status_code == 409
    assert Client().get(f"{LIST}{offering.uuid}/").json()["is_fresh"] is True


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"category": "onbekend"}, "category"),
        ({"district": "onbekend"}, "district"),
        ({"price_kind": "from"}, "price"),
        ({"group_min": 9, "group_max": 3}, "group_max"),
        ({"months": [13]}, "months"),
        ({"category": "\x00"}, "category"),
        ({"organisation": "\x00"}, "organisation"),
        ({"state": "published"}, "state"),
    ],
)
def test_rules_are_those_of_the_form(changed: dict[str, Any], field: str, cast: Cast) -> None:
    answer = send(cast.client("owner"), "post", LIST, given(**changed))

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Offering.objects.exists()


def test_change_is_on_top_of_a_known_version(cast: Cast) -> None:
    offering = OfferingFactory(
        organisation=cast.member, confirmed_on=dt.date(2015, 1, 1), price_kind="from", price="12.50", months=[1]
    )
    client, path = cast.client("editor"), f"{LIST}{offering.uuid}/"
    tag = client.get(path)["ETag"]

    blind = send(client, "patch", path, {"title": "Anders"})
    first = send(client, "patch", path, {"title": "Varen"}, **{"If-Match": tag})
    late = send(client, "patch", path, {"title": "Zeilen"}, **{"If-Match": tag})

    assert (blind.status_code, first.status_code, late.status_code) == (428, 200, 412)
    offering.refresh_from_db()
    assert (offering.title, offering.confirmed_on) == ("Varen", timezone.localdate())
    assert (str(offering.price), offering.months, offering.audience) == ("12.50", [1], Audience.BOTH)
    assert first["ETag"] != tag
    assert first["ETag"] == client.get(path)["ETag"]


def test_only_who_has_a_role_writes(cast: Cast) -> None:
    shown = OfferingFactory(organisation=cast.member)
    draft = OfferingFactory(organisation=cast.member, state=OfferingState.DRAFT, published_on=None)

    def statuses(who: str) -> list[int]:
        client = cast.client(who)
        change = {"If-Match": '"0"'}
        return [
            send(client, "post", LIST, given()).status_code,
            send(client, "patch", f"{LIST}{shown.uuid}/", {"title": "Mijn"}, **change).status_code,
            send(client, "post", f"{LIST}{shown.uuid}/step/", {"step": "archive"}).status_code,
            send(client, "post", f"{LIST}{draft.uuid}/step/", {"step": "archive"}).status_code,
        ]

    assert statuses("visitor") == [401] * 4
    assert statuses("outsider") == statuses("business") == statuses("administrator") == [403, 403, 403, 404]
    assert set(Offering.objects.values_list("pk", "state")) == {
        (shown.pk, OfferingState.PUBLISHED),
        (draft.pk, OfferingState.DRAFT),
    }
    assert statuses("board") == [201, 200, 200, 200]


def test_a_program_writes_with_a_key_that_may(cast: Cast) -> None:
    made = send(cast.program("editor"), "post", LIST, given(wheelchair_accessible=False))
    path, tag = f"{LIST}{made.json()['id']}/", {"If-Match": made["ETag"]}
    changed = send(cast.program("editor"), "patch", path, {"title": "Varen"}, **tag)
    published = send(cast.program("editor"), "post", f"{path}step/", {"step": "publish"})
    reader = cast.program("editor", TokenScope.READ)
    refused = [
        send(reader, "post", LIST, given()),
        send(reader, "patch", path, {}, **tag),
        send(reader, "post", f"{path}step/", {"step": "archive"}),
    ]

    assert [answer.status_code for answer in (made, changed, published)] == [201, 200, 200]
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    stored = Offering.objects.get()
    assert (stored.title, stored.state, stored.wheelchair_accessible) == ("Varen", OfferingState.PUBLISHED, False)


def test_pause_takes_a_day_to_come(cast: Cast) -> None:
    offering = OfferingFactory(organisation=cast.member)
    client, path = cast.client("owner"), f"{LIST}{offering.uuid}/step/"
    until = timezone.localdate() + dt.timedelta(days=9)

    assert send(client, "post", path, {"step": "pause", "until": "2001-01-01"}).status_code == 400
    assert send(client, "post", path, {"step": "pause", "until": until.isoformat()}).status_code == 200
    offering.refresh_from_db()
    assert (offering.state, offering.paused_until) == (OfferingState.PAUSED, until)
