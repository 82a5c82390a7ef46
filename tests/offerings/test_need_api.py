"""Asking through the API follows the rules of the page."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.serializers import Serializer

from kring.accounts.models import TokenScope
from offerings.api import NeedSerializer, OfferingSerializer
from offerings.models import OPEN_FOR, Need, NeedState
from offerings.need_writes import NeedWriteSerializer
from offerings.writing import OfferingWrite
from tests.conftest import Cast
from tests.factories import CategoryFactory, NeedFactory

pytestmark = pytest.mark.django_db

NEEDS = "/api/v1/needs/"


def send(client: Client, path: str, method: str = "post", **given: Any) -> Any:
    headers = given.pop("headers", {})
    return getattr(client, method)(path, given, content_type="application/json", headers=headers)


def test_who_serves_an_organisation_asks_for_it(cast: Cast) -> None:
    CategoryFactory(slug="klussen")
    asked = {"organisation": "taalhuis", "title": "Verf", "means": "goods", "category": "klussen", "quantity": 3}
    once = str(uuid.uuid4())

    first, again = (send(cast.client("editor"), NEEDS, **asked, once=once) for _press in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    need = Need.objects.select_related("category").get()
    assert first.json()["id"] == again.json()["id"] == str(need.uuid)
    assert (need.title, need.category and need.category.slug, need.quantity, need.state) == (
        *("Verf", "klussen", 3),
        NeedState.OPEN,
    )
    assert first.json()["expires_on"] == str(timezone.localdate() + OPEN_FOR)


@pytest.mark.parametrize(
    ("who", "organisation", "status"),
    [
        ("visitor", "taalhuis", 401),
        ("outsider", "taalhuis", 403),
        ("editor", "nergens", 404),
        ("board", "taalhuis", 201),
    ],
)
def test_others_may_not_ask_for_it(cast: Cast, who: str, organisation: str, status: int) -> None:
    answer = send(cast.client(who), NEEDS, organisation=organisation, title="Verf", means="goods")

    assert (answer.status_code, Need.objects.count()) == (status, int(status == 201))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": ""}, "title"),
        ({"means": "gold"}, "means"),
        ({"category": "nergens"}, "category"),
        ({"category": "\x00"}, "category"),
        ({"category": {"a": [1]}}, "category"),
        ({"expires_on": "9999-12-31"}, "expires_on"),
        ({"quantity": -1}, "quantity"),
        ({"once": "x"}, "once"),
        ({"title": "x" * 101}, "title"),
        ({"state": "met"}, "state"),
    ],
)
def test_what_is_wrong_is_said_per_field(cast: Cast, given: dict[str, Any], field: str) -> None:
    asked = {"organisation": "taalhuis", "title": "Verf", "means": "goods"} | given

    answer = send(cast.client("editor"), NEEDS, **asked)

    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_a_change_is_on_top_of_what_was_read(cast: Cast) -> None:
    need = NeedFactory(organisation=cast.member, title="Verf", description="Blauw")
    path, client = f"{NEEDS}{need.uuid}/", cast.client("owner")

    first = send(client, path, "patch", title="Blauwe verf", headers={"If-Match": '"0"'})
    second = send(client, path, "patch", title="Rode verf", headers={"If-Match": '"0"'})
    others = send(cast.client("outsider"), path, "patch", title="Mijn verf", headers={"If-Match": '"1"'})
    blind = send(client, path, "patch", title="Groene verf")

    assert (first.status_code, first.json()["title"], first.json()["description"]) == (200, "Blauwe verf", "Blauw")
    assert (second.status_code, others.status_code, blind.status_code) == (412, 403, 428)
    assert (first["ETag"], first.json()["version"], Need.objects.get().version) == ('"1"', 1, 1)


def test_steps_follow_the_state(cast: Cast) -> None:
    need = NeedFactory(organisation=cast.member, expires_on=timezone.localdate() + dt.timedelta(days=1))
    client = cast.client("editor")

    steps = [send(client, f"{NEEDS}{need.uuid}/{step}/").status_code for step in ("meet", "close", "extend", "close")]

    assert steps == [200, 409, 200, 200]
    assert Need.objects.get().state == NeedState.CLOSED


def test_a_program_writes_with_a_key_that_may(cast: Cast) -> None:
    asked = {"organisation": "taalhuis", "title": "Verf", "means": "goods"}

    made = send(cast.program("editor"), NEEDS, **asked)
    path = f"{NEEDS}{made.json()['id']}/"
    changed = send(cast.program("editor"), path, "patch", title="Rode verf", headers={"If-Match": made["ETag"]})
    closed = send(cast.program("editor"), f"{path}close/")
    reader = cast.program("editor", TokenScope.READ)
    refused = [send(reader, NEEDS, **asked), send(reader, path, "patch"), send(reader, f"{path}extend/")]

    assert [answer.status_code for answer in (made, changed, closed)] == [201, 200, 200]
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert list(Need.objects.values_list("title", "state")) == [("Rode verf", NeedState.CLOSED)]


def test_a_session_alone_is_not_enough_without_its_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.editor)

    answer = send(client, NEEDS, organisation="taalhuis", title="Verf", means="goods")

    assert (answer.status_code, Need.objects.count()) == (403, 0)


def test_list_is_that_of_the_page_unless_another_stand_is_asked_for(cast: Cast) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    NeedFactory(organisation=cast.member, title="Verf")
    NeedFactory(organisation=cast.member, title="Kwasten", expires_on=yesterday)
    NeedFactory(organisation=cast.member, title="Stoelen", state=NeedState.MET)
    NeedFactory(organisation=cast.member, title="Tafels", state=NeedState.DRAFT)

    def shown(query: str, who: str = "visitor") -> list[str]:
        return sorted(row["title"] for row in cast.client(who).get(f"{NEEDS}{query}").json()["results"])

    assert shown("") == ["Verf"]
    assert shown("?stand=geregeld") == ["Stoelen"]
    assert shown("?stand=concept") == []
    assert shown("?stand=concept", "editor") == ["Tafels"]
    assert shown("?stand=alle") == ["Kwasten", "Stoelen", "Verf"]
    assert Client().get(f"{NEEDS}?stand=onzin").status_code == 400


@pytest.mark.parametrize(
    ("written", "read"), [(OfferingWrite, OfferingSerializer), (NeedWriteSerializer, NeedSerializer)]
)
def test_what_can_be_written_can_be_read(written: type[Serializer[Any]], read: type[Serializer[Any]]) -> None:
    assert set(written().fields) - set(read().fields) == set()
