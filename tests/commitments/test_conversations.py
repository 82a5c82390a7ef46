"""Several at once, answering a need, taking back, and what happens when nobody says anything."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from commitments import enquiring, enquiry_forms, enquiry_limits, waiting
from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryMessage, EnquiryState
from kring.board import attention
from kring.foundation.actors import Actor
from kring.mail.models import Message
from offerings.models import Need, Offering
from tests.conftest import Cast
from tests.factories import EnquiryFactory, NeedFactory, OfferingFactory

pytestmark = pytest.mark.django_db

ASKER = "fatima@werfnoord.example"
SEVERAL = "/bewaarlijst/aanvragen/"


def form(**changed: Any) -> dict[str, Any]:
    typed = {
        "name": "Fatima de Vries",
        "organisation_name": "Scheepswerf De Zwaluw",
        "email": ASKER,
        "people": "12",
        "wanted_by": (timezone.localdate() + dt.timedelta(days=20)).isoformat(),
        "message": "Kan dit bij ons op de werf?",
        "no_counter_favour": "on",
        "once": str(uuid.uuid4()),
    }
    return {name: value for name, value in (typed | changed).items() if value != ""}


def known(**changed: Any) -> dict[str, Any]:
    return form(name="", organisation_name="", email="", **changed)


def kept(client: Client, *offerings: Offering) -> list[str]:
    for offering in offerings:
        client.post(f"{offering.get_absolute_url()}bewaar/")
    return [offering.slug for offering in offerings]


def mail_to(email: str) -> Message:
    return Message.objects.filter(email=email).latest("pk")


def link_in(message: Message) -> str:
    return re.findall(r"https?://[^/\s]+(/a/[^/\s?]+/)", message.text)[0]


def states() -> dict[str, str]:
    return {str(each.about): each.state for each in Enquiry.objects.all()}


@pytest.fixture
def three(cast: Cast) -> list[Offering]:
    return [
        OfferingFactory(organisation=cast.member, title="Lezen op de werf"),
        OfferingFactory(organisation=cast.elsewhere, title="Schommelen"),
        OfferingFactory(organisation=cast.elsewhere, title="Klimmen"),
    ]


# --- several at once -------------------------------------------------------------------------------------------------


def test_one_mail_confirms_all_that_a_stranger_asked(three: list[Offering], cast: Cast) -> None:
    visitor = Client()
    slugs = kept(visitor, *three)

    once = str(uuid.uuid4())
    for _press in range(2):
        visitor.post(SEVERAL, form(which=slugs, once=once))
    assert set(states().values()) == {EnquiryState.UNCONFIRMED}
    assert [message.email for message in Message.objects.all()] == [ASKER]
    assert all(each.title in mail_to(ASKER).text for each in three)

    link = link_in(mail_to(ASKER))
    assert visitor.get(link).status_code == 200
    assert set(states().values()) == {EnquiryState.UNCONFIRMED}  # looking does nothing
    for _press in range(2):
        visitor.post(link, {"doe": "verstuur"})

    assert states() == dict.fromkeys(("Lezen op de werf", "Schommelen", "Klimmen"), EnquiryState.NEW)
    told = sorted(message.email for message in Message.objects.exclude(email=ASKER))
    assert told == sorted([cast.editor.email, cast.owner.email, cast.outsider.email, cast.outsider.email])


def test_same_link_follows_and_takes_back_each(three: list[Offering]) -> None:
    visitor = Client()
    visitor.post(SEVERAL, form(which=kept(visitor, *three)))
    link = link_in(mail_to(ASKER))
    visitor.post(link)
    one = Enquiry.objects.get(offering=three[1])

    assert all(each.title in visitor.get(link).content.decode() for each in three)
    visitor.post(f"{link}?welk={one.uuid}", {"text": "Het mag ook later.", "once": str(uuid.uuid4())})
    visitor.post(f"{link}?welk={one.uuid}", {"intrekken": "1", "reason": "Al iets anders.", "once": str(uuid.uuid4())})

    assert EnquiryMessage.objects.get().text == "Het mag ook later."
    assert states() == {
        "Lezen op de werf": EnquiryState.NEW,
        "Schommelen": EnquiryState.WITHDRAWN,
        "Klimmen": EnquiryState.NEW,
    }
    assert visitor.get(f"{link}?welk={uuid.uuid4()}").status_code == 200


def test_only_what_is_ticked_and_set_aside_is_asked(three: list[Offering], cast: Cast) -> None:
    client = cast.client("business")
    kept(client, *three[:2])

    nothing = client.post(SEVERAL, known(which=[], asker=cast.firm.pk))
    foreign = client.post(SEVERAL, known(which=[three[2].slug], asker=cast.firm.pk))
    client.post(SEVERAL, known(which=[three[1].slug], asker=cast.firm.pk))

    assert (nothing.status_code, foreign.status_code) == (422, 422)
    assert states() == {"Schommelen": EnquiryState.NEW}


def test_own_offering_cannot_be_asked_among_others(three: list[Offering], cast: Cast) -> None:
    client = cast.client("outsider")
    slugs = kept(client, *three)

    refused = client.post(SEVERAL, known(which=slugs, asker=cast.elsewhere.pk))

    assert "‘Schommelen’ is van jullie zelf" in refused.content.decode()
    assert not Enquiry.objects.exists()


def test_what_left_the_card_is_not_asked(three: list[Offering]) -> None:
    visitor = Client()
    kept(visitor, *three)
    three[0].pause()

    asked = visitor.get(SEVERAL).context["form"].offerings
    assert [each.title for each in asked] == ["Schommelen", "Klimmen"]


# --- so that nobody spams members ------------------------------------------------------------------------------------


def test_each_of_several_counts_for_the_limit(
    three: list[Offering], monkeypatch: pytest.MonkeyPatch, cast: Cast
) -> None:
    monkeypatch.setattr(enquiry_limits, "ASKS_PER_HOUR", 4)
    visitor = Client()
    slugs = kept(visitor, *three)

    first = visitor.post(SEVERAL, form(which=slugs))
    second = visitor.post(SEVERAL, form(which=slugs))

    assert (first.status_code, second.status_code) == (200, 422)
    assert Enquiry.objects.count() == 3
    assert "Probeer het over een uur" in second.content.decode()


def test_no_more_than_so_many_unanswered_with_one_receiver(
    three: list[Offering], monkeypatch: pytest.MonkeyPatch, cast: Cast
) -> None:
    monkeypatch.setattr(enquiring, "OPEN_PER_RECEIVER", 2)
    client, path = cast.client("business"), f"{three[0].get_absolute_url()}aanvragen/"

    statuses = [client.post(path, known(asker=cast.firm.pk)).status_code for _ in range(3)]

    assert statuses == [200, 200, 422]


def test_messages_have_a_limit_for_each_side(
    three: list[Offering], monkeypatch: pytest.MonkeyPatch, cast: Cast
) -> None:
    monkeypatch.setattr(enquiry_forms, "MESSAGES_AN_HOUR", 2)
    enquiry = EnquiryFactory(offering=three[0], asker=cast.firm, asked_by=cast.business, state=EnquiryState.NEW)
    path = enquiry.get_absolute_url()

    def say(who: str, **typed: str) -> int:
        return cast.client(who).post(path, {"once": str(uuid.uuid4()), "text": "Dag", **typed}).status_code

    assert [say("business") for _ in range(3)] == [302, 302, 422]
    assert say("owner", choice="talk") == 302


# --- answering a need ------------------------------------------------------------------------------------------------


@pytest.fixture
def need(cast: Cast) -> Need:
    return NeedFactory(organisation=cast.member, title="Tien stoelen", quantity=10, unit="stuks", means="goods")


def test_who_answers_a_need_does_it_and_gets_something_back(need: Need, cast: Cast) -> None:
    typed = known(asker=cast.firm.pk, counter_favour="Een taart", no_counter_favour="", people="")
    cast.client("business").post(f"{need.get_absolute_url()}reageren/", typed)
    enquiry = Enquiry.objects.get()
    assert "kan helpen: Tien stoelen" in mail_to(cast.owner.email).subject

    due = enquiry.wanted_by.isoformat() if enquiry.wanted_by else ""
    terms = {"quantity": "10", "unit": "stuks", "due_on": due, "counter_favour": "Een taart"}
    cast.client("owner").post(
        enquiry.get_absolute_url(), {"once": str(uuid.uuid4()), "choice": "yes", "title": "Tien stoelen", **terms}
    )

    promise = Commitment.objects.get(counter_favour_of=None)
    back = Commitment.objects.get(counter_favour_of=promise)
    assert (promise.promisor, promise.beneficiary, promise.means) == (cast.firm, cast.member, "goods")
    assert (promise.promisor_contact, promise.beneficiary_contact) == (cast.business, cast.owner)
    assert (back.promisor, back.beneficiary, back.title) == (cast.member, cast.firm, "Een taart")
    assert {promise.state, back.state} == {CommitmentState.AGREED}


def test_no_to_help_has_reasons_that_fit(need: Need, cast: Cast) -> None:
    enquiry = EnquiryFactory(offering=None, need=need, receiver=cast.member, asker=cast.firm, state=EnquiryState.NEW)
    page = cast.client("owner").get(enquiry.get_absolute_url()).content.decode()

    assert "We hebben het al gevonden" in page
    assert "We bieden dit niet meer aan" not in page
    assert 'name="alternative"' not in page


def test_closed_need_is_not_answered(need: Need) -> None:
    Need.objects.update(expires_on=timezone.localdate() - dt.timedelta(days=1))

    assert Client().get(f"{need.get_absolute_url()}reageren/").status_code == 404


# --- yes, no, and back -----------------------------------------------------------------------------------------------


def test_what_is_agreed_may_be_called_otherwise_and_is_then_a_proposal(three: list[Offering], cast: Cast) -> None:
    enquiry = EnquiryFactory(
        offering=three[0], asker=cast.firm, asked_by=cast.business, state=EnquiryState.NEW, wanted_by="2030-01-01"
    )
    typed = {"choice": "yes", "title": "Lezen in de kantine", "quantity": "1", "unit": "keer"}
    cast.client("owner").post(enquiry.get_absolute_url(), {"once": str(uuid.uuid4()), "due_on": "2030-01-01", **typed})

    promise = Commitment.objects.get()
    assert (promise.title, promise.state) == ("Lezen in de kantine", CommitmentState.PROPOSED)


def test_no_names_something_else_of_theirs_on_the_card(three: list[Offering], cast: Cast) -> None:
    enquiry = EnquiryFactory(offering=three[1], state=EnquiryState.NEW, email=ASKER)
    draft = OfferingFactory(organisation=cast.elsewhere, state="draft", published_on=None)
    client, path = cast.client("outsider"), enquiry.get_absolute_url()
    typed = {"choice": "no", "reason": "date", "text": "In mei wel."}

    for wrong in (draft.slug, three[0].slug):
        answer = client.post(path, {**typed, "once": str(uuid.uuid4()), "alternative": wrong})
        assert answer.status_code == 422
    client.post(path, {**typed, "once": str(uuid.uuid4()), "alternative": three[2].slug})

    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.alternative) == (EnquiryState.DECLINED, three[2])
    assert three[2].get_absolute_url() in mail_to(ASKER).text


def test_asker_takes_it_back_from_the_page_and_the_other_hears_it(three: list[Offering], cast: Cast) -> None:
    enquiry = EnquiryFactory(offering=three[0], asker=cast.firm, asked_by=cast.business, state=EnquiryState.TALKING)
    typed = {"intrekken": "1", "reason": "Het feest gaat niet door.", "once": str(uuid.uuid4())}

    assert cast.client("owner").post(enquiry.get_absolute_url(), typed).status_code == 422  # is the other side
    cast.client("business").post(enquiry.get_absolute_url(), typed)

    enquiry.refresh_from_db()
    assert enquiry.state == EnquiryState.WITHDRAWN
    assert "Het feest gaat niet door." in mail_to(cast.owner.email).text
    assert cast.client("owner").get(enquiry.get_absolute_url()).status_code == 200


# --- when nobody says anything ---------------------------------------------------------------------------------------


def test_why_somebody_took_it_back_too_late_is_shown(cast: Cast) -> None:
    declined = {"state": EnquiryState.DECLINED, "decline_reason": "date"}
    enquiry = EnquiryFactory(asker=cast.firm, receiver=cast.member, **declined)
    asker, words = cast.client("business"), "We vonden\r\nelders een zaal."

    page = asker.post(enquiry.get_absolute_url(), {"intrekken": "1", "reason": words})

    assert "elders een zaal." in page.content.decode()


def test_what_the_asker_adds_does_not_stop_the_clock(three: list[Offering], cast: Cast) -> None:
    now = timezone.now()
    enquiry = EnquiryFactory(
        offering=three[0], asker=cast.firm, asked_by=cast.business, state=EnquiryState.NEW, moved_at=now
    )
    later = now + dt.timedelta(days=9)

    enquiring.talk(enquiry, Actor.of(cast.business), now + dt.timedelta(days=3), text="Ook in mei.", by_receiver=False)

    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.moved_at, enquiry.answered_at) == (EnquiryState.NEW, now, None)
    assert "vraagt naar" in cast.client("owner").get("/mijn/").content.decode()
    assert waiting.remind_receivers(later) == 1


def test_both_sides_are_nudged_after_two_weeks_and_again_after_a_new_silence(
    three: list[Offering], cast: Cast
) -> None:
    now = timezone.now()
    enquiry = EnquiryFactory(offering=three[0], state=EnquiryState.TALKING, email=ASKER, moved_at=now)

    days = [13, 14, 15, 40]  # a day that was missed does no harm
    told = [waiting.nudge_both_sides(now + dt.timedelta(days=day)) for day in days]

    assert told == [0, 1, 0, 0]
    subjects = {(message.email, message.subject) for message in Message.objects.all()}
    assert subjects == {
        (who, "Hoe staat het met ‘Lezen op de werf’?") for who in (ASKER, cast.owner.email, cast.editor.email)
    }
    enquiry.move(EnquiryState.TALKING, Actor.system(), now + dt.timedelta(days=41))
    assert waiting.nudge_both_sides(now + dt.timedelta(days=56)) == 1
    assert Client().get(link_in(mail_to(ASKER))).status_code == 200


def test_board_sees_what_is_stuck(three: list[Offering], cast: Cast) -> None:
    now = timezone.now()
    old = {"moved_at": now - dt.timedelta(days=14)}
    EnquiryFactory(offering=three[0], state=EnquiryState.NEW, **old)
    EnquiryFactory(offering=three[1], state=EnquiryState.TALKING, **old)
    EnquiryFactory(offering=three[2], state=EnquiryState.AGREED, **old)
    EnquiryFactory(offering=three[2], state=EnquiryState.NEW, moved_at=now - dt.timedelta(days=13))

    assert {row.sentence for row in attention.enquiries(now).rows} == {
        "Taalhuis De Schrijfplank gaf nog geen antwoord aan Werf Noord B.V.",
        "Het gesprek van Werf Noord B.V. met Speeltuin Het Springtij ligt stil",
    }
    page = cast.client("board").get("/mijn/aanvragen/?stand=stil").content.decode()
    assert page.count("todo-sentence") == 2


def test_both_sides_hear_that_it_expired(three: list[Offering], cast: Cast) -> None:
    EnquiryFactory(offering=three[1], state=EnquiryState.NEW, email=ASKER)
    later = timezone.now() + dt.timedelta(days=61)

    assert [waiting.expire_enquiries(later), waiting.expire_enquiries(later)] == [1, 0]
    assert sorted(Message.objects.values_list("email", flat=True)) == sorted([ASKER, cast.outsider.email])


def test_list_tells_the_sides_and_the_stands_apart(three: list[Offering], cast: Cast) -> None:
    EnquiryFactory(offering=three[0], asker=cast.firm, state=EnquiryState.NEW)
    EnquiryFactory(offering=three[1], asker=cast.member, state=EnquiryState.DECLINED, decline_reason="date")

    def shown(query: str) -> list[str]:
        page = cast.client("owner").get(f"/mijn/aanvragen/{query}")
        return [str(each.about) for each in page.context["page"]]

    assert set(shown("")) == {"Lezen op de werf", "Schommelen"}
    assert shown("?kant=gekregen") == ["Lezen op de werf"]
    assert shown("?kant=gevraagd&stand=klaar") == ["Schommelen"]
    assert shown("?kant=gevraagd&stand=open") == []
    assert len(shown("?kant=onzin&page=99999999999999999999")) == 2
