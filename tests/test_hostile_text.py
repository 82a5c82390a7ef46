"""Hostile words in everything that people write, and then every page and mail: words they stay.

The rows are written straight to the database, as an import or an older version might have: what is shown is made safe
when it is shown.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from django.db import models
from django.test import Client
from django.utils import timezone

from commitments import enquiring, enquiry_notices, notices, parties, reminder_mails
from commitments.models import Commitment, CommitmentState, DateProposal, Enquiry, ReminderRule, Side
from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.foundation.models import Circle
from kring.mail import mime
from kring.mail.letters import addressed
from kring.mail.models import Kind, Message
from kring.mail.outcomes import Unwritable
from kring.mail.recipients import Recipient
from kring.meetings import notices as meeting_notices
from kring.meetings import writing
from kring.meetings.models import AgendaItem, Meeting, Minutes, Outcome, SignUp
from members.models import Organisation, SocialLink
from offerings import notices as card
from offerings.models import Need, Offering
from tests.access_table import TABLE
from tests.conftest import Cast
from tests.test_access import address, scene  # noqa: F401 - the fixture
from tests.test_twice import to_ask

TAG = "gifgroen"
HOSTILE = f"\"'></title></textarea><{TAG} onclick=alert(1)>{{{{ 7|add:35 }}}}{{% now 'Y' %}}\u2028"
HEADER = "Naam\r\nBcc: iedereen@elders.example\r\n\r\nlijf"
MARKDOWN = f"{HOSTILE}\n\n[klik](javascript:alert(1)) ![x](https://elders.example/x.gif) <{TAG}> <https://x.example>"
# Not words of people, or with a form that is checked by the database.
NOT_WRITTEN = {"password", "state", "kvk_number", "rsin", "postcode", "house_number"}


class Reader(HTMLParser):
    """All that a browser would take for more than words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in {TAG, "script"} and not any(name in {"src", "type"} for name, _value in attributes):
            self.found.append(f"<{tag}>")
        for name, value in attributes:
            if name.startswith("on") or (name in {"src", "srcset"} and "elders" in (value or "")):
                self.found.append(f"{tag} {name}={value}")
            if name in {"href", "action", "formaction", "src"} and not is_harmless(value or ""):
                self.found.append(f"{tag} {name}={value}")

    def handle_data(self, text: str) -> None:
        self.words.append(text)


def is_harmless(url: str) -> bool:
    return urlsplit(url.strip()).scheme in {"", "http", "https", "mailto", "tel"}


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def texts(model: type[models.Model]) -> dict[str, int]:
    """The fields in which people write, and how much fits."""
    return {
        field.name: field.max_length or 4000
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and field.name not in NOT_WRITTEN
        and not isinstance(field, models.SlugField | models.EmailField | models.URLField | models.FileField)
    }


def poison(model: type[models.Model]) -> None:
    """Each name another: two of the same would be one too many for the database."""
    filled = dict.fromkeys(("story", "description", "message", "intro"), MARKDOWN)
    for row in model._default_manager.all():
        written = {name: (f"{row.pk}{filled.get(name, HOSTILE)}")[:most] for name, most in texts(model).items()}
        model._default_manager.filter(pk=row.pk).update(**written)


@pytest.fixture
def poisoned(cast: Cast, scene: dict[str, str]) -> dict[str, str]:  # noqa: F811
    Organisation.objects.update(website="javascript:alert(1)//", anbi_url="javascript:alert(2)//", anbi=True)
    SocialLink.objects.create(organisation=cast.member, url="javascript:alert(3)//")
    User.objects.update(phone_is_public=True, email_is_public=True)
    Organisation.objects.update(contact=cast.owner)
    Commitment.objects.update(promisor_contact=cast.business, beneficiary_contact=cast.owner, result="x")
    enquiry = Enquiry.objects.get()
    enquiring.talk(enquiry, Actor.of(cast.owner), timezone.now(), text=HOSTILE, by_receiver=True)
    for model in (
        User,
        Organisation,
        Offering,
        Need,
        Enquiry,
        Commitment,
        Meeting,
        AgendaItem,
        SignUp,
        Outcome,
        Minutes,
    ):
        poison(model)
    return scene


def pages(client: Client, poisoned: dict[str, str]) -> dict[str, Any]:
    own = ["/account/", "/account/gegevens/", "/account/apparaten/", "/bewaarlijst/", "/demo/post/"]
    paths = [*(address(row, poisoned) for row in TABLE if not row.name.startswith("api:")), *own]
    found = {path: client.get(path) for path in paths}
    return {path: page for path, page in found.items() if "html" in page.get("Content-Type", "")}


