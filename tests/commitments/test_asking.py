"""What keeps one from asking too much of another, and what was typed from being lost."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from commitments import enquiring, enquiry_notices
from commitments.models import Enquiry, EnquiryState
from kring.mail.models import Message
from offerings.models import NeedState, Offering
from tests.commitments.test_conversations import ASKER, SEVERAL, form, kept, link_in, mail_to
from tests.conftest import Cast
from tests.factories import EnquiryFactory, NeedFactory, OfferingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def offering(cast: Cast) -> Offering:
    return OfferingFactory(organisation=cast.member, title="Lezen op de werf")


def asking(offering: Offering) -> str:
    return f"{offering.get_absolute_url()}aanvragen/"


def test_who_mends_the_address_gets_a_mail_there(offering: Offering) -> None:
    typed = form(email="fatima@werfnord.example")

    for email in ("fatima@werfnord.example", ASKER, ASKER):
        Client().post(asking(offering), typed | {"email": email})

    assert sorted(Message.objects.values_list("email", flat=True)) == [
        "fatima@werfnoord.example",
        "fatima@werfnord.example",
    ]


# --- no more than so many unanswered with one receiver ---------------------------------------------------------------


def test_stranger_is_known_by_the_address(offering: Offering, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enquiring, "OPEN_PER_RECEIVER", 2)
    elsewhere = OfferingFactory(organisation=cast.elsewhere)
    typed = [form(), form(), form(email=ASKER.upper())]

    statuses = [Client().post(asking(offering), each).status_code for each in typed]
    again = Client().post(asking(offering), typed[1])  # the same press is the same enquiry

    assert (statuses, again.status_code) == ([200, 200, 422], 200)
    assert Client().post(asking(elsewhere), form()).status_code == 200
    assert Client().post(asking(offering), form(email="ander@werfnoord.example")).status_code == 200


def test_those_that_are_added_count(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enquiring, "OPEN_PER_RECEIVER", 2)
    visitor = Client()
    slugs = kept(visitor, *(OfferingFactory(organisation=cast.member) for _ in range(3)))

    assert visitor.post(SEVERAL, form(which=slugs)).status_code == 422
    assert visitor.post(SEVERAL, form(which=slugs[:2])).status_code == 200


def test_room_is_looked_for_again_on_confirming(
    offering: Offering, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    Client().post(asking(offering), form())
    link = link_in(mail_to(ASKER))
    EnquiryFactory(offering=offering, email=ASKER, state=EnquiryState.NEW)
    monkeypatch.setattr(enquiring, "OPEN_PER_RECEIVER", 1)

    page = Client().post(link)

    assert (page.status_code, "Wacht op antwoord" in page.content.decode()) == (422, True)
    assert Enquiry.objects.filter(state=EnquiryState.UNCONFIRMED).count() == 1
    assert not Message.objects.filter(email=cast.owner.email).exists()


# --- what is asked for leaves meanwhile ------------------------------------------------------------------------------


def test_what_was_typed_is_kept_when_the_offering_left_the_card(offering: Offering) -> None:
    offering.pause()

    page = Client().post(asking(offering), form())

    assert Client().get(asking(offering)).status_code == 404
    assert page.status_code == 422
    for words in ("is intussen van de menukaart af", form()["message"]):
        assert words in page.content.decode()
    assert not Enquiry.objects.exists()


def test_what_was_typed_is_kept_when_the_need_was_met(cast: Cast) -> None:
    need = NeedFactory(organisation=cast.member, state=NeedState.MET)
    draft = NeedFactory(organisation=cast.member, state=NeedState.DRAFT)

    page, hidden = (Client().post(f"{each.get_absolute_url()}reageren/", form()) for each in (need, draft))

    assert (page.status_code, hidden.status_code) == (422, 404)
    assert form()["message"] in page.content.decode()


def test_what_was_typed_is_kept_when_all_of_the_shortlist_left(offering: Offering) -> None:
    visitor = Client()
    slugs = kept(visitor, offering)
    offering.pause()

    page = visitor.post(SEVERAL, form(which=slugs))

    assert (page.status_code, form()["message"] in page.content.decode()) == (422, True)
    assert "is van de menukaart af" in page.content.decode()


# --- more than fits in one go ----------------------------------------------------------------------------------------


def test_all_of_a_long_list_can_be_reached_ten_at_a_time(cast: Cast) -> None:
    visitor = Client()
    slugs = kept(visitor, *(OfferingFactory(title=f"Klus {number}") for number in range(12)))
    gone = OfferingFactory()
    kept(visitor, gone)
    gone.pause()

    page = visitor.get(SEVERAL)

    which = page.context["form"].fields["which"]
    assert (len(which.choices), which.initial) == (12, slugs[:10])
    assert "hoogstens 10 tegelijk" in page.content.decode()
    assert visitor.post(SEVERAL, form(which=slugs)).status_code == 422
    assert visitor.post(SEVERAL, form(which=slugs[2:])).status_code == 200


@pytest.mark.parametrize("who", ["visitor", "business"])
def test_what_is_gone_is_cleared_away(offering: Offering, cast: Cast, who: str) -> None:
    client = cast.client(who)
    gone = OfferingFactory()
    kept(client, gone, offering)
    gone.pause()
    assert "1 gerecht staat niet meer op de menukaart" in client.get("/bewaarlijst/").content.decode()

    page = client.post("/bewaarlijst/opruimen/", follow=True)

    assert (page.context["gone"], [each["title"] for each in page.context["items"]]) == (0, [offering.title])


@pytest.mark.parametrize("by_link", [True, False])
def test_message_that_came_too_late_is_given_back(offering: Offering, cast: Cast, by_link: bool) -> None:
    enquiry = EnquiryFactory(
        offering=offering, asker=cast.firm, asked_by=cast.business, state=EnquiryState.DECLINED, decline_reason="date"
    )
    enquiry_notices.nudge(enquiry)
    client, path = (
        (Client(), link_in(mail_to(cast.business.email)))
        if by_link
        else (cast.client("business"), enquiry.get_absolute_url())
    )

    page = client.post(path, {"text": "Kan het in mei?", "once": str(uuid.uuid4())})

    assert page.status_code == 409
    for words in ("Er was al een antwoord", "Dit is niet verstuurd", "Kan het in mei?"):
        assert words in page.content.decode()
    assert not enquiry.messages.exists()
    assert client.post(path, {"intrekken": "1", "once": str(uuid.uuid4())}).status_code == 302  # nothing is lost
    assert cast.client("board").post(enquiry.get_absolute_url(), {"text": "Dag"}).status_code == 403
