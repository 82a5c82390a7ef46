"""Who answers a need offers something: mails and pages say so, and not that something is asked."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from commitments import enquiring, enquiry_notices
from commitments.models import Enquiry, EnquiryState
from kring.foundation.actors import Actor
from offerings.models import Need
from tests.commitments.test_conversations import ASKER, form, link_in, mail_to
from tests.conftest import Cast
from tests.factories import EnquiryFactory, NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(cast: Cast) -> Need:
    return NeedFactory(organisation=cast.member, title="Tien stoelen", quantity=10, unit="stuks", means="goods")


def offer_help(need: Need) -> Enquiry:
    """By somebody without an account."""
    page = Client().post(f"{need.get_absolute_url()}reageren/", form(people=""))
    assert "dan gaat je hulpaanbod op weg" in page.content.decode()
    return Enquiry.objects.get()


def test_who_offers_help_is_not_told_of_a_request(need: Need, cast: Cast) -> None:
    enquiry = offer_help(need)
    mail, link = mail_to(ASKER), link_in(mail_to(ASKER))
    assert mail.subject == "Verstuur je hulpaanbod: Tien stoelen"
    assert "Ja, verstuur mijn hulpaanbod" in mail.text
    assert enquiry.message not in mail.text  # nobody has shown yet that the address is theirs
    assert "Verstuur je hulpaanbod" in Client().get(link).content.decode()

    Client().post(link)
    page = Client().get(link).content.decode()
    assert "Je hulpaanbod ligt bij" in page
    assert "Kun je toch niet helpen?" in page
    assert "kan helpen met ‘Tien stoelen’" in cast.client("owner").get("/mijn/").content.decode()
    assert "Ja, graag" in mail_to(cast.owner.email).text


def test_who_said_yes_is_asked_whether_it_is_arranged(need: Need, cast: Cast) -> None:
    enquiry = EnquiryFactory(
        offering=None, need=need, receiver=cast.member, asker=cast.firm, state=EnquiryState.AGREED
    )

    pages = [cast.client(who).get(enquiry.get_absolute_url()).content.decode() for who in ("owner", "business")]
    cast.client("owner").post(f"/mijn/{cast.member.slug}/vragen/{need.slug}/stap/", {"step": "meet"})
    after = cast.client("owner").get(enquiry.get_absolute_url()).content.decode()

    assert ["Is het hiermee geregeld?" in page for page in (*pages, after)] == [True, False, False]


def test_mails_about_help_go_the_right_way(need: Need, cast: Cast) -> None:
    def made() -> Enquiry:
        return EnquiryFactory(offering=None, need=need, receiver=cast.member, email=ASKER, state=EnquiryState.NEW)

    told = Actor.system(), timezone.now()
    enquiring.decline(made(), *told, reason="met", note="")
    declined = mail_to(ASKER)
    enquiring.withdraw(made(), *told)
    withdrawn = mail_to(cast.owner.email)
    enquiry_notices.nudge(made())
    nudged = [mail_to(who).text for who in (cast.owner.email, ASKER)]
    enquiry_notices.tell_of_expiry(made())

    assert "heeft je hulp bij" in declined.text
    assert "/vragen/" in declined.text
    assert withdrawn.subject == "Werf Noord B.V. kan toch niet helpen: Tien stoelen"
    assert "bood aan om jullie te helpen" in nudged[0]
    assert "Wil je nog helpen?" in nudged[1]
    assert mail_to(ASKER).subject == "Verlopen: de hulp bij ‘Tien stoelen’"
