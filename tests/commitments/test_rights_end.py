"""Rights follow the role: who has left an organisation does nothing for it any more, also not by an old mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from commitments import enquiring, enquiry_notices, notices
from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryState
from kring.accounts.models import BoardSeat, User
from kring.foundation.actors import Actor
from kring.mail import links, posting
from kring.mail.models import Message
from kring.mail.recipients import Recipient
from tests.conftest import Cast
from tests.factories import CommitmentFactory, EnquiryFactory, OfferingFactory

NO_MORE = "Zo staat het ervoor"


@pytest.fixture
def enquiry(cast: Cast) -> Enquiry:
    made: Enquiry = EnquiryFactory(
        offering=OfferingFactory(organisation=cast.member),
        asker=cast.firm,
        asked_by=cast.business,
        email=cast.business.email,
        state=EnquiryState.TALKING,
    )
    return made


def commitment(cast: Cast, state: str, *, for_the_circle: bool = False) -> Commitment:
    made: Commitment = CommitmentFactory(
        promisor=cast.member,
        beneficiary=None if for_the_circle else cast.firm,
        proposed_by_organisation=cast.member,
        state=state,
        reported_at=timezone.now(),
    )
    return made


def link(purpose: str, subject: Enquiry | Commitment, holder: User) -> str:
    url = links.issue(purpose, subject.uuid, Recipient.of(holder), expires_in=posting.ANSWER_WITHIN)
    return urlsplit(url).path


def leave(user: User) -> None:
    user.roles.update(until=timezone.localdate())
    BoardSeat.objects.filter(user=user).update(until=timezone.localdate())


def close(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@dataclass(frozen=True)
class Held:
    """A link, who holds it, and what it is about."""

    path: str
    holder: User
    subject: Enquiry | Commitment
    typed: dict[str, str]


def every_link(cast: Cast, enquiry: Enquiry) -> list[Held]:
    proposed = commitment(cast, CommitmentState.PROPOSED)
    agreed = commitment(cast, CommitmentState.AGREED)
    reported = commitment(cast, CommitmentState.REPORTED)
    of_all = commitment(cast, CommitmentState.REPORTED, for_the_circle=True)
    wanted: list[tuple[str, Enquiry | Commitment, User, dict[str, str]]] = [
        (enquiry_notices.ANSWER, enquiry, cast.owner, {"choice": "no", "reason": "date"}),
        (enquiry_notices.TALK, enquiry, cast.business, {"text": "Dag"}),
        (notices.ANSWER, proposed, cast.business, {"choice": "yes"}),
        (notices.REPORT, agreed, cast.owner, {"choice": "done", "quantity": "1", "note": "x"}),
        (notices.CONFIRM, reported, cast.business, {"choice": "yes", "quantity": "1"}),
        (notices.CONFIRM, of_all, cast.board, {"choice": "yes", "quantity": "1"}),
    ]
    once = {"once": "5a52e6a3-3b5a-4b6f-9d53-ad3d4a3fbd50"}
    return [Held(link(purpose, about, who), who, about, {**typed, **once}) for purpose, about, who, typed in wanted]


@pytest.mark.parametrize("ended", [leave, close])
def test_link_of_who_has_left_does_nothing(
    client: Client, cast: Cast, enquiry: Enquiry, ended: Callable[[User], None]
) -> None:
    every = every_link(cast, enquiry)
    states = [held.subject.state for held in every]
    open_before = [NO_MORE not in client.get(held.path).content.decode() for held in every]

    for held in every:
        ended(held.holder)
    pages = [(client.get(held.path), client.post(held.path, held.typed)) for held in every]

    for held in every:
        held.subject.refresh_from_db()
    assert open_before == [True] * len(every)
    assert all(NO_MORE in page.content.decode() for both in pages for page in both)
    assert [held.subject.state for held in every] == states


def test_link_of_who_stays_does_it(client: Client, cast: Cast, enquiry: Enquiry) -> None:
    """The control."""
    for held in reversed(every_link(cast, enquiry)):
        assert client.post(held.path, held.typed).status_code == 302, held


def test_link_at_an_address_without_an_account_works(client: Client, cast: Cast, enquiry: Enquiry) -> None:
    holder = Recipient(email=cast.member.email or "info@voorbeeld.example", name="Taalhuis")
    url = links.issue(enquiry_notices.ANSWER, enquiry.uuid, holder, expires_in=posting.ANSWER_WITHIN)

    assert NO_MORE not in client.get(urlsplit(url).path).content.decode()


def test_who_asked_and_left_sees_and_says_nothing_any_more(cast: Cast, enquiry: Enquiry) -> None:
    client = cast.client("business")
    before = client.get(enquiry.get_absolute_url()).status_code

    leave(cast.business)

    after = [client.get(enquiry.get_absolute_url()), client.post(enquiry.get_absolute_url(), {"text": "Dag"})]
    assert (before, [answer.status_code for answer in after]) == (200, [404, 404])
    assert enquiry.about.title not in client.get("/mijn/aanvragen/").content.decode()  # type: ignore[union-attr]


def test_mail_goes_to_who_is_there_now(cast: Cast, enquiry: Enquiry) -> None:
    leave(cast.business)
    cast.outsider.roles.update(organisation=cast.firm)

    enquiring.talk(enquiry, Actor.of(cast.owner), timezone.now(), text="Hoe laat?", by_receiver=True)

    assert [message.email for message in Message.objects.all()] == [cast.outsider.email]
