"""The API writes with the forms and the verbs of the page: the same rules, rights and mails."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from commitments.api import VERBS
from commitments.models import Commitment, CommitmentState, Side
from kring.mail.models import Message
from tests.conftest import Cast
from tests.factories import CommitmentFactory

pytestmark = pytest.mark.django_db

S = CommitmentState
LIST = "/api/v1/commitments/"
TODAY = timezone.localdate()


def send(client: Client, path: str, body: dict[str, Any], *, method: str = "post", version: int | None = None) -> Any:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return getattr(client, method)(path, json.dumps(body), content_type="application/json", headers=headers)


def terms(**given: Any) -> dict[str, Any]:
    due = (TODAY + dt.timedelta(days=30)).isoformat()
    typed = {
        "title": "Het clubhuis verven",
        "quantity": "12",
        "unit": "uren",
        "due_on": due,
        "no_counter_favour": True,
    }
    return {"promisor": "taalhuis", "beneficiary": "werf-noord", **typed, **given}


def steps(client: Client, made: str, step: str, **given: Any) -> tuple[int, str]:
    answer = send(client, f"{LIST}{made}/steps/", {"step": step, **given})
    return answer.status_code, Commitment.objects.get(uuid=made).state


def test_whole_life_by_programs(cast: Cast) -> None:
    maker, receiver = cast.program("owner"), cast.program("business")
    once = str(uuid.uuid4())
    first = send(maker, LIST, terms(once=once))
    made = first.json()["id"]
    assert first.status_code == 201
    assert send(maker, LIST, terms(once=once)).json()["id"] == made

    assert steps(maker, made, "accept") == (409, S.PROPOSED)
    assert steps(receiver, made, "accept", note="Graag") == (200, S.AGREED)
    later = (TODAY + dt.timedelta(days=40)).isoformat()
    assert steps(receiver, made, "propose_date", new_date=later) == (200, S.AGREED)
    assert steps(maker, made, "accept_date", new_date=later) == (200, S.AGREED)
    assert steps(maker, made, "add_update", quantity="4", once=once) == (200, S.STARTED)
    assert steps(maker, made, "add_update", quantity="4", once=once) == (200, S.STARTED)
    assert steps(maker, made, "report", quantity="12", note="Klaar") == (200, S.REPORTED)
    assert steps(receiver, made, "confirm", quantity="11") == (200, S.KEPT)
    assert steps(maker, made, "give_back", reason="no_time") == (409, S.KEPT)

    shown = Client().get(f"{LIST}{made}/").json()
    assert (shown["confirmed"], shown["due_on"], shown["delivered"]) == ("11.00", later, "12.00")
    assert {cast.business.email, cast.owner.email} <= set(Message.objects.values_list("email", flat=True))


def test_each_may_what_it_may_on_the_page(cast: Cast) -> None:
    made = CommitmentFactory(promisor=cast.member, beneficiary=cast.firm)
    hidden = CommitmentFactory(promisor=cast.member, beneficiary=cast.firm, visibility="parties")
    wanted = {"quantity": "1", "note": "x", "reason": "no_time", "new_date": TODAY.isoformat()}

    for verb in VERBS:
        got = {
            who: steps(cast.program(who), str(made.uuid), verb, **wanted)[0] for who in ("outsider", "administrator")
        }
        assert got == {"outsider": 403, "administrator": 403}, verb
    assert steps(cast.program("outsider"), str(hidden.uuid), "report", **wanted)[0] == 404
    assert steps(cast.program("board"), str(made.uuid), "settle", **wanted)[0] == 409
    assert steps(Client(), str(made.uuid), "report", **wanted)[0] == 401
    assert send(cast.program("administrator"), LIST, terms()).status_code == 403
    assert Commitment.objects.get(pk=made.pk).version == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"promisor": "speeltuin"}, "promisor"),
        ({"promisor": "bestaat-niet"}, "promisor"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "veel"}, "quantity"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"title": "x" * 200}, "title"),
        ({"no_counter_favour": False}, "counter_favour"),
        ({"state": "kept"}, "state"),
        ({"visibility": "niemand"}, "visibility"),
    ],
)
def test_what_is_wrong_is_said_per_field(cast: Cast, body: dict[str, Any], field: str) -> None:
    if body == {"promisor": "speeltuin"}:
        body |= {"beneficiary": None}
    answer = send(cast.program("owner"), LIST, terms(**body))

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Commitment.objects.exists()


def test_draft_is_changed_by_version_and_proposed(cast: Cast) -> None:
    client = cast.program("owner")
    answer = send(client, LIST, terms(draft=True))
    path = f"{LIST}{answer.json()['id']}/"
    version = int(answer["ETag"].strip('"'))

    assert send(client, path, {"title": "De muur"}, method="patch").status_code == 428
    assert send(client, path, {"title": "De muur"}, method="patch", version=version + 1).status_code == 412
    changed = send(client, path, {"title": "De muur", "sector": "welzijn"}, method="patch", version=version)
    assert (changed.status_code, changed.json()["title"], changed.json()["quantity"]) == (200, "De muur", "12.00")
    assert steps(client, answer.json()["id"], "propose") == (200, S.PROPOSED)
    assert send(client, path, {"title": "Te laat"}, method="patch", version=version + 2).status_code == 409
    assert steps(cast.program("business"), answer.json()["id"], "withdraw") == (403, S.PROPOSED)
    assert steps(client, answer.json()["id"], "withdraw") == (200, S.WITHDRAWN)


def test_board_writes_for_two_and_goes_between(cast: Cast) -> None:
    board, maker, receiver = (cast.program(who) for who in ("board", "owner", "business"))
    made = send(board, LIST, terms()).json()["id"]
    assert Commitment.objects.get().waits_for == (Side.PROMISOR, Side.BENEFICIARY)
    assert steps(maker, made, "accept") == (200, S.PROPOSED)
    assert steps(receiver, made, "accept") == (200, S.AGREED)

    assert steps(receiver, made, "ask_board", note="Ze nemen niet op.") == (200, S.AGREED)
    assert steps(board, made, "settle_as_kept", quantity="6", note="Gebeld.") == (200, S.KEPT)
    assert Commitment.objects.get().confirmed == 6