@pytest.mark.parametrize("who", ["visitor", "business", "owner", "board"])
def test_words_stay_words_on_every_page(cast: Cast, poisoned: dict[str, str], who: str) -> None:
    client = cast.client(who)
    client.post("/menukaart/{published}/bewaar/".format(**poisoned))

    shown = {path: read(page.content.decode()) for path, page in pages(client, poisoned).items()}

    assert {path: reader.found for path, reader in shown.items() if reader.found} == {}
    assert sum(TAG in " ".join(reader.words) for reader in shown.values()) > 10
    assert not any("7|add:35 " not in " ".join(r.words) and TAG in " ".join(r.words) for r in shown.values())


def test_answers_of_the_api_are_words(cast: Cast, poisoned: dict[str, str], client: Client) -> None:
    for row in TABLE:
        if row.name.startswith("api:"):
            answer = client.get(address(row, poisoned))
            assert answer["Content-Type"] == "application/json"
            assert answer["X-Content-Type-Options"] == "nosniff"


# --- Mail ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def mails(cast: Cast, poisoned: dict[str, str]) -> list[Message]:
    """One of nearly every mail there is, about poisoned things to people with poisoned names."""
    now, by = timezone.now(), Actor.of(cast.owner)
    cast.owner.refresh_from_db()
    for commitment in Commitment.objects.filter(state=CommitmentState.AGREED)[:1]:
        notices.tell_of_agreement(commitment)
        remind(commitment, now)
        notices.tell_board(commitment, "board", HOSTILE)
        commitment.reported_at = commitment.proposed_at = now
        notices.ask_to_confirm_result(commitment)
        notices.tell_of_not_yet(commitment, HOSTILE)
        notices.tell_of_keeping(commitment)
        notices.tell_of_giving_back(commitment, HOSTILE, Side.PROMISOR)
        notices.tell_that_board_was_asked(commitment, HOSTILE, Side.BENEFICIARY)
        notices.tell_of_mediation(commitment, HOSTILE, now)
        day = timezone.localdate(now)
        asked = DateProposal(commitment=commitment, by_promisor=True, old_date=day, new_date=day, reason=HOSTILE)
        notices.ask_about_date(commitment, asked)
        notices.tell_of_date(commitment, asked, HOSTILE)
        commitment.state = CommitmentState.PROPOSED
        notices.ask_to_answer(commitment)
        notices.tell_of_decline(commitment, HOSTILE)
    write_mails_of_a_meeting(cast, now)
    enquiry = Enquiry.objects.get()
    enquiry_notices.ask_to_confirm(enquiry)
    enquiry_notices.tell_of_enquiry(enquiry)
    enquiry_notices.nudge(enquiry)
    enquiry_notices.tell_of_withdrawal(enquiry, HOSTILE)
    enquiry_notices.tell_of_expiry(enquiry)
    card.ask_whether_true(list(Offering.objects.select_related("organisation", "contact")))
    card.tell_of_leaving(list(Offering.objects.select_related("organisation", "contact")[:2]))
    enquiring.talk(enquiry, by, now, text=MARKDOWN, by_receiver=True)
    enquiring.decline(enquiry, by, now, reason="other", note=HOSTILE)
    return list(Message.objects.exclude(key="scene"))


def write_mails_of_a_meeting(cast: Cast, now: dt.datetime) -> None:
    guest = SignUp.objects.select_related("meeting").get()
    guest.offered_at = guest.offer_until = now
    meeting_notices.ask_to_confirm(guest)
    meeting_notices.tell_of_place(guest)
    meeting_notices.tell_of_place_already(guest, guest.uuid)
    meeting_notices.tell_of_waiting(guest, 3)
    meeting_notices.offer_place(guest)
    meeting_notices.tell_of_leaving(guest)
    meeting_notices.remind(guest)
    meeting_notices.tell_of_change(guest, [HOSTILE])
    meeting_notices.tell_of_cancelling(guest)
    meeting_notices.invite(guest.meeting, Recipient.of(cast.owner))
    meeting_notices.send_summary(guest, writing.summary(guest.meeting))
    meeting_notices.ask_to_approve(Minutes.objects.select_related("meeting").get(), [Recipient.of(cast.owner)], "/")
    for name in ("idea_need", "idea_offering"):
        meeting_notices.tell_of_draft(name, HOSTILE, guest.meeting, [Recipient.of(cast.owner)], path="/", key=name)


def remind(commitment: Commitment, now: dt.datetime) -> None:
    """Alone in the board's own words, and two together."""
    to, today = parties.promisors(commitment)[0], timezone.localdate(now)
    for slug, text in (("due-3", "{toezegging} {maker} {naam} {ontvanger}"), ("due-0", "")):
        rule = ReminderRule.objects.get(slug=slug)
        rule.text, rule.subject = text, text
        items = [reminder_mails.item_of(rule, commitment, to, today)] * (1 if text else 2)
        reminder_mails.write(items, to, today + dt.timedelta(len(items)), now)


