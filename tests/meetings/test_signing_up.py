"""Dividing the places: who gets one, who waits, and what the mails say."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.models import Commitment, CommitmentState
from kring.foundation import news
from kring.foundation.actors import Actor
from kring.mail.models import Message, MessageState
from kring.meetings import evening as evening_itself
from kring.meetings import notices, pledging, preparing, reminding, retention, signing_up
from kring.meetings.models import ACTIVE, Full, Meeting, MeetingState, Outcome, SignUp, SignUpState, StepNotAllowed
from kring.newsletters.models import Subscriber, SubscriberState
from members.models import Organisation
from tests.conftest import Cast
from tests.factories import CommitmentFactory, MeetingFactory, OutcomeFactory, SignUpFactory, evening

pytestmark = pytest.mark.django_db

S = SignUpState


def typed(**more: Any) -> dict[str, Any]:
    guest = {"name": "Fatima de Vries", "email": "fatima@werf.example", "people": "2", "once": str(uuid.uuid4())}
    return guest | {"organisation_name": "Werf Noord B.V.", "needs": "Geen vlees", "show_name": "on"} | more


def own_link(message: Message) -> str:
    """The path of the reader's own page, of a mail."""
    found = next(line for line in message.text.splitlines() if "/a/" in line)
    return "/a/" + found.split("/a/", 1)[1].partition("?")[0]


def mail_to(email: str, template: str) -> Message:
    return Message.objects.get(email=email, template=f"meetings/mail/{template}")


def places(meeting: Meeting) -> tuple[int, int]:
    """Taken, as the database counts it, and as the sign-ups add up."""
    meeting.refresh_from_db()
    return meeting.taken, SignUp.objects.of(meeting).seated().people()


# --- from the form to a place ---


def test_stranger_has_a_place_once_the_address_is_confirmed(client: Client, cast: Cast) -> None:
    meeting = MeetingFactory()

    answer = client.post(f"{meeting.get_absolute_url()}aanmelden/", typed())

    sign_up = SignUp.objects.get()
    assert (answer.status_code, sign_up.state, places(meeting)) == (200, S.UNCONFIRMED, (0, 0))
    assert (sign_up.organisation, sign_up.people, sign_up.needs) == (cast.firm, 2, "Geen vlees")

    link = own_link(mail_to("fatima@werf.example", "confirm"))
    assert (client.get(link).status_code, SignUp.objects.get().state) == (200, S.UNCONFIRMED)
    client.post(link, {"doe": "bevestig"})

    assert (SignUp.objects.get().state, places(meeting)) == (S.GOING, (2, 2))
    going = mail_to("fatima@werf.example", "going")
    assert "Zet het in je agenda" in going.text
    assert "Ik kan toch niet komen" in going.text
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert "Fatima de Vries" in page
    assert "Geen vlees" not in page


def test_name_is_shown_only_to_whom_allowed_it_and_numbers_always(client: Client) -> None:
    meeting = MeetingFactory()
    SignUpFactory(meeting=meeting, name="Nadia Zichtbaar", people=3)
    SignUpFactory(meeting=meeting, name="Rob Verborgen", show_name=False, organisation_name="Club")

    page = client.get(meeting.get_absolute_url()).content.decode()

    assert ("Nadia Zichtbaar" in page, "Rob Verborgen" in page) == (True, False)
    assert "<strong>4 mensen</strong>" in page


def test_who_is_signed_in_has_a_place_at_once(cast: Cast) -> None:
    meeting = MeetingFactory()

    cast.client("owner").post(
        f"{meeting.get_absolute_url()}aanmelden/", {"people": "1", "once": str(uuid.uuid4()), "email": "x@y.example"}
    )

    sign_up = SignUp.objects.get()
    assert (sign_up.state, sign_up.email, sign_up.user) == (S.GOING, cast.owner.email, cast.owner)


