"""From asking to an agreement, by the pages and the links in the mails."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from commitments import waiting
from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryState
from kring.mail.models import Message
from members.models import Organisation
from offerings.models import Offering
from tests.conftest import Cast
from tests.factories import BusinessFactory, OfferingFactory

pytestmark = pytest.mark.django_db

ASKER = "fatima@werfnoord.example"
SOON = dt.timedelta(days=20)


@pytest.fixture
def offering(cast: Cast) -> Offering:
    return OfferingFactory(organisation=cast.member, title="Lezen op de werf")


def form(**changed: Any) -> dict[str, Any]:
    typed = {
        "name": "Fatima de Vries",
        "organisation_name": "Scheepswerf De Zwaluw",
        "email": ASKER,
        "people": "12",
        "wanted_by": (timezone.localdate() + SOON).isoformat(),
        "message": "Kan dit bij ons op de werf?",
        "no_counter_favour": "on",
        "once": str(uuid.uuid4()),
    }
    return {name: value for name, value in (typed | changed).items() if value != ""}


def asked(client: Client, offering: Offering, **changed: Any) -> Enquiry:
    answer = client.post(f"{offering.get_absolute_url()}aanvragen/", form(**changed))
    assert answer.status_code == 200, answer.context["form"].errors
    return Enquiry.objects.latest("pk")


def mail_to(email: str) -> Message:
    return Message.objects.filter(email=email).latest("pk")


def link_in(message: Message) -> str:
    return re.findall(r"https?://[^/\s]+(/a/[^/\s]+/)", message.text)[0]


def confirmed(offering: Offering, **changed: Any) -> Enquiry:
    visitor = Client()
    enquiry = asked(visitor, offering, **changed)
    visitor.post(link_in(mail_to(ASKER)))
    enquiry.refresh_from_db()
    return enquiry


def answer(offering: Offering, email: str, **typed: Any) -> Any:
    """What the page of the link in the last mail to this address says to an answer."""
    return Client().post(link_in(mail_to(email)), {"once": str(uuid.uuid4()), **typed})


def yes(**changed: Any) -> dict[str, Any]:
    due_on = (timezone.localdate() + SOON).isoformat()
    return {"choice": "yes", "quantity": "12", "unit": "mensen", "due_on": due_on} | changed


def test_stranger_confirms_the_address_first(offering: Offering, cast: Cast) -> None:
    enquiry = asked(Client(), offering)
    link = link_in(mail_to(ASKER))

    assert enquiry.state == EnquiryState.UNCONFIRMED
    assert [message.email for message in Message.objects.all()] == [ASKER]
    assert Client().get(link).status_code == 200
    enquiry.refresh_from_db()
    assert enquiry.state == EnquiryState.UNCONFIRMED  # looking does nothing

    Client().post(link)
    enquiry.refresh_from_db()
    assert enquiry.state == EnquiryState.NEW
    assert Message.objects.filter(email=cast.owner.email).count() == 1


def test_who_is_signed_in_for_an_organisation_is_known(offering: Offering, cast: Cast) -> None:
    enquiry = asked(cast.client("business"), offering, asker=cast.firm.pk, name="", organisation_name="", email="")

    assert (enquiry.state, enquiry.asker, enquiry.asked_by) == (EnquiryState.NEW, cast.firm, cast.business)
    assert {message.email for message in Message.objects.all()} == {cast.owner.email, cast.editor.email}


def test_nobody_asks_for_an_organisation_of_another(offering: Offering, cast: Cast) -> None:
    path = f"{offering.get_absolute_url()}aanvragen/"

    refused = cast.client("business").post(path, form(asker=cast.elsewhere.pk))
    stranger = Client().post(path, form(asker=cast.firm.pk))

    assert refused.status_code == 422
    assert stranger.status_code == 200
    assert Enquiry.objects.get().asker is None


def test_yes_to_what_was_asked_is_agreed_at_once(offering: Offering, cast: Cast) -> None:
    enquiry = confirmed(offering)
    answer(offering, cast.owner.email, **yes())

    enquiry.refresh_from_db()
    commitment = Commitment.objects.get()
    assert (enquiry.state, commitment.state) == (EnquiryState.AGREED, CommitmentState.AGREED)
    assert (commitment.promisor, commitment.quantity, commitment.unit) == (cast.member, 12, "mensen")
    assert "afgesproken" in mail_to(ASKER).subject.lower()


def test_other_terms_are_a_proposal_that_the_asker_answers(offering: Offering, cast: Cast) -> None:
    confirmed(offering)
    answer(offering, cast.owner.email, **yes(quantity="8"))
    commitment = Commitment.objects.get()
    assert commitment.state == CommitmentState.PROPOSED

    answer(offering, ASKER, choice="yes")
    commitment.refresh_from_db()
    assert commitment.state == CommitmentState.AGREED


def test_what_is_written_with_a_yes_is_for_the_asker_alone(offering: Offering, cast: Cast) -> None:
    enquiry = confirmed(offering)
    secret = "Bel gerust: 06 12 34 56 78."
    answer(offering, cast.owner.email, **yes(text=secret))

    commitment = Commitment.objects.get()
    page = Client().get(commitment.get_absolute_url()).content.decode()
    assert secret not in page
    assert (commitment.description, enquiry.messages.get().text) == ("", secret)
    assert enquiry.messages.get().by_receiver
    assert secret in mail_to(ASKER).text
    assert secret not in mail_to(cast.owner.email).text


def test_what_is_written_with_other_terms_is_in_the_proposal(offering: Offering, cast: Cast) -> None:
    confirmed(offering)
    answer(offering, cast.owner.email, **yes(quantity="8", text="Acht past net."))

    assert "Acht past net." in mail_to(ASKER).text
    assert Commitment.objects.get().description == ""


def test_who_asked_without_an_account_has_no_page_to_go_to(offering: Offering, cast: Cast) -> None:
    confirmed(offering)
    answer(offering, cast.owner.email, **yes())
    commitment = Commitment.objects.get()
    asker = commitment.beneficiary
    assert asker is not None

    page = Client().get(commitment.get_absolute_url()).content.decode()

    assert asker.name in page
    assert asker.get_absolute_url() not in page
    assert cast.member.get_absolute_url() in page


def test_counter_favour_becomes_a_promise_the_other_way(offering: Offering, cast: Cast) -> None:
    confirmed(offering, counter_favour="Verf voor het lokaal", no_counter_favour="")
    answer(offering, cast.owner.email, **yes(counter_favour="Verf voor het lokaal"))

    commitment = Commitment.objects.get(promisor=cast.member)
    back = Commitment.objects.get(beneficiary=cast.member)
    assert back.counter_favour_of == commitment
    assert back.title == "Verf voor het lokaal"


def test_no_tells_why_and_makes_nothing(offering: Offering, cast: Cast) -> None:
    enquiry = confirmed(offering)
    answer(offering, cast.owner.email, choice="no", reason="no_time", text="Na de zomer wel.")

    enquiry.refresh_from_db()
    assert enquiry.state == EnquiryState.DECLINED
    assert "Na de zomer wel." in mail_to(ASKER).text
    assert not Commitment.objects.exists()


def test_who_talked_first_comes_back_by_the_same_mail(offering: Offering, cast: Cast) -> None:
    enquiry = confirmed(offering)
    link = link_in(mail_to(cast.owner.email))
    Client().post(link, {"once": str(uuid.uuid4()), "choice": "talk", "text": "Hoe laat?"})

    assert "Jullie zijn in gesprek" in Client().get(link).content.decode()
    Client().post(link, {"once": str(uuid.uuid4()), **yes()})

    enquiry.refresh_from_db()
    assert enquiry.state == EnquiryState.AGREED
    assert "Zo staat het ervoor" in Client().get(link).content.decode()


def test_all_that_was_said_stays_to_be_read_after_a_no(offering: Offering, cast: Cast) -> None:
    confirmed(offering)
    mine = link_in(mail_to(ASKER))
    other = OfferingFactory(organisation=cast.member, title="Lezen in de haven")
    answer(offering, cast.owner.email, choice="talk", text="Hoe laat komt het uit?")
    talk = link_in(mail_to(ASKER))
    answer(offering, cast.owner.email, choice="no", reason="date", text="In mei wel.", alternative=other.slug)

    for link in (mine, talk):
        page = Client().get(link).content.decode()
        for words in ("Er is nee gezegd", "Hoe laat komt het uit?", "In mei wel.", "De datum past niet", other.title):
            assert words in page
        assert "<textarea" not in page
        late = Client().post(link, {"text": "Toch?", "once": str(uuid.uuid4())})
        assert "Er is nee gezegd" in late.content.decode()
    assert Enquiry.objects.get().messages.count() == 1
    seen = cast.client("owner").get(Enquiry.objects.get().get_absolute_url()).content.decode()
    assert "In mei wel." in seen


def test_each_side_reads_what_the_other_wrote(offering: Offering, cast: Cast) -> None:
    enquiry = confirmed(offering)
    answer(offering, cast.owner.email, choice="talk", text="Hoe laat komt het uit?")
    assert "Hoe laat komt het uit?" in mail_to(ASKER).text

    answer(offering, ASKER, text="Om twee uur.")
    assert "Om twee uur." in mail_to(cast.owner.email).text
    enquiry.refresh_from_db()
    assert enquiry.state == EnquiryState.TALKING


def test_a_second_answer_hears_what_is_the_case(offering: Offering, cast: Cast) -> None:
    confirmed(offering)
    link = link_in(mail_to(cast.owner.email))
    other = link_in(mail_to(cast.editor.email))
    Client().post(link, {"once": str(uuid.uuid4()), **yes()})

    late = Client().post(other, {"once": str(uuid.uuid4()), "choice": "no", "reason": "no_time"}, follow=True)

    assert "Er is ja gezegd" in late.content.decode()
    assert Commitment.objects.get().state == CommitmentState.AGREED


def test_mistake_keeps_what_was_typed(offering: Offering, cast: Cast) -> None:
    confirmed(offering)
    page = answer(offering, cast.owner.email, **yes(due_on="2001-01-01", quantity="heel veel", text="Graag!"))

    html = page.content.decode()
    assert page.status_code == 422
    assert "heel veel" in html
    assert "Graag!" in html
    assert "Deze datum is al voorbij" in html


def test_name_of_another_gives_no_hold_on_it(offering: Offering, cast: Cast) -> None:
    """Who types the name of a business that is there becomes another one."""
    there = BusinessFactory(name="Scheepswerf De Zwaluw")
    confirmed(offering)
    answer(offering, cast.owner.email, **yes())

    asker = Commitment.objects.get().beneficiary
    assert asker != there
    assert not Organisation.objects.listed().filter(pk=asker.pk if asker else 0).exists()


def test_what_nobody_confirmed_is_gone_after_two_days(offering: Offering) -> None:
    asked(Client(), offering)
    now = timezone.now()

    assert waiting.forget_unconfirmed(now + dt.timedelta(hours=47)) == 0
    assert waiting.forget_unconfirmed(now + dt.timedelta(hours=49)) == 1
    assert not Enquiry.objects.exists()


def test_silent_receiver_is_reminded_once_and_then_it_expires(offering: Offering, cast: Cast) -> None:
    enquiry = confirmed(offering)
    written = Message.objects.count()
    later = timezone.now() + dt.timedelta(days=9)

    assert waiting.remind_receivers(later) == 1
    assert waiting.remind_receivers(later) == 0
    assert Message.objects.count() == written + 2  # editor and owner
    waiting.expire_enquiries(timezone.now() + dt.timedelta(days=61))
    enquiry.refresh_from_db()
    assert enquiry.state == EnquiryState.EXPIRED
