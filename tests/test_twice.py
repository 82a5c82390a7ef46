"""A button that is pressed twice, even at once, does its deed once; and of two who save, the second is told.

The two requests really run at once, each on a connection of its own.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from commitments import notices
from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryMessage, EnquiryState, Transition, Update
from kring.mail import links
from kring.mail.models import Message, Stencil
from kring.mail.recipients import Recipient
from kring.meetings.models import Outcome, SignUp
from kring.newsletters.models import Addressee, Block, Consent, Issue, Subscriber
from members.models import Organisation
from offerings.models import Offering
from tests.conftest import Cast
from tests.factories import (
    CategoryFactory,
    CommitmentFactory,
    EnquiryFactory,
    IssueFactory,
    MeetingFactory,
    OfferingFactory,
    SubscriberFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 4


@dataclass(frozen=True)
class Press:
    """Who presses which button, with what; and what there is one of afterwards."""

    who: str
    path: str
    typed: dict[str, Any]
    effect: Callable[[], object]


def today() -> str:
    return timezone.localdate().isoformat()


def to_ask(cast: Cast) -> Press:
    typed = {
        "name": "Fatima",
        "organisation_name": "Werf Noord B.V.",
        "email": "fatima@werfnoord.example",
        "wanted_by": today(),
        "message": "Kan dit in maart?",
        "no_counter_favour": "on",
    }
    path = f"{OfferingFactory(organisation=cast.member).get_absolute_url()}aanvragen/"
    return Press("visitor", path, typed, lambda: (Enquiry.objects.count(), Message.objects.count()) == (1, 1))


def to_ask_for_a_firm(cast: Cast) -> Press:
    asked = to_ask(cast)
    mails = [cast.editor.email, cast.owner.email]
    return Press(
        "business",
        asked.path,
        {**asked.typed, "asker": cast.firm.pk},
        lambda: Enquiry.objects.count() == 1 and sorted(Message.objects.values_list("email", flat=True)) == mails,
    )


def to_offer(cast: Cast) -> Press:
    typed = {
        "title": "Varen met de klas",
        "summary": "Een middag op het water.",
        "category": CategoryFactory().pk,
        "audience": "city",
        "price_kind": "free",
        "place": "at_us",
        "version": "0",
    }
    return Press("owner", f"/mijn/{cast.member.slug}/aanbod/nieuw/", typed, lambda: Offering.objects.count() == 1)


def conversation(cast: Cast) -> Enquiry:
    enquiry: Enquiry = EnquiryFactory(
        offering=OfferingFactory(organisation=cast.member),
        asker=cast.firm,
        asked_by=cast.business,
        email=cast.business.email,
        state=EnquiryState.TALKING,
    )
    return enquiry


def to_say_something(cast: Cast) -> Press:
    path = conversation(cast).get_absolute_url()
    return Press("business", path, {"text": "Ook goed."}, lambda: EnquiryMessage.objects.count() == 1)


def to_answer_something(cast: Cast) -> Press:
    path, typed = conversation(cast).get_absolute_url(), {"choice": "talk", "text": "Hoe laat?"}
    return Press("owner", path, typed, lambda: (EnquiryMessage.objects.count(), Message.objects.count()) == (1, 1))


def to_say_yes(cast: Cast) -> Press:
    path = conversation(cast).get_absolute_url()
    typed = {"choice": "yes", "quantity": "1", "unit": "keer", "due_on": today(), "counter_favour": "verf"}
    return Press("owner", path, typed, lambda: Commitment.objects.count() == 2)  # the counter-favour is the second


def running(cast: Cast, **given: Any) -> Commitment:
    commitment: Commitment = CommitmentFactory(promisor=cast.member, beneficiary=cast.firm, quantity=10, **given)
    return commitment


def halfway(commitment: Commitment) -> bool:
    commitment.refresh_from_db()
    return (commitment.state, commitment.delivered) == (CommitmentState.STARTED, 4) and Update.objects.count() == 1


def to_report_a_part(cast: Cast) -> Press:
    commitment = running(cast)
    typed = {"choice": "progress", "quantity": "4"}
    return Press("owner", f"{commitment.get_absolute_url()}doe/", typed, lambda: halfway(commitment))


def to_report_a_part_from_the_mail(cast: Cast) -> Press:
    commitment = running(cast)
    holder = Recipient.of(cast.owner)
    url = links.issue(notices.REPORT, commitment.uuid, holder, expires_in=notices.AFTER_DUE, single_use=False)
    return Press("visitor", urlsplit(url).path, {"choice": "progress", "quantity": "4"}, lambda: halfway(commitment))


def to_report_it_done(cast: Cast) -> Press:
    commitment = running(cast)
    typed = {"choice": "done", "quantity": "10", "note": "Alles is geverfd."}
    return Press(
        "owner",
        f"{commitment.get_absolute_url()}doe/",
        typed,
        lambda: (Transition.objects.count(), Update.objects.count(), Message.objects.count()) == (1, 1, 1),
    )


def to_confirm(cast: Cast) -> Press:
    commitment = running(cast, state=CommitmentState.REPORTED, delivered=10, reported_at=timezone.now())
    return Press(
        "business",
        f"{commitment.get_absolute_url()}doe/",
        {"choice": "yes", "quantity": "10"},
        lambda: Transition.objects.count() == 1,
    )


def to_sign_up(cast: Cast) -> Press:
    typed = {"name": "Fatima", "email": "fatima@werf.example", "people": "2"}
    path = f"{MeetingFactory().get_absolute_url()}aanmelden/"
    return Press("visitor", path, typed, lambda: (SignUp.objects.count(), Message.objects.count()) == (1, 1))


def to_catch_a_pledge(cast: Cast) -> Press:
    path = f"/bestuur/bijeenkomsten/{MeetingFactory().slug}/avond/opschrijven/"
    return Press("board", path, {"kind": "pledge", "text": "Zes lessen"}, lambda: Outcome.objects.count() == 1)


def to_subscribe(cast: Cast) -> Press:
    return Press(
        "visitor",
        "/nieuwsbrief/aanmelden/",
        {"email": "lezer@voorbeeld.example"},
        lambda: (Subscriber.objects.count(), Consent.objects.filter(step="confirmed").count()) == (1, 0),
    )


def to_send_a_newsletter(cast: Cast) -> Press:
    SubscriberFactory()
    issue = IssueFactory()
    return Press(
        "board",
        f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/",
        {"doe": "nu", "version": issue.version},
        lambda: (issue.steps.count(), Addressee.objects.count(), Stencil.objects.count()) == (1, 1, 1),
    )


def to_try_a_newsletter(cast: Cast) -> Press:
    path = f"/bestuur/nieuwsbrief/{IssueFactory().uuid}/versturen/"
    return Press("board", path, {"doe": "proef"}, lambda: Message.objects.count() == 1)


def to_begin_a_newsletter(cast: Cast) -> Press:
    return Press(
        "board",
        "/bestuur/nieuwsbrief/nieuw/",
        {},
        lambda: (Issue.objects.count(), Block.objects.filter(kind="text").count()) == (1, 1),
    )


PRESSES = [
    to_sign_up,
    to_catch_a_pledge,
    to_subscribe,
    to_send_a_newsletter,
    to_try_a_newsletter,
    to_begin_a_newsletter,
    to_ask,
    to_ask_for_a_firm,
    to_offer,
    to_say_something,
    to_answer_something,
    to_say_yes,
    to_report_a_part,
    to_report_a_part_from_the_mail,
    to_report_it_done,
    to_confirm,
]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave, all of them begun at the same moment."""
    given: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            given[place] = call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def pressed(client: Client, press: Press, once: str) -> Callable[[], int]:
    return lambda: client.post(press.path, {**press.typed, "once": once}).status_code


