"""Enquiries by the API: as the pages do it, by who may."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from commitments import enquiry_limits
from commitments.models import Commitment, Enquiry, EnquiryState
from kring.accounts.models import TokenScope
from kring.mail.models import Message
from offerings.models import Offering
from tests.conftest import Cast
from tests.factories import EnquiryFactory, NeedFactory, OfferingFactory

pytestmark = pytest.mark.django_db

LIST = "/api/v1/enquiries/"


def send(client: Client, path: str, body: Any) -> Any:
    return client.post(path, body, content_type="application/json")


def given(**changed: Any) -> dict[str, Any]:
    base = {
        "wanted_by": (timezone.localdate() + dt.timedelta(days=20)).isoformat(),
        "message": "Kan dit?",
        "no_counter_favour": True,
    }
    return base | {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in changed.items()}


@pytest.fixture
def offering(cast: Cast) -> Offering:
    return OfferingFactory(organisation=cast.member, title="Varen")


def test_stranger_confirms_by_mail_and_sees_nothing(offering: Offering, cast: Cast) -> None:
    me = {"name": "Fatima", "organisation_name": "De Zwaluw", "email": "fatima@werfnoord.example"}
    once = str(uuid.uuid4())

    made, again = (send(Client(), LIST, given(offering=offering.uuid, once=once, **me)) for _ in range(2))

    enquiry = Enquiry.objects.get()
    assert (made.status_code, made.json()) == (201, {"id": str(enquiry.uuid), "state": "unconfirmed"})
    assert again.json() == made.json()
    assert [message.email for message in Message.objects.all()] == [me["email"]]
    assert [cast.client(who).get(f"{LIST}{enquiry.uuid}/").status_code for who in ("visitor", "owner")] == [404, 404]
    assert Client().get(LIST).json()["count"] == 0


def test_firm_asks_talks_and_gets_a_yes(offering: Offering, cast: Cast) -> None:
    firm, owner = cast.client("business"), cast.client("owner")
    made = send(firm, LIST, given(offering=offering.uuid, asker=cast.firm.slug, people=12)).json()
    path = f"{LIST}{made['id']}/"

    assert send(firm, f"{path}message/", {"text": "Ook in mei."}).json()["state"] == "new"
    assert send(owner, f"{path}answer/", {"choice": "talk", "text": "Hoe laat?"}).status_code == 200
    assert [said["text"] for said in firm.get(path).json()["messages"]] == ["Ook in mei.", "Hoe laat?"]
    assert send(owner, f"{path}answer/", {"choice": "no"}).json() == {"reason": ["Vul dit ook in."]}
    yes = {"choice": "yes", "quantity": "12", "unit": "mensen", "due_on": given()["wanted_by"]}
    assert send(owner, f"{path}answer/", yes).json()["state"] == "agreed"
    assert (Commitment.objects.get().state, Commitment.objects.get().quantity) == ("agreed", 12)
    assert firm.get(path).json()["commitments"] == [str(Commitment.objects.get().uuid)]
    assert send(firm, f"{path}withdraw/", {}).status_code == 409


def test_what_was_written_with_a_no_can_be_read(offering: Offering, cast: Cast) -> None:
    enquiry = EnquiryFactory(offering=offering, asker=cast.firm, asked_by=cast.business, state=EnquiryState.NEW)
    path = f"{LIST}{enquiry.uuid}/"

    send(cast.client("owner"), f"{path}answer/", {"choice": "no", "reason": "date", "text": "In mei wel."})

    notes = [(note["state"], note["text"]) for note in cast.client("business").get(path).json()["notes"]]
    assert notes == [("declined", "In mei wel.")]


def test_each_takes_only_the_steps_of_its_side(offering: Offering, cast: Cast) -> None:
    enquiry = EnquiryFactory(offering=offering, asker=cast.firm, asked_by=cast.business, state=EnquiryState.NEW)
    steps = {"answer": {"choice": "talk", "text": "Dag"}, "message": {"text": "Dag"}, "withdraw": {}}

    def statuses(who: str) -> list[int]:
        return [
            send(cast.client(who), f"{LIST}{enquiry.uuid}/{step}/", body).status_code for step, body in steps.items()
        ]

    assert statuses("visitor") == [401, 401, 401]
    assert statuses("outsider") == statuses("administrator") == [404, 404, 404]
    assert statuses("board") == [403, 403, 403]
    assert statuses("owner") == [200, 403, 403]
    assert statuses("business") == [403, 200, 200]


def test_need_is_answered_and_one_thing_is_named(offering: Offering, cast: Cast) -> None:
    need = NeedFactory(organisation=cast.elsewhere)
    firm = cast.client("business")

    both = send(firm, LIST, given(offering=offering.uuid, need=need.uuid, asker=cast.firm.slug))
    gone = send(firm, LIST, given(need=uuid.uuid4(), asker=cast.firm.slug))
    foreign = send(firm, LIST, given(need=need.uuid, asker=cast.member.slug))
    made = send(firm, LIST, given(need=need.uuid, asker=cast.firm.slug))

    assert [each.status_code for each in (both, gone, foreign, made)] == [400, 404, 400, 201]
    assert (Enquiry.objects.get().need, Enquiry.objects.get().receiver) == (need, cast.elsewhere)


def test_limit_is_shared_with_the_page(offering: Offering, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enquiry_limits, "ASKS_PER_HOUR", 1)
    body = given(offering=offering.uuid, asker=cast.firm.slug)

    assert [send(cast.client("business"), LIST, body).status_code for _ in range(2)] == [201, 429]


def test_a_program_asks_with_a_key_that_may(offering: Offering, cast: Cast) -> None:
    body = given(offering=offering.uuid, asker=cast.firm.slug)
    made = send(cast.program("business"), LIST, body)
    path = f"{LIST}{made.json()['id']}/"
    said = send(cast.program("owner"), f"{path}answer/", {"choice": "talk", "text": "Hoe laat?"})
    reader = cast.program("business", TokenScope.READ)
    refused = [send(reader, LIST, body), send(reader, f"{path}message/", {"text": "Dag"})]
    unknown = send(cast.program("business"), f"{path}message/", {"text": "Dag", "author": "Iemand"})

    assert (made.status_code, said.status_code, said.json()["state"]) == (201, 200, "talking")
    assert [answer.status_code for answer in refused] == [403, 403]
    assert (unknown.status_code, list(unknown.json())) == (400, ["author"])
    assert Enquiry.objects.get().messages.count() == 1