def test_words_stay_words_in_every_mail(mails: list[Message]) -> None:
    found = {message.template: read(message.html).found for message in mails}

    assert {template: what for template, what in found.items() if what} == {}
    assert len(found) > 10
    assert all(TAG in message.text for message in mails)


def parsed(message: Message) -> EmailMessage:
    return cast("EmailMessage", email.message_from_bytes(mime.build(message), policy=email.policy.default))


def test_no_mail_has_a_header_that_somebody_wrote(mails: list[Message]) -> None:
    Message.objects.update(subject=HEADER, name=HEADER[:120])
    for message in Message.objects.all():
        mail = parsed(message)
        assert mail["Bcc"] is None
        assert "\n" not in mail["Subject"]
        assert [address.addr_spec for address in mail["To"].addresses] == [message.email]


NAMES = [
    HEADER,
    "a\nBcc: x@elders.example",
    "a\rBcc: x@elders.example",
    "a\x0bBcc: x@elders.example",
    "a\x85Bcc: x@elders.example",
    "a\u2028Bcc: x@elders.example",
    '"x" <x@elders.example>, ',
    "x@elders.example, y@elders.example",
    "=?utf-8?q?x=0D=0ABcc:_x@elders.example?=",
    "x" * 5000,
    "\u202eelpmaxe",
    "(commentaar",
    "\\",
    '"',
]


ONCE = "5a52e6a3-3b5a-4b6f-9d53-ad3d4a3fbd50"


def names_of(raw: bytes) -> list[str]:
    """The headers, and none that begins within another."""
    head = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode("ascii")
    return [line.partition(":")[0] for line in head.split("\r\n")]


@pytest.mark.parametrize("name", NAMES)
def test_name_in_a_form_reaches_no_header(db: None, client: Client, cast: Cast, name: str) -> None:
    press = to_ask(cast)
    typed = {**press.typed, "name": name[:120], "organisation_name": name[:120], "once": ONCE}
    client.post(press.path, typed)
    confirmed = Enquiry.objects.get()
    enquiring.confirm(confirmed, Actor.link(confirmed.name), timezone.now())

    for message in Message.objects.all():
        names = names_of(mime.build(message))
        assert "Bcc" not in names
        assert len(names) == len(set(names))
        assert [address.addr_spec for address in parsed(message)["To"].addresses] == [message.email]
    assert Message.objects.count() == 3  # to who asked, and to the two who answer for the member


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("part", ["subject", "name"])
def test_no_part_of_a_message_reaches_another(db: None, part: str, name: str) -> None:
    message = Message(email="lezer@voorbeeld.example", text="Dag", kind=Kind.REMINDER, message_id="<x@kring.example>")
    plain = names_of(mime.build(message))
    setattr(message, part, name)

    assert names_of(mime.build(message)) == plain


ADDRESSES = [
    "=?utf-8?q?a=0D=0ABcc=3Ax=40elders.example?=@voorbeeld.example",
    "a\r\nBcc: x@elders.example",
    "a@voorbeeld.example\r\nDATA",
    "a@voorbeeld.example> NOTIFY=NEVER <x@elders.example",
    "a@voorbeeld.example, x@elders.example",
    '"a b"@voorbeeld.example',
    "a@b@voorbeeld.example",
    "a@[127.0.0.1]",
    "<a@voorbeeld.example>",
    "é@voorbeeld.example",
    "a@" + "x" * 70 + ".example",
    "",
    "@",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_address_that_is_more_than_one_does_not_leave(db: None, address: str) -> None:
    """It may be refused, or be one address; what it brings along goes nowhere."""
    given = addressed(
        Message(email=address, subject="Dag", text="Dag", kind=Kind.CODE, message_id="<x@kring.example>"), Circle()
    )

    if isinstance(given, Unwritable) or isinstance(given.content, Unwritable):
        return
    assert given.envelope[1][0] == f"RCPT TO:<{address}>"
    assert not set("\r\n<>") & set(address)
    assert "Bcc" not in names_of(given.content)


def test_links_in_mail_are_of_this_site_whatever_host_was_asked(cast: Cast, client: Client) -> None:
    """Host header poisoning: the one that a request names, where it is let through at all."""
    press = to_ask(cast)
    headers = {"x-forwarded-host": "elders.example", "forwarded": "host=elders.example", "host": "127.0.0.1:6666"}

    client.post(press.path, {**press.typed, "once": ONCE}, headers=headers)
    client.post("/inloggen/", {"email": cast.owner.email}, headers=headers)

    for message in Message.objects.all():
        assert "elders.example" not in message.text + message.html
        assert "127.0.0.1" not in message.text + message.html
