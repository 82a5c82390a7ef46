"""What leaves the site: calendars, feeds, linked data, the API and invitations; and who sees what."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import re
import uuid
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import vobject
from django.test import Client
from django.utils import timezone

from kring.accounts.models import TokenScope
from kring.foundation.actors import Actor
from kring.foundation.middleware import LANGUAGE_KEY
from kring.mail import delivery, mime
from kring.mail.models import Kind, Message
from kring.mail.recipients import Recipient
from kring.meetings import audiences, inviting, notices, preparing, share_card
from kring.meetings.models import Meeting, MeetingState, Openness, SignUp, SignUpState
from kring.newsletters.models import Subscriber
from tests.conftest import Cast
from tests.factories import AgendaItemFactory, MeetingFactory, RoleFactory, SignUpFactory, evening

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "Avond; met, \\ teken\r\nATTENDEE:x <b>&\"'"


def events(answer: Any) -> list[Any]:
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return events_in(answer.content.decode())


def events_in(calendar: str) -> list[Any]:
    """As another library reads them."""
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    return list(vobject.readOne(calendar, validate=True).contents.get("vevent", []))


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"state": MeetingState.HELD, "starts_at": evening(days=-3)}, "2 mensen hadden zich aangemeld."),
        ({"state": MeetingState.CANCELLED}, "2 mensen hadden zich aangemeld."),
        ({}, "Er komen al <strong>2 mensen</strong>."),
    ],
)
def test_page_says_of_what_was_and_what_is_to_come(client: Client, about: dict[str, Any], says: str) -> None:
    meeting, nobody = MeetingFactory(**about), MeetingFactory(**about)
    SignUpFactory(meeting=meeting, people=2)

    page, empty = (client.get(each.get_absolute_url()).content.decode() for each in (meeting, nobody))

    assert says in page
    assert ("Jij kunt de eerste zijn" in empty) == (not about)


def test_who_were_there_names_nobody_who_stayed_away(client: Client) -> None:
    meeting = MeetingFactory(state=MeetingState.HELD, starts_at=evening(days=-3))
    SignUpFactory(meeting=meeting, name="Nadia Kwam", came=1)
    SignUpFactory(meeting=meeting, name="Rob Bleef Thuis")

    page = client.get(meeting.get_absolute_url()).content.decode()

    assert ["Wie er waren" in page, "Nadia Kwam" in page, "Rob Bleef Thuis" in page] == [True, True, False]


def test_calendar_tells_of_a_change_and_of_calling_off_under_the_same_name(client: Client, cast: Cast) -> None:
    meeting = MeetingFactory(title=HOSTILE, address="Westwijk 1, Vlaardingen")
    path = f"/bijeenkomsten/{meeting.slug}.ics"

    [first] = events(client.get(path))
    before = {field.attname: getattr(meeting, field.attname) for field in Meeting._meta.concrete_fields}
    meeting.refresh_from_db()
    meeting.ends_at += dt.timedelta(minutes=30)
    preparing.change(meeting, before, timezone.now())
    [changed] = events(client.get(path))
    preparing.cancel(meeting, Actor.of(cast.board), timezone.now(), reason="Ziek")
    [off] = events(client.get("/feeds/bijeenkomsten.ics"))

    assert {each.uid.value for each in (first, changed, off)} == {f"{meeting.uuid}@localhost"}
    assert [each.sequence.value for each in (first, changed, off)] == ["0", "1", "2"]
    assert [each.status.value for each in (first, changed, off)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert (first.dtstart.value, changed.dtend.value) == (meeting.starts_at, meeting.ends_at)
    assert first.summary.value.replace("\r", "") == HOSTILE.replace("\r", "")
    assert first.location.value == "Wijkhuis De Steiger, Westwijk 1, Vlaardingen"
    assert "attendee" not in first.contents


def test_mails_that_say_when_it_is_bring_a_file_for_the_agenda(cast: Cast) -> None:
    meeting = MeetingFactory(title=HOSTILE)
    sign_up = SignUpFactory(meeting=meeting, state=SignUpState.GOING)
    notices.tell_of_place(sign_up)
    preparing.cancel(meeting, Actor.of(cast.board), timezone.now(), reason="Ziek")
    notices.tell_of_waiting(sign_up, 1)

    attached = [files_of(message) for message in Message.objects.order_by("pk")]

    assert [len(each) for each in attached] == [1, 1, 0]
    [[going], [cancelled], _none] = attached
    assert going.get_content_type() == "text/calendar"
    assert (going.get_param("method"), going.get_filename()) == ("PUBLISH", "agenda.ics")
    first, last = (events_in(part.get_payload(decode=True).decode())[0] for part in (going, cancelled))
    assert first.uid.value == last.uid.value == f"{meeting.uuid}@localhost"
    assert (first.status.value, last.status.value) == ("CONFIRMED", "CANCELLED")
    assert int(last.sequence.value) > int(first.sequence.value)


def files_of(message: Message) -> list[Any]:
    """As a mail program finds them in the bytes."""
    parsed: Any = email.message_from_bytes(mime.build(message), policy=email.policy.default)
    return list(parsed.iter_attachments())


def test_feeds_hold_what_everybody_may_know_and_nothing_else(client: Client, cast: Cast) -> None:
    open_to_all = MeetingFactory(title="Open <avond>")
    MeetingFactory(title="Besloten", visibility=Openness.MEMBERS)
    MeetingFactory(title="Concept", state=MeetingState.DRAFT)
    MeetingFactory(title="Lang geleden", state=MeetingState.HELD, starts_at=evening(days=-500))

    for who in ("visitor", "board"):
        reader = cast.client(who)
        calendar = events(reader.get("/feeds/bijeenkomsten.ics"))
        feed = ET.fromstring(reader.get("/feeds/bijeenkomsten.atom").content)
        titles = {entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")}
        assert [event.summary.value for event in calendar] == ["Open <avond>"]
        assert titles == {"Open <avond>", "Lang geleden"}
        assert f"urn:uuid:{open_to_all.uuid}" in {entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")}


def test_linked_data_describes_the_evening_and_nobody_who_comes(client: Client) -> None:
    meeting = MeetingFactory(title="Avond </script><b>", capacity=2)
    SignUpFactory(meeting=meeting, name="Rob Smit", people=2)

    page = client.get(meeting.get_absolute_url()).content.decode()
    block = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)

    node = json.loads(block[0])
    assert len(block) == 1
    assert (node["@type"], node["name"], node["remainingAttendeeCapacity"]) == ("Event", "Avond </script><b>", 0)
    assert node["startDate"] == timezone.localtime(meeting.starts_at).isoformat()
    assert node["offers"]["availability"] == "https://schema.org/SoldOut"
    assert "Rob" not in block[0]
    assert f'og:image" content="http://localhost:8000/bijeenkomsten/{meeting.slug}/deelkaart.png"' in page


def test_share_card_sets_whatever_was_typed(client: Client) -> None:
    meeting = MeetingFactory(title='#panic("x") $ \\ "quote" ' + "lang " * 18)

    answer = client.get(f"{meeting.get_absolute_url()}deelkaart.png")

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer.content.startswith(b"\x89PNG")
    assert share_card.picture(meeting) == answer.content


def test_visitors_share_the_page_until_something_changes(client: Client) -> None:
    meeting = MeetingFactory()
    first = client.get(meeting.get_absolute_url())
    known = {"If-None-Match": first["ETag"]}

    assert client.get(meeting.get_absolute_url(), headers=known).status_code == 304
    SignUpFactory(meeting=meeting, name="Nadia Zichtbaar")
    changed = client.get(meeting.get_absolute_url(), headers=known)
    assert (changed.status_code, "Nadia Zichtbaar" in changed.content.decode()) == (200, True)
    assert "csrfmiddlewaretoken" not in changed.content.decode()


# --- the API ---


def ask(client: Client, meeting: Meeting, **more: Any) -> Any:
    guest = {"name": "Fatima", "email": "fatima@werf.example", "people": 2, "once": str(uuid.uuid4())}
    path = f"/api/v1/meetings/{meeting.uuid}/sign-ups/"
    return client.post(path, json.dumps(guest | more), content_type="application/json")


def test_api_takes_sign_ups_by_the_same_rules(client: Client) -> None:
    meeting = MeetingFactory()
    closed = MeetingFactory(signup_closes_on=timezone.localdate() - dt.timedelta(days=1))
    hidden = MeetingFactory(visibility=Openness.MEMBERS)

    good, wrong = (
        ask(client, meeting, show_name=True, wants_newsletter=True),
        ask(client, meeting, people=11, email="geen"),
    )

    assert (good.status_code, SignUp.objects.get().state) == (202, SignUpState.UNCONFIRMED)
    assert Message.objects.get().template == "meetings/mail/confirm"
    assert SignUp.objects.get().wants_newsletter
    assert (wrong.status_code, set(wrong.json())) == (400, {"people", "email"})
    assert list(ask(client, meeting, state="confirmed").json()) == ["state"]
    assert [ask(client, each).status_code for each in (closed, hidden)] == [409, 404]
    odd = [ask(client, meeting, name=[1]), ask(client, meeting, name={"a": 1})]
    assert {answer.status_code for answer in odd} == {400}
    assert (
        client.post(f"/api/v1/meetings/{meeting.uuid}/sign-ups/", "[]", content_type="application/json").status_code
        == 400
    )


def test_api_signs_up_who_has_a_key_that_may_write(cast: Cast) -> None:
    meeting, me = MeetingFactory(), {"people": 2, "once": str(uuid.uuid4())}
    path = f"/api/v1/meetings/{meeting.uuid}/sign-ups/"
    scopes = (TokenScope.READ, TokenScope.WRITE)

    statuses = [
        cast.program("owner", scope).post(path, json.dumps(me), content_type="application/json").status_code
        for scope in scopes
    ]

    assert statuses == [403, 202]
    assert list(SignUp.objects.values_list("email", "state")) == [(cast.owner.email, SignUpState.GOING)]


def test_api_shows_places_and_no_people(client: Client) -> None:
    meeting = MeetingFactory(capacity=5)
    SignUpFactory(meeting=meeting, name="Rob Smit", people=2)
    SignUpFactory(meeting=meeting, people=2, state=SignUpState.WAITING)
    for title in ("Welkom", "Aan tafel"):
        AgendaItemFactory(meeting=meeting, title=title, minutes=15)

    answer = client.get(f"/api/v1/meetings/{meeting.uuid}/")

    shown = answer.json()
    assert (shown["places"], shown["places_left"], shown["title"]) == (5, 3, meeting.title)
    assert (shown["coming"], shown["visibility"], shown["signup_opens_on"]) == (2, "public", None)
    starts = [meeting.starts_at, meeting.starts_at + dt.timedelta(minutes=15)]
    assert [dt.datetime.fromisoformat(item["starts_at"]) for item in shown["agenda"]] == starts
    assert [item["title"] for item in shown["agenda"]] == ["Welkom", "Aan tafel"]
    assert "Rob" not in answer.content.decode()


def test_too_many_sign_ups_from_one_place_are_refused(client: Client) -> None:
    meeting = MeetingFactory()

    statuses = [ask(client, meeting, email="een@werf.example").status_code for _number in range(6)]

    assert statuses == [202] * 5 + [429]


# --- invitations ---


def test_audience_is_invited_once_and_signs_up_with_one_press(cast: Cast, client: Client) -> None:
    meeting = MeetingFactory()
    SignUpFactory(meeting=meeting, email=cast.editor.email)
    board = cast.client("board")
    path = f"/bestuur/bijeenkomsten/{meeting.slug}/uitnodigen/"
    once = str(uuid.uuid4())

    for _press in range(2):
        board.post(path, {"audience": "members", "once": once})
    board.post(path, {"audience": "board", "once": str(uuid.uuid4())})
    board.post(path, {"audience": "members", "once": str(uuid.uuid4())})
    for _clock in range(2):
        inviting.go_on(timezone.now())

    mails = Message.objects.filter(template="meetings/mail/invitation")
    invited = {cast.owner.email, cast.outsider.email, cast.board.email}
    assert (mails.count(), set(mails.values_list("email", flat=True))) == (3, invited)
    assert set(mails.values_list("kind", flat=True)) == {Kind.NEWSLETTER}
    assert "Leden: alle beheerders" in board.get(path).content.decode()

    link = "/a/" + mails.get(email=cast.owner.email).text.split("/a/", 1)[1].split()[0]
    assert 'value="Owner"' in client.get(link).content.decode()
    typed = {"name": "Owner", "people": "2", "organisation_name": cast.member.name, "wants_newsletter": "on"}
    client.post(link, typed)
    sign_up = SignUp.objects.get(email=cast.owner.email)
    assert (sign_up.state, sign_up.people, sign_up.organisation) == (SignUpState.GOING, 2, cast.member)
    assert Subscriber.objects.get().email == cast.owner.email
    assert "Je komt naar" in client.get(link).content.decode()


def invited(meeting: Meeting, **about: Any) -> list[tuple[str, str]]:
    found = Message.objects.filter(template="meetings/mail/invitation", **about).order_by("pk")
    return list(found.values_list("email", "state"))


def test_invitation_that_waits_goes_back_when_it_is_called_off_and_is_written_anew_when_it_moves(cast: Cast) -> None:
    meeting = MeetingFactory(venue="De Steiger")
    asked = SignUpFactory(meeting=meeting, state=SignUpState.UNCONFIRMED)
    notices.ask_to_confirm(asked)
    notices.invite(meeting, Recipient("rob@smit.example"))
    assert Message.objects.get(template="meetings/mail/invitation").expires_at == meeting.starts_at
    before = {field.attname: getattr(meeting, field.attname) for field in Meeting._meta.concrete_fields}
    meeting.venue = "De Touwbaan"

    preparing.change(meeting, before, timezone.now())
    notices.invite(meeting, Recipient("rob@smit.example"))

    assert invited(meeting) == [("rob@smit.example", "cancelled"), ("rob@smit.example", "queued")]
    assert "De Touwbaan" in Message.objects.get(template="meetings/mail/invitation", state="queued").text
    preparing.cancel(meeting, Actor.of(cast.board), timezone.now(), reason="Ziek")
    assert invited(meeting, state="queued") == []
    assert Message.objects.get(template="meetings/mail/confirm").state == "cancelled"


def test_invitation_that_a_worker_has_in_hand_goes_once_when_the_meeting_moves() -> None:
    meeting = MeetingFactory()
    notices.invite(meeting, Recipient("rob@smit.example"))
    delivery.claim("worker", timezone.now())
    notices.invite(meeting, Recipient("els@werf.example"))
    before = {field.attname: getattr(meeting, field.attname) for field in Meeting._meta.concrete_fields}
    meeting.venue = "De Touwbaan"

    preparing.change(meeting, before, timezone.now())

    waiting = [("els@werf.example", "cancelled"), ("els@werf.example", "queued")]
    assert invited(meeting) == [("rob@smit.example", "sending"), *waiting]
    assert Message.objects.get(email="rob@smit.example").halted == ""


def test_invited_guest_gets_mail_in_the_language_of_the_page(client: Client) -> None:
    meeting = MeetingFactory()
    notices.invite(meeting, Recipient("rob@smit.example"))
    link = "/a/" + Message.objects.get().text.split("/a/", 1)[1].split()[0]
    session = client.session
    session[LANGUAGE_KEY] = "en"
    session.save()

    client.post(link, {"name": "Rob", "people": "1"})

    assert SignUp.objects.get().language == "en"


def test_invitation_links_to_the_page_of_the_meeting() -> None:
    meeting = MeetingFactory()

    notices.invite(meeting, Recipient("rob@smit.example"))

    links = re.findall(r"https?://\S+", Message.objects.get().text)
    assert f"http://localhost:8000{meeting.get_absolute_url()}" in links


def test_round_that_was_cut_off_goes_on_where_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = MeetingFactory()
    for _number in range(7):
        RoleFactory(organisation=cast.member)
    monkeypatch.setattr(inviting, "AT_ONCE", 3)
    round_ = inviting.invite(meeting, "members", cast.board, timezone.now(), uuid.uuid4())
    written: list[str] = []

    def dies_at_the_fifth(to_meeting: Meeting, to: Recipient) -> None:
        if len(written) == 4:
            raise RuntimeError("killed")
        written.append(to.email)

    with monkeypatch.context() as dying:
        dying.setattr(notices, "invite", dies_at_the_fifth)
        with pytest.raises(RuntimeError):
            inviting.go_on(timezone.now())
    round_.refresh_from_db()
    assert (round_.written, round_.finished_at) == (3, None)
    inviting.go_on(timezone.now())

    round_.refresh_from_db()
    found = Message.objects.values_list("email", flat=True)
    assert (round_.written, round_.finished_at is not None) == (10, True)
    assert {*written[:3], *found} == {to.email for to in audiences.members(meeting)}
    assert len(found) == 7


def test_other_rooms_register_audiences_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiences, "_sources", list(audiences._sources))
    readers = [Recipient(email=email) for email in ("B@x.example", "a@x.example", "b@x.example", "")]
    audiences.register(lambda: [audiences.Audience("readers", "Lezers", lambda meeting: readers)])

    found = audiences.named("readers")

    assert found is not None
    assert [to.email for to in audiences.recipients(found, MeetingFactory())] == ["a@x.example", "b@x.example"]


def test_names_are_offered_of_what_stands_in_the_directory(client: Client, cast: Cast) -> None:
    AgendaItemFactory()

    answer = client.get("/bijeenkomsten/organisaties/?organisation_name=werf").content.decode()

    assert answer.count("<option") == 1
    assert "Werf Noord B.V." in answer
    assert "<option" not in client.get("/bijeenkomsten/organisaties/?who=").content.decode()
