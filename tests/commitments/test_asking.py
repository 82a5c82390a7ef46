"""What keeps one from asking too much of another, and what was typed from being lost."""

from __future__ import annotations

import pytest
from django.test import Client

from commitments import enquiring
from commitments.models import Enquiry, EnquiryState
from kring.mail.models import Message
from offerings.models import Offering
from tests.commitments.test_conversations import ASKER, SEVERAL, form, kept, link_in, mail_to
from tests.conftest import Cast
from tests.factories import EnquiryFactory, OfferingFactory

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