@pytest.mark.parametrize("made", PRESSES)
def test_one_button_pressed_twice_is_one_deed(made: Callable[[Cast], Press], cast: Cast) -> None:
    press, once = made(cast), str(uuid.uuid4())
    clients = [cast.client(press.who) for _ in range(TIMES)]

    statuses = at_once(*(pressed(client, press, once) for client in clients))
    later = pressed(clients[0], press, once)()

    assert set(statuses) <= {200, 302}
    assert later in {200, 302, 404} or (made, later) == (to_say_yes, 403)
    assert press.effect()


@pytest.mark.parametrize("made", [to_ask, to_offer, to_say_something, to_report_a_part])
def test_button_of_another_form_is_another_deed(made: Callable[[Cast], Press], cast: Cast) -> None:
    """The control: without the key of the form these would be two."""
    press = made(cast)
    client = cast.client(press.who)

    for _press in range(2):
        pressed(client, press, str(uuid.uuid4()))()

    assert not press.effect()


def test_key_of_another_is_not_taken_for_ones_own(cast: Cast) -> None:
    """Who learns the key of a form does not get to see what was made with it."""
    press, once = to_offer(cast), str(uuid.uuid4())
    cast.client("owner").post(press.path, {**press.typed, "once": once})

    answer = cast.client("outsider").post(
        f"/mijn/{cast.elsewhere.slug}/aanbod/nieuw/", {**press.typed, "title": "Iets anders", "once": once}
    )

    assert answer.status_code < 500
    assert Offering.objects.get(once=once).organisation == cast.member
    assert Offering.objects.get(once=once).title == "Varen met de klas"