def test_address_on_the_list_tells_nobody_but_its_owner(client: Client) -> None:
    meeting = MeetingFactory()
    SignUpFactory(meeting=meeting, email="fatima@werf.example")

    known = client.post(f"{meeting.get_absolute_url()}aanmelden/", typed())
    unknown = client.post(f"{meeting.get_absolute_url()}aanmelden/", typed(email="nieuw@werf.example"))

    assert known.content == unknown.content
    assert SignUp.objects.filter(email="fatima@werf.example").count() == 1
    assert mail_to("fatima@werf.example", "already").subject.startswith("Je staat al op de lijst")


def test_second_confirmation_of_an_address_says_how_to_change_the_first(client: Client) -> None:
    meeting = MeetingFactory()
    for _time in range(2):
        client.post(f"{meeting.get_absolute_url()}aanmelden/", typed())
    first, second = (own_link(mail) for mail in Message.objects.order_by("pk"))

    client.post(first, {"doe": "bevestig"})
    answer = client.post(second, {"doe": "bevestig"}, follow=True)

    page = answer.content.decode()
    assert ("Je staat al op de lijst van" in page, "Je bent afgemeld" in page) == (True, False)
    assert client.get(own_link(mail_to("fatima@werf.example", "already"))).context["sign_up"].state == S.GOING
    assert places(meeting) == (2, 2)


def test_who_was_offered_a_place_and_signs_up_again_reads_how_to_take_it(client: Client) -> None:
    meeting = MeetingFactory()
    SignUpFactory(meeting=meeting, email="fatima@werf.example", state=S.OFFERED, offer_until=meeting.starts_at)

    client.post(f"{meeting.get_absolute_url()}aanmelden/", typed())

    mail = mail_to("fatima@werf.example", "already").text
    assert ("Neem hem met de knop" in mail, "wachtlijst van" in mail) == (True, False)


def test_link_of_what_was_called_off_asks_nobody_to_sign_up_again(client: Client, cast: Cast) -> None:
    meeting = MeetingFactory()
    sign_up = SignUpFactory(meeting=meeting)
    notices.tell_of_place(sign_up)
    signing_up.cancel(sign_up, timezone.now())
    preparing.cancel(meeting, Actor.of(cast.board), timezone.now(), reason="Ziek")

    page = client.get(own_link(mail_to(sign_up.email, "going"))).content.decode()

    assert ("gaat niet door" in page, "opnieuw aan" in page) == (True, False)


def test_guest_without_address_is_signed_off_and_nobody_is_mailed_about_what_was() -> None:
    coming = MeetingFactory()
    signing_up.cancel(SignUpFactory(meeting=coming, email=""), timezone.now())
    over = MeetingFactory(starts_at=evening(days=-1))
    SignUpFactory(meeting=over)
    before = {field.attname: getattr(over, field.attname) for field in Meeting._meta.concrete_fields}
    over.title = "Zonder tikfout"

    preparing.change(over, before, timezone.now())

    assert Message.objects.count() == 0


def test_form_filled_in_for_another_is_another_sign_up(client: Client) -> None:
    first, second = MeetingFactory(), MeetingFactory()
    same = typed()

    for meeting, email in ((first, "fatima@werf.example"), (first, "rob@smit.example"), (second, "rob@smit.example")):
        client.post(f"{meeting.get_absolute_url()}aanmelden/", same | {"email": email})

    assert SignUp.objects.count() == Message.objects.count() == 3


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (S.GOING, "Je stond al op de lijst"),
        (S.WAITING, "Je stond al op de wachtlijst"),
        (S.OFFERED, "Er is een plek voor je"),
    ],
)
def test_who_was_there_already_reads_how_that_stands(cast: Cast, state: str, said: str) -> None:
    meeting = MeetingFactory()
    SignUpFactory(meeting=meeting, email=cast.owner.email, state=state, offer_until=meeting.starts_at)

    answer = cast.client("owner").post(
        f"{meeting.get_absolute_url()}aanmelden/", {"people": "1", "once": str(uuid.uuid4())}
    )

    assert f"<h1>{said}</h1>" in re.sub(r">\s+|\s+<", lambda found: found[0].strip(), answer.content.decode())


def test_sign_up_that_was_closed_a_moment_ago_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page looked before the meeting was called off."""
    meeting = MeetingFactory(state=MeetingState.CANCELLED)
    monkeypatch.setattr(Meeting, "takes_sign_ups", lambda self, now: True)
    me, api = {"people": "1", "once": str(uuid.uuid4())}, f"/api/v1/meetings/{meeting.uuid}/sign-ups/"

    page = cast.client("owner").post(f"{meeting.get_absolute_url()}aanmelden/", me)
    by_program = cast.program("owner").post(api, me, content_type="application/json")

    assert (page.status_code, by_program.status_code, SignUp.objects.count()) == (409, 409, 0)
    assert "gaat niet door" in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"people": "0"}, "people", "vul minstens 1 in"),
        ({"people": "11"}, "people", "meer dan tien"),
        ({"email": "geen adres"}, "email", "geldig"),
        ({"name": ""}, "name", "vereist"),
    ],
)
def test_wrong_input_is_kept_and_said_beside_the_field(
    client: Client, wrong: dict[str, str], field: str, said: str
) -> None:
    meeting = MeetingFactory()

    answer = client.post(f"{meeting.get_absolute_url()}aanmelden/", typed(**wrong))

    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, [field])
    assert said in str(form.errors[field])
    assert form["needs"].value() == "Geen vlees"


def test_wish_for_the_newsletter_is_asked_once_more(client: Client) -> None:
    """Whoever filled in the form may have been somebody else: the newsletter has a confirmation of its own."""
    meeting = MeetingFactory()

    client.post(f"{meeting.get_absolute_url()}aanmelden/", typed(wants_newsletter="on"))
    before = Subscriber.objects.count()
    client.post(own_link(mail_to("fatima@werf.example", "confirm")), {"doe": "bevestig"})

    subscriber = Subscriber.objects.get()
    assert (before, subscriber.email, subscriber.state) == (0, "fatima@werf.example", SubscriberState.PENDING)
    assert subscriber.name == "Fatima de Vries"


def test_newsletter_is_offered_where_there_is_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"{MeetingFactory().get_absolute_url()}aanmelden/"
    offered = "wants_newsletter" in client.get(path).content.decode()
    monkeypatch.setattr(news, "_subscribe", [])

    assert (offered, "wants_newsletter" in client.get(path).content.decode()) == (True, False)


# --- full ---


def full_house() -> tuple[Meeting, SignUp, SignUp]:
    """Two places, taken by one who goes with two; and one who waits."""
    meeting = MeetingFactory(capacity=2)
    there = SignUpFactory(meeting=meeting, people=2)
    waits = SignUpFactory(meeting=meeting, state=S.WAITING)
    return meeting, there, waits


def test_who_comes_too_late_waits_and_is_offered_what_comes_free(client: Client) -> None:
    now = timezone.now()
    meeting, there, first = full_house()
    second = SignUpFactory(meeting=meeting, state=S.WAITING, confirmed_at=now + dt.timedelta(seconds=1))

    signing_up.change(there, now, people=1)

    first.refresh_from_db(), second.refresh_from_db()
    assert (first.state, second.state, places(meeting)) == (S.OFFERED, S.WAITING, (2, 2))
    assert first.offer_until == now + dt.timedelta(hours=48)
    link = own_link(mail_to(first.email, "offer"))
    client.post(link, {"doe": "neem"})
    first.refresh_from_db()
    assert (first.state, places(meeting)) == (S.GOING, (2, 2))


def test_offer_that_nobody_takes_goes_to_the_next_after_48_hours() -> None:
    now = timezone.now()
    meeting, there, first = full_house()
    second = SignUpFactory(meeting=meeting, state=S.WAITING, confirmed_at=now + dt.timedelta(seconds=1))
    signing_up.change(there, now, people=1)

    early = signing_up.expire_offers(now + dt.timedelta(hours=47))
    late = signing_up.expire_offers(now + dt.timedelta(hours=48))
    again = signing_up.expire_offers(now + dt.timedelta(hours=48))

    first.refresh_from_db(), second.refresh_from_db()
    assert (early, late, again) == (0, 1, 0)
    assert (first.state, second.state, places(meeting)) == (S.LAPSED, S.OFFERED, (2, 2))
    with pytest.raises(StepNotAllowed):
        signing_up.accept(first, now)


def test_offer_close_to_the_evening_ends_when_it_begins() -> None:
    now = timezone.now()
    meeting, there, waits = full_house()
    Meeting.objects.update(starts_at=now + dt.timedelta(hours=5), ends_at=now + dt.timedelta(hours=7))
    meeting.refresh_from_db()

    signing_up.cancel(there, now)

    waits.refresh_from_db()
    assert waits.offer_until == meeting.starts_at


def test_more_places_go_to_who_waits() -> None:
    meeting, _there, waits = full_house()
    before = {field.attname: getattr(meeting, field.attname) for field in Meeting._meta.concrete_fields}
    meeting.refresh_from_db()
    meeting.capacity = 3

    preparing.change(meeting, before, timezone.now())

    waits.refresh_from_db()
    assert (waits.state, places(meeting)) == (S.OFFERED, (3, 3))


def test_group_that_does_not_fit_does_not_keep_a_place_empty() -> None:
    now = timezone.now()
    meeting, there, large = full_house()
    SignUp.objects.filter(pk=large.pk).update(people=4)
    small = SignUpFactory(meeting=meeting, state=S.WAITING, confirmed_at=now + dt.timedelta(seconds=1))

    signing_up.change(there, now, people=1)

    large.refresh_from_db(), small.refresh_from_db()
    assert (large.state, small.state) == (S.WAITING, S.OFFERED)


def test_more_people_than_there_is_room_for_is_refused_beside_the_field(client: Client) -> None:
    meeting = MeetingFactory(capacity=3)
    sign_up = SignUpFactory(meeting=meeting, people=1, state=S.UNCONFIRMED)
    signing_up.confirm(sign_up, timezone.now())
    SignUpFactory(meeting=meeting, people=1)
    link = own_link(mail_to(sign_up.email, "going"))

    answer = client.post(link, {"doe": "bewaar", "people": "4", "needs": "Soep"})

    assert (answer.status_code, places(meeting)) == (422, (2, 2))
    assert "Er is nog 1 plek bij." in answer.content.decode()
    assert answer.context["form"]["needs"].value() == "Soep"
    with pytest.raises(Full):
        signing_up.change(sign_up, timezone.now(), people=3)
    assert client.post(link, {"doe": "bewaar", "people": "2"}).status_code == 302
    assert places(meeting) == (3, 3)


def test_database_refuses_one_too_many_whatever_the_code_does() -> None:
    meeting = MeetingFactory(capacity=1)
    SignUpFactory(meeting=meeting)

    with pytest.raises(IntegrityError, match="meeting_never_over_capacity"), transaction.atomic():
        SignUpFactory(meeting=meeting)
    with pytest.raises(IntegrityError, match="meeting_never_over_capacity"), transaction.atomic():
        SignUp.objects.update(people=2)
    assert places(meeting) == (1, 1)


def test_leaving_by_the_link_asks_first_and_frees_the_place(client: Client) -> None:
    meeting, there, waits = full_house()
    SignUp.objects.filter(pk=there.pk).update(state=S.UNCONFIRMED)
    there.refresh_from_db()
    signing_up.confirm(there, timezone.now())
    link = own_link(mail_to(there.email, "going"))

    asked = client.get(f"{link}?afmelden=1").content.decode()
    assert "Ik kom niet, meld me af" in asked
    assert places(meeting) == (2, 2)
    client.post(link, {"doe": "afmelden"})

    there.refresh_from_db(), waits.refresh_from_db()
    assert (there.state, waits.state) == (S.CANCELLED, S.OFFERED)
    assert "Je bent afgemeld" in client.get(link).content.decode()
    assert client.post(link, {"doe": "afmelden"}).status_code == 200


KINDS = ["ask", "cancel", "accept", "change", "expire", "capacity", "check in"]
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 9)),
    min_size=4,
    max_size=24,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=STEPS, capacity=st.integers(1, 6))
def test_never_over_capacity_and_no_free_place_while_somebody_waits(
    steps: list[tuple[str, int]], capacity: int, db: None
) -> None:
    """Whatever happens in whatever order, after each step."""
    with transaction.atomic():
        meeting, now = MeetingFactory(capacity=capacity, starts_at=evening(days=30)), timezone.now()
        for number, (what, which) in enumerate(steps):
            now += dt.timedelta(hours=which)
            take_step(meeting, what, which, now, number)
            meeting.refresh_from_db()
            taken = SignUp.objects.of(meeting).seated().people()
            assert taken == meeting.taken <= meeting.capacity
            waiting = SignUp.objects.of(meeting).in_line().values_list("people", flat=True)
            assert all(people > meeting.free for people in waiting), (what, list(waiting), meeting.free)
        transaction.set_rollback(True)


def take_step(meeting: Meeting, what: str, which: int, now: dt.datetime, number: int) -> None:
    active = list(SignUp.objects.filter(meeting=meeting, state__in=ACTIVE).order_by("pk"))
    chosen = active[which % len(active)] if active else None
    if what == "ask":
        email = f"{number}@voorbeeld.example"
        asked = SignUpFactory(meeting=meeting, state=S.UNCONFIRMED, email=email, people=which % 3 + 1)
        signing_up.confirm(asked, now)
    elif what == "expire":
        signing_up.expire_offers(now + dt.timedelta(hours=48))
    elif what == "capacity":
        locked = meeting.locked()
        before = {field.attname: getattr(locked, field.attname) for field in Meeting._meta.concrete_fields}
        locked.capacity = max(locked.taken, which, 1)
        preparing.change(locked, before, now)
    elif chosen is not None:
        try:
            if what == "check in":
                evening_itself.check_in(chosen, meeting.starts_at, people=which % 3)
            elif what == "change":
                signing_up.change(chosen, now, people=which % 4 + 1)
            else:
                {"cancel": signing_up.cancel, "accept": signing_up.accept}[what](chosen, now)
        except (Full, StepNotAllowed):
            pass


# --- by the clock ---


def reminded() -> list[str]:
    found = Message.objects.filter(template="meetings/mail/reminder").order_by("email")
    return list(found.values_list("email", flat=True))


def test_reminder_goes_out_the_day_before_and_once() -> None:
    meeting = MeetingFactory(starts_at=evening(days=5))
    long_ago = timezone.now() - dt.timedelta(days=3)
    goes = SignUpFactory(meeting=meeting, confirmed_at=long_ago)
    SignUpFactory(meeting=meeting, confirmed_at=long_ago, state=S.CANCELLED)
    due = reminding.due_from(meeting)
    SignUpFactory(meeting=meeting, confirmed_at=due + dt.timedelta(hours=1))

    told = [reminding.remind(due + dt.timedelta(minutes=minutes)) for minutes in (-1, 0, 0, 600)]

    assert timezone.localtime(due).hour == 10
    assert (told, reminded()) == ([0, 1, 0, 0], [goes.email])
    assert "Tot snel" in mail_to(goes.email, "reminder").subject


def test_reminder_catches_up_and_comes_again_when_the_day_moves() -> None:
    meeting = MeetingFactory(starts_at=evening(days=5))
    goes = SignUpFactory(meeting=meeting, confirmed_at=timezone.now() - dt.timedelta(days=3))

    missed = reminding.remind(meeting.starts_at - dt.timedelta(hours=1))
    too_late = reminding.remind(meeting.starts_at + dt.timedelta(minutes=1))
    Meeting.objects.update(starts_at=evening(days=12), ends_at=evening(days=12, hour=21))
    meeting.refresh_from_db()
    moved = reminding.remind(reminding.due_from(meeting))

    assert (missed, too_late, moved, reminded()) == (1, 0, 1, [goes.email, goes.email])


def test_reminder_looks_again_at_the_meeting_under_its_lock() -> None:
    meeting = MeetingFactory(starts_at=evening(days=1))
    goes = SignUpFactory(meeting=meeting, confirmed_at=timezone.now() - dt.timedelta(days=3))
    now = meeting.starts_at - dt.timedelta(hours=3)
    Meeting.objects.update(starts_at=evening(days=9), ends_at=evening(days=9, hour=21))
    moved = reminding._remind(meeting, goes.pk, now)
    Meeting.objects.update(
        starts_at=meeting.starts_at, ends_at=meeting.ends_at, state=MeetingState.CANCELLED, cancelled_at=now
    )

    assert (moved, reminding._remind(meeting, goes.pk, now), reminded()) == (False, False, [])


def test_names_that_lines_were_written_down_with_are_erased_too(cast: Cast) -> None:
    now = timezone.now()
    meeting = MeetingFactory(state=MeetingState.HELD, starts_at=now - dt.timedelta(days=91))
    who = {"Kees Bos": None, "Werf Noord B.V.": cast.firm, "Fatima van de werf": cast.firm, "Het bestuur": None}
    for name, organisation in who.items():
        OutcomeFactory(meeting=meeting, who=name, organisation=organisation)

    for _night in range(2):
        retention.forget(now)

    kept = list(Outcome.objects.order_by("pk").values_list("who", flat=True))
    assert kept == ["iemand uit de kring", "Werf Noord B.V.", "iemand uit de kring", "Het bestuur"]


def test_guest_who_promised_is_kept_as_long_as_the_promise_lives(cast: Cast) -> None:
    now = timezone.now()
    meeting = MeetingFactory(state=MeetingState.HELD, starts_at=now - dt.timedelta(days=91))
    guest = SignUpFactory(meeting=meeting, name="Rob Smit", email="rob@smit.example", organisation_name="")
    outcome: Any = OutcomeFactory(meeting=meeting, sign_up=guest)
    pledging.propose(outcome, Actor.of(cast.board), now)

    def kept() -> tuple[str, str]:
        retention.forget(now)
        return Organisation.objects.values_list("name", "email").get(promises_made__isnull=False)

    alive = kept()
    Commitment.objects.get().lapse(now)
    assert [alive, kept()] == [("Rob Smit", "rob@smit.example"), ("iemand uit de kring", "")]
    assert "rob" not in Organisation.objects.get(promises_made__isnull=False).slug


def test_guest_to_whom_something_was_promised_is_reached_until_that_is_over(cast: Cast) -> None:
    now = timezone.now()
    meeting = MeetingFactory(state=MeetingState.HELD, starts_at=now - dt.timedelta(days=91))
    guest = SignUpFactory(meeting=meeting, name="Rob Smit", email="rob@smit.example", organisation_name="")
    outcome: Any = OutcomeFactory(meeting=meeting, sign_up=guest)
    pledging.propose(outcome, Actor.of(cast.board), now)
    Commitment.objects.get().lapse(now)
    maker = Organisation.objects.get(promises_made__isnull=False)
    about = {"state": CommitmentState.PROPOSED, "proposed_at": now, "agreed_at": None}
    returned = CommitmentFactory(promisor=cast.member, beneficiary=maker, **about)

    retention.forget(now)
    alive = Organisation.objects.get(pk=maker.pk).email
    returned.lapse(now)
    retention.forget(now)

    assert (alive, Organisation.objects.get(pk=maker.pk).email) == ("rob@smit.example", "")


def test_what_is_kept_of_guests_is_erased_in_time() -> None:
    now = timezone.now()
    meeting = MeetingFactory(state=MeetingState.HELD, starts_at=now - dt.timedelta(days=29, hours=2), capacity=None)
    known = SignUpFactory(meeting=meeting, needs="Geen vlees", came=1)
    SignUpFactory(state=S.UNCONFIRMED, created_at=now - dt.timedelta(hours=49), meeting=MeetingFactory())

    def kept(days: int) -> tuple[str, str, str]:
        retention.forget(now + dt.timedelta(days=days))
        known.refresh_from_db()
        return known.needs, known.name, known.email

    first = known.needs, known.name, known.email
    assert [kept(0), kept(2), kept(62)] == [first, ("", *first[1:]), ("", "", "")]
    assert not SignUp.objects.filter(state=S.UNCONFIRMED).exists()
    assert (known.organisation_name, known.came, len(known.person)) == ("Werf Noord B.V.", 1, 64)


# --- when it changes or is called off ---


def test_everybody_on_the_list_hears_of_a_new_time_and_of_calling_off(cast: Cast) -> None:
    meeting, there, waits = full_house()
    path = f"/bestuur/bijeenkomsten/{meeting.slug}/"
    board = cast.client("board")
    form = board.get(f"{path}gegevens/").context["form"]
    seen = {field.html_name: field.value() for field in form if field.value() not in (None, "")}

    board.post(f"{path}gegevens/", seen | {"begins": "18:00", "ends": "21:00"})
    meeting.refresh_from_db()
    assert meeting.sequence == 1
    assert {mail_to(each.email, "changed").state for each in (there, waits)} == {MessageState.QUEUED}
    board.post(f"{path}stap/afzeggen/", {"reason": "De zaal is ondergelopen."})

    meeting.refresh_from_db()
    assert (meeting.state, meeting.sequence) == (MeetingState.CANCELLED, 2)
    assert mail_to(there.email, "changed").state == MessageState.CANCELLED
    for each in (there, waits):
        assert "De zaal is ondergelopen." in mail_to(each.email, "cancelled").text
    assert "Deze bijeenkomst gaat niet door" in Client().get(meeting.get_absolute_url()).content.decode()
    assert meeting.transitions.get(after=MeetingState.CANCELLED).actor == cast.board
    bare = "Met de knop zet je het opnieuw in je agenda" in mail_to(waits.email, "changed").text
    files = [mail_to(each.email, name).calendar for each in (there, waits) for name in ("changed", "cancelled")]
    assert (bare, [bool(file) for file in files]) == (False, [True, True, False, False])
    with pytest.raises(StepNotAllowed):
        meeting.cancel(Actor.of(cast.board), timezone.now(), reason="nog eens")


def test_whoever_still_waits_hears_nothing_more_once_it_is_over(cast: Cast) -> None:
    meeting = MeetingFactory(starts_at=timezone.now() - dt.timedelta(hours=1))
    waiting = [SignUpFactory(meeting=meeting, state=S.WAITING) for _person in range(3)]
    asked = [SignUpFactory(meeting=meeting, state=S.UNCONFIRMED) for _person in range(3)]
    for each in waiting:
        notices.tell_of_waiting(each, 1)
    for each in asked:
        notices.ask_to_confirm(each)

    with CaptureQueriesContext(connection) as captured:
        preparing.hold(meeting, Actor.of(cast.board), timezone.now())

    cancelled = [each for each in captured if each["sql"].startswith('UPDATE "mail_message"')]
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.CANCELLED}
    assert len(cancelled) == 3  # who waited, the invitations, who was asked to confirm