# --- Two people ------------------------------------------------------------------------------------------------------


def fields_of(client: Client, path: str) -> dict[str, Any]:
    """What the form on a page would send, untouched."""
    form = client.get(path).context["form"]
    shown = {field.html_name: field.value() for field in form}
    return {name: value for name, value in shown.items() if value not in (None, "") and value is not False}


def test_of_two_who_save_a_profile_at_once_the_second_is_told(cast: Cast) -> None:
    path = f"/mijn/{cast.member.slug}/profiel/"
    owner, editor = cast.client("owner"), cast.client("editor")
    seen = {**fields_of(owner, path), "main_sector": cast.member.main_sector_id}

    answers = at_once(
        lambda: owner.post(path, {**seen, "tagline": "Wij helpen met taal."}),
        lambda: editor.post(path, {**seen, "tagline": "Taal voor iedereen."}),
    )

    told = next(answer for answer in answers if answer.status_code == 422)
    typed = told.context["form"]["tagline"].value()
    stored = Organisation.objects.get(pk=cast.member.pk).tagline
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    assert {stored, typed} == {"Wij helpen met taal.", "Taal voor iedereen."}
    page = told.content.decode()
    assert (stored in page, typed in page) == (True, True)
    assert "Iemand anders heeft dit intussen veranderd" in page


def test_who_was_told_may_save_on_top_with_open_eyes(cast: Cast) -> None:
    path = f"/mijn/{cast.member.slug}/profiel/"
    client = cast.client("owner")
    seen = {**fields_of(client, path), "main_sector": cast.member.main_sector_id}
    client.post(path, {**seen, "tagline": "Eerst."})

    told = client.post(path, {**seen, "tagline": "Daarna."})
    again = client.post(path, {**seen, "tagline": "Daarna.", "version": told.context["form"]["version"].value()})

    assert (told.status_code, again.status_code) == (422, 302)
    assert Organisation.objects.get(pk=cast.member.pk).tagline == "Daarna."


def test_of_two_who_save_an_offering_at_once_the_second_is_told(cast: Cast) -> None:
    offering = OfferingFactory(organisation=cast.member)
    path = f"/mijn/{cast.member.slug}/aanbod/{offering.slug}/"
    owner, editor = cast.client("owner"), cast.client("editor")
    seen = fields_of(owner, path)

    answers = at_once(
        lambda: owner.post(path, {**seen, "summary": "Op het water."}),
        lambda: editor.post(path, {**seen, "summary": "Aan de wal."}),
    )

    told = next(answer for answer in answers if answer.status_code == 422)
    offering.refresh_from_db()
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    assert {offering.summary, told.context["form"]["summary"].value()} == {"Op het water.", "Aan de wal."}
    assert offering.summary in told.content.decode()
