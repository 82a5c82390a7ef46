"""During and after: the agenda's times, who is here, what is caught, and what it becomes."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pikepdf import ObjectStreamMode, Pdf

from commitments import breadth, promising
from commitments.models import Commitment, CommitmentState, Origin
from kring.foundation.actors import Actor
from kring.mail.models import Message
from kring.meetings import agenda, figures, filling, ideas, pledging, preparing, writing
from kring.meetings import evening as evenings
from kring.meetings.models import (
    ActionState,
    Fill,
    Meeting,
    MeetingState,
    Minutes,
    MinutesAudience,
    Openness,
    Outcome,
    OutcomeKind,
    SamePerson,
    SignUp,
    SignUpState,
    StepNotAllowed,
    Template,
)
from offerings.models import NeedState, OfferingState
from tests.conftest import Cast
from tests.factories import (
    AgendaItemFactory,
    BoardMemberFactory,
    CategoryFactory,
    CommitmentFactory,
    MeetingFactory,
    MinutesFactory,
    OutcomeFactory,
    SignUpFactory,
    evening,
)
from tests.foundation.test_documents import armed, saved

pytestmark = pytest.mark.django_db

K = OutcomeKind


def clocks(meeting: Meeting) -> list[str]:
    slots = agenda.slots(meeting, meeting.agenda.order_by("order"))
    return [f"{timezone.localtime(slot.starts_at):%H:%M} {slot.item.title}" for slot in slots]


def path_of(meeting: Meeting, more: str = "") -> str:
    return f"/bestuur/bijeenkomsten/{meeting.slug}/{more}"


# --- before ---


def test_times_follow_from_what_comes_before() -> None:
    meeting = MeetingFactory()
    first, second, third = (
        AgendaItemFactory(meeting=meeting, title=title, minutes=minutes)
        for title, minutes in (("Welkom", 10), ("Kennismaken", 25), ("Borrel", 90))
    )

    assert clocks(meeting) == ["19:30 Welkom", "19:40 Kennismaken", "20:05 Borrel"]
    assert agenda.runs_over(meeting, agenda.slots(meeting, [first, second, third])) == dt.timedelta(minutes=5)
    agenda.move(third, up=True)
    agenda.move(first, up=True)
    agenda.remove(second)
    assert clocks(meeting) == ["19:30 Welkom", "19:40 Borrel"]


def test_item_brings_a_document_for_who_sees_the_meeting(client: Client, cast: Cast) -> None:
    meeting = MeetingFactory(visibility=Openness.MEMBERS)
    board, path = cast.client("board"), path_of(meeting, "agenda/nieuw/")
    typed = {"title": "Begroting", "minutes": "10", "kind": "explanation", "version": "0", "once": str(uuid.uuid4())}

    refused = board.post(path, {**typed, "document": SimpleUploadedFile("begroting.pdf", b"geen PDF")})
    made = board.post(path, {**typed, "document": SimpleUploadedFile("Begroting 2027.pdf", saved(armed()))})

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["document"])
    assert refused.context["form"]["title"].value() == "Begroting"
    assert made.status_code == 302
    item = meeting.agenda.get()
    address = f"/bijeenkomsten/{meeting.slug}/stukken/{item.pk}/"
    assert [each.get(address).status_code for each in (client, board, cast.client("owner"))] == [404, 200, 200]
    answer = board.get(address)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert 'filename="Begroting 2027.pdf"' in answer["Content-Disposition"]
    served = Pdf.open(io.BytesIO(b"".join(answer)))  # type: ignore[call-overload]
    assert b"hinder" not in saved(served, qdf=True, object_stream_mode=ObjectStreamMode.disable)
    assert "Begroting 2027 (PDF)" in board.get(meeting.get_absolute_url()).content.decode()


def test_document_goes_with_its_item(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    meeting = MeetingFactory()
    board = cast.client("board")
    item = AgendaItemFactory(meeting=meeting, document=ContentFile(b"%PDF", name="oud.pdf"))
    first = item.document.name
    typed = {"title": "Begroting", "minutes": "10", "kind": "explanation", "version": "0", "once": str(uuid.uuid4())}
    path = path_of(meeting, f"agenda/{item.pk}/")

    with django_capture_on_commit_callbacks(execute=True):
        board.post(path, {**typed, "document": SimpleUploadedFile("nieuw.pdf", saved(armed()))})
    second = meeting.agenda.get().document.name
    assert (default_storage.exists(first), default_storage.exists(second)) == (False, True)
    with django_capture_on_commit_callbacks(execute=True):
        board.post(f"{path}weg/")
    assert not default_storage.exists(second)


def source_typed(source: str, **more: str) -> dict[str, str]:
    day = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    when = {"day": day, "begins": "19:30", "ends": "21:30", "venue": "De Steiger", "version": "0"}
    about = {"title": "Voorjaarsavond", "kind": "members", "visibility": "public", "once": str(uuid.uuid4())}
    return {**when, **about, "source": source, **more}


def test_meeting_is_made_from_a_template_or_a_copy_and_fills_itself(cast: Cast) -> None:
    earlier = MeetingFactory(starts_at=evening(days=-60), state=MeetingState.HELD)
    AgendaItemFactory(meeting=earlier, title="Alleen dit")
    MinutesFactory(meeting=earlier)
    OutcomeFactory(meeting=earlier, kind=K.ACTION, text="Zalen *tellen*", organisation=cast.member)
    CommitmentFactory(title="Verf voor het clubhuis", promisor=cast.firm, due_on=timezone.localdate())
    Template.objects.create(slug="kort", name="Kort", kind="theme", agenda=[{"title": "Aan tafel", "minutes": 5}])
    board = cast.client("board")

    made = []
    for source in (f"copy:{earlier.slug}", "template:kort", ""):
        answer = board.post("/bestuur/bijeenkomsten/nieuw/", source_typed(source))
        made.append(Meeting.objects.get(slug=answer["Location"].rstrip("/").rsplit("/", 1)[1]))

    fillers = ["Wat kwam er van de actiepunten?", "Toezeggingen die een zetje nodig hebben"]
    titles = [list(each.agenda.order_by("order").values_list("title", flat=True)) for each in made]
    assert titles == [["Alleen dit", *fillers], ["Aan tafel", *fillers], fillers]
    assert {each.state for each in made} == {MeetingState.DRAFT}
    page = board.get(made[0].get_absolute_url()).content.decode()
    assert "Zalen *tellen* (Taalhuis De Schrijfplank): open" in page
    assert "Verf voor het clubhuis" in page


def test_new_meeting_begins_with_what_its_example_had(cast: Cast) -> None:
    about = {"visibility": Openness.MEMBERS, "venue": "De Touwbaan", "practical": "Er is soep", "host": cast.firm}
    example = MeetingFactory(starts_at=evening(days=-900), kind="theme", capacity=40, **about)
    AgendaItemFactory(meeting=example, link="https://www.voorbeeld.example/", link_label="Begroting")
    for _newer in range(20):
        MeetingFactory()
    Template.objects.create(slug="beurs", name="Beurs", kind="exchange", intro="Ruilen", capacity=80)
    board = cast.client("board")

    form = board.get(f"/bestuur/bijeenkomsten/nieuw/?uit=copy:{example.slug}").context["form"]
    of_template = board.get("/bestuur/bijeenkomsten/nieuw/?uit=template:beurs").context["form"]
    board.post("/bestuur/bijeenkomsten/nieuw/", source_typed(f"copy:{example.slug}"))

    wanted = {"kind": "theme", "capacity": 40, "intro": example.intro, "source": f"copy:{example.slug}", **about}
    assert {name: form[name].value() for name in wanted} == wanted | {"host": cast.firm.pk}
    assert form["source"].value() in str(form["source"])
    begun = [of_template[name].value() for name in ("kind", "intro", "capacity")]
    assert begun == ["exchange", "Ruilen", 80]
    item = Meeting.objects.get(title="Voorjaarsavond").agenda.get()
    assert (item.link, item.link_label) == ("https://www.voorbeeld.example/", "Begroting")


def test_what_goes_for_good_is_asked_first(cast: Cast) -> None:
    meeting, board = MeetingFactory(), cast.client("board")
    item, outcome = AgendaItemFactory(meeting=meeting), OutcomeFactory(meeting=meeting, text="Verf")
    paths = [path_of(meeting, f"agenda/{item.pk}/weg/"), path_of(meeting, f"uitkomsten/{outcome.uuid}/weg/")]

    asked = [board.get(path).content.decode() for path in paths]

    assert [f"‘{name}’" in page for name, page in zip((item.title, "Verf"), asked, strict=True)] == [True, True]
    assert (meeting.agenda.count(), meeting.outcomes.count()) == (1, 1)
    evening_page = board.post(f"{paths[1]}?terug=avond")
    board.post(paths[0])
    assert evening_page["Location"] == path_of(meeting, "avond/")
    assert (meeting.agenda.count(), meeting.outcomes.count()) == (0, 0)


def test_what_an_agenda_was_filled_with_stays_as_it_was_that_evening(cast: Cast) -> None:
    before = MeetingFactory(starts_at=evening(days=-60), state=MeetingState.HELD)
    MinutesFactory(meeting=before)
    action = OutcomeFactory(meeting=before, kind=K.ACTION, text="Zalen tellen", who="Kees Bos")
    meeting = MeetingFactory(starts_at=timezone.now() - dt.timedelta(hours=1))
    AgendaItemFactory(meeting=meeting, fills=Fill.ACTIONS)

    preparing.hold(meeting, Actor.of(cast.board), timezone.now())
    action.settle(ActionState.DONE, timezone.localdate())

    items = list(meeting.agenda.all())
    [slot] = agenda.slots(meeting, items, filling.fillings(meeting, items))
    # Everybody reads the agenda: a person's name stays in the room.
    assert slot.filling == "- Zalen tellen (iemand uit de kring): open"


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"day": "2027-03-28", "begins": "02:30", "ends": "04:00"}, "begins", "een uur vooruit"),
        ({"day": "2027-10-31", "begins": "02:30", "ends": "04:00"}, "begins", "twee keer voor"),
        ({"begins": "19:30", "ends": "19:00"}, "ends", "voor het begin"),
        ({"day": "2026-11-01"}, "day", "al voorbij"),
        ({"capacity": "3"}, "capacity", "Er hebben al 4 mensen een plek"),
        ({"signup_opens_on": "2028-01-01"}, "signup_opens_on", "na de bijeenkomst"),
    ],
)
@time_machine.travel("2026-11-23 12:00:00+01:00")
def test_what_cannot_be_is_said_beside_the_field(cast: Cast, wrong: dict[str, str], field: str, said: str) -> None:
    meeting = MeetingFactory()
    SignUpFactory(meeting=meeting, people=4)
    board = cast.client("board")
    form = board.get(path_of(meeting, "gegevens/")).context["form"]
    seen = {each.html_name: each.value() for each in form if each.value() not in (None, "")}

    answer = board.post(path_of(meeting, "gegevens/"), {**seen, "title": "Iets anders", **wrong})

    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, [field])
    assert said in str(form.errors[field])
    assert form["title"].value() == "Iets anders"
    assert Meeting.objects.get().title == meeting.title


def test_evening_may_end_after_midnight(cast: Cast) -> None:
    meeting, board = MeetingFactory(), cast.client("board")
    form = board.get(path_of(meeting, "gegevens/")).context["form"]
    seen = {each.html_name: each.value() for each in form if each.value() not in (None, "")}

    answer = board.post(path_of(meeting, "gegevens/"), seen | {"ends": "00:30"})

    before, meeting = meeting, Meeting.objects.get()
    assert (answer.status_code, meeting.starts_at) == (302, before.starts_at)
    assert meeting.ends_at - meeting.starts_at == dt.timedelta(hours=5)


def test_of_two_who_change_a_meeting_the_second_sees_both_texts(cast: Cast) -> None:
    meeting = MeetingFactory()
    board = cast.client("board")
    form = board.get(path_of(meeting, "gegevens/")).context["form"]
    seen = {each.html_name: each.value() for each in form if each.value() not in (None, "")}
    board.post(path_of(meeting, "gegevens/"), seen | {"venue": "De Touwbaan"})

    told = board.post(path_of(meeting, "gegevens/"), seen | {"venue": "De Loods"})
    version = told.context["form"]["version"].value()
    again = board.post(path_of(meeting, "gegevens/"), seen | {"venue": "De Loods", "version": version})

    page = told.content.decode()
    assert (told.status_code, again.status_code) == (422, 302)
    assert ("De Touwbaan" in page, "De Loods" in page) == (True, True)


# --- during ---


def test_item_that_is_on_counts_down_from_when_it_began() -> None:
    meeting = MeetingFactory()
    first = AgendaItemFactory(meeting=meeting, minutes=10)
    second = AgendaItemFactory(meeting=meeting, minutes=20)
    begun = meeting.starts_at + dt.timedelta(minutes=7)

    evenings.turn_to(meeting, first, begun)
    evenings.turn_to(meeting, first, begun + dt.timedelta(minutes=3))
    meeting.refresh_from_db()
    slots = evenings.slots_of(meeting)
    on, over = (evenings.now_on(meeting, slots, begun + dt.timedelta(minutes=at)) for at in (4, 12))

    assert (on.slot.item, on.minutes_left, on.next.item) == (first, 6, second)
    assert (over.is_over_time, over.minutes_over) == (True, 2)


def test_line_is_caught_once_under_the_item_that_is_on(cast: Cast) -> None:
    meeting = MeetingFactory()
    item = AgendaItemFactory(meeting=meeting)
    guest = SignUpFactory(meeting=meeting, name="Rob Smit", organisation_name="")
    evenings.turn_to(meeting, item, timezone.now())
    board = cast.client("board")
    once = str(uuid.uuid4())

    assert "Nog niets opgeschreven" in board.get(path_of(meeting, "avond/")).content.decode()
    for _press in range(2):
        typed = {"kind": K.PLEDGE, "text": "Zes gastlessen", "who": "werf noord b.v.", "once": once}
        assert board.post(path_of(meeting, "avond/opschrijven/"), typed).status_code == 302
    typed = {"kind": K.IDEA, "text": "Een buurtfeest", "who": "Rob Smit", "once": str(uuid.uuid4())}
    told = board.post(path_of(meeting, "avond/opschrijven/"), typed, follow=True).content.decode()

    assert ("Idee opgeschreven." in told, "Wat er is opgeschreven" in told) == (True, True)
    pledge, idea = Outcome.objects.order_by("pk")
    assert (pledge.organisation, pledge.item, pledge.written_by) == (cast.firm, item, cast.board)
    assert (idea.sign_up, idea.organisation, idea.who) == (guest, None, "Rob Smit")
    answer = board.post(path_of(meeting, "avond/opschrijven/"), typed | {"text": "", "who": "Blijft staan"})
    assert (answer.status_code, answer.context["form"]["who"].value()) == (422, "Blijft staan")


def test_guests_are_checked_in_by_list_by_code_and_at_the_door(cast: Cast) -> None:
    meeting = MeetingFactory(capacity=1, starts_at=timezone.now())
    known = SignUpFactory(meeting=meeting, name="Rob Smit")
    waits = SignUpFactory(meeting=meeting, state=SignUpState.WAITING, people=2)
    board = cast.client("board")
    by_code = path_of(meeting, f"avond/wie/{known.uuid}/")

    assert known.name in board.get(path_of(meeting, "avond/wie/?q=rob")).content.decode()
    assert (board.get(by_code).status_code, SignUp.objects.came().count()) == (200, 0)
    board.post(by_code, {"people": "1"})
    board.post(path_of(meeting, f"avond/wie/{waits.uuid}/"), {"people": "2"})
    typed = {"name": "Zomaar Iemand", "people": "3", "once": str(uuid.uuid4())}
    for _press in range(2):
        board.post(path_of(meeting, "avond/wie/erbij/"), typed)

    meeting.refresh_from_db()
    counted = figures.of(meeting)
    assert (counted.came, counted.signed_up, meeting.taken) == (6, 1, 1)
    board.post(by_code, {"people": "0"})
    assert figures.of(meeting).came == 5


def test_page_of_the_evening_says_when_it_is_closed(cast: Cast) -> None:
    meeting = MeetingFactory(state=MeetingState.HELD, starts_at=evening(days=-1))

    page = cast.client("board").get(path_of(meeting, "avond/")).content.decode()

    assert ("De avond is afgesloten" in page, "Nog niet begonnen" in page) == (True, False)


# --- after ---


def test_promises_become_proposals_to_who_makes_them(cast: Cast) -> None:
    meeting = MeetingFactory(starts_at=evening(days=-1), state=MeetingState.HELD)
    due = timezone.localdate() + dt.timedelta(days=40)
    about = {"meeting": meeting, "organisation": cast.firm}
    pledge = OutcomeFactory(**about, text="Zes gastlessen", due_on=due, quantity=Decimal(6), unit="dagdelen")
    OutcomeFactory(meeting=meeting, text="Van niemand")
    guest = SignUpFactory(meeting=meeting, name="Rob Smit", email="rob@smit.example", organisation_name="Smit Fietsen")
    OutcomeFactory(meeting=meeting, kind=K.ACTION, text="Fietsen nakijken", sign_up=guest)
    board = cast.client("board")

    for _press in range(2):
        board.post(path_of(meeting, "uitkomsten/voorstellen/"))

    made = {each.title: each for each in Commitment.objects.all()}
    assert set(made) == {"Zes gastlessen", "Fietsen nakijken"}
    lessons = made["Zes gastlessen"]
    assert (lessons.state, lessons.origin, lessons.beneficiary) == (CommitmentState.PROPOSED, Origin.MEETING, None)
    assert (lessons.quantity, lessons.unit, lessons.due_on) == (6, "dagdelen", due)
    mail = Message.objects.get(email=cast.business.email, template="commitments/mail/proposed")
    assert "Zes gastlessen" in mail.subject
    assert Message.objects.get(email="rob@smit.example", template="commitments/mail/proposed")

    link = "/a/" + mail.text.split("/a/", 1)[1].split("?")[0]
    Client().post(link, {"choice": "yes", "once": str(uuid.uuid4())})
    lessons.refresh_from_db(), pledge.refresh_from_db()
    assert (lessons.state, pledge.commitment) == (CommitmentState.AGREED, lessons)
    counted = figures.of(meeting)
    assert (counted.pledges, counted.agreed, counted.kept) == (3, 1, 0)
    done = {"quantity": Decimal(6), "note": "Klaar", "once": uuid.uuid4()}
    promising.report(lessons, Actor.of(cast.business), timezone.now(), **done)
    promising.confirm(lessons, Actor.of(cast.board), timezone.now())
    assert figures.of(meeting).kept == 1


def test_idea_becomes_a_need_an_offering_or_a_commitment_once(cast: Cast) -> None:
    meeting = MeetingFactory()
    need, offering, pledge = (OutcomeFactory(meeting=meeting, kind=K.IDEA, text=f"Idee {n}") for n in range(3))
    category, now, by = CategoryFactory(), timezone.now(), Actor.of(cast.board)

    ideas.to_need(need, cast.member, now)
    ideas.to_offering(offering, cast.member, category, now)
    ideas.to_pledge(pledge, cast.firm, by, now)

    for each in (need, offering, pledge):
        each.refresh_from_db()
    assert (need.need.state, need.need.organisation) == (NeedState.DRAFT, cast.member)
    assert (offering.offering.state, offering.offering.category) == (OfferingState.DRAFT, category)
    assert (pledge.kind, pledge.commitment.promisor) == (K.PLEDGE, cast.firm)
    with pytest.raises(StepNotAllowed):
        ideas.to_need(need, cast.member, now)
    mails = set(Message.objects.filter(email=cast.owner.email).values_list("template", flat=True))
    assert mails == {"meetings/mail/idea_need", "meetings/mail/idea_offering"}


def held_evening(cast: Cast) -> Meeting:
    meeting = MeetingFactory(starts_at=evening(days=-1), state=MeetingState.HELD, title="Najaar")
    item = AgendaItemFactory(meeting=meeting, title="Wie biedt *wat*?")
    SignUpFactory(meeting=meeting, came=2, people=2, email="was-er@voorbeeld.example", organisation=cast.firm)
    SignUpFactory(meeting=meeting, email="was-er-niet@voorbeeld.example")
    OutcomeFactory(meeting=meeting, item=item, kind=K.DECISION, text="We gaan door <b>")
    OutcomeFactory(meeting=meeting, kind=K.PLEDGE, text="Verf", organisation=cast.firm)
    return meeting


def test_minutes_are_drafted_from_what_was_caught(cast: Cast) -> None:
    text = writing.draft(held_evening(cast))

    assert "Er waren 2 mensen. Aanwezig waren: Werf Noord B.V.." in text
    assert text.index("### 1. Wie biedt \\*wat\\*?") < text.index("- **Besluit**: We gaan door \\<b\\>")
    assert text.index("### Verder") < text.index("- **Toezegging** van Werf Noord B.V.: Verf")


def test_minutes_need_a_second_person_and_go_to_who_was_there(cast: Cast) -> None:
    meeting = held_evening(cast)
    other = BoardMemberFactory(email="tweede@voorbeeld.example")
    first, second, visitor = cast.client("board"), Client(), Client()
    second.force_login(other)
    typed = {"text": "Het was **goed**.", "audience": MinutesAudience.PRESENT, "version": "0"}
    first.post(path_of(meeting, "verslag/"), typed)
    asked = Message.objects.get(template="meetings/mail/approve")

    first.post(path_of(meeting, "verslag/goedkeuren/"), {"version": "1"})
    assert Minutes.objects.get().approved_at is None
    with pytest.raises(SamePerson):
        writing.approve(meeting, cast.board, timezone.now(), version=1)
    first.post(path_of(meeting, "verslag/publiceren/"))
    assert Minutes.objects.get().published_at is None
    second.post(path_of(meeting, "verslag/goedkeuren/"), {"version": "0"})
    assert Minutes.objects.get().approved_at is None
    second.post(path_of(meeting, "verslag/goedkeuren/"), {"version": "1"})
    for _press in range(2):
        second.post(path_of(meeting, "verslag/publiceren/"))

    assert asked.email == other.email
    summary = Message.objects.get(template="meetings/mail/summary")
    assert (summary.email, "We gaan door <b>" in summary.text) == ("was-er@voorbeeld.example", True)
    link = "/a/" + summary.text.split("/a/", 1)[1].split()[0]
    assert "<strong>goed</strong>" in visitor.get(link).content.decode()
    assert visitor.get(f"{meeting.get_absolute_url()}verslag/").status_code == 404
    assert cast.client("owner").get(f"{meeting.get_absolute_url()}verslag/").status_code == 404
    stale = first.post(path_of(meeting, "verslag/"), typed | {"version": "1"})
    assert (stale.status_code, Minutes.objects.get().text) == (422, "Het was **goed**.")


def test_another_text_is_approved_anew(cast: Cast) -> None:
    meeting, now = held_evening(cast), timezone.now()
    other = BoardMemberFactory()
    writing.write(meeting, cast.board, now, text="Een", audience=MinutesAudience.PUBLIC, version=0)
    writing.ask_for_approval(Minutes.objects.get(), cast.board, now)
    writing.approve(meeting, other, now, version=1)

    writing.write(meeting, cast.board, now, text="Twee", audience=MinutesAudience.PUBLIC, version=1)

    with pytest.raises(StepNotAllowed):
        writing.publish(meeting, now)
    assert Minutes.objects.get().approved_by is None


def test_first_timers_are_known_after_their_names_are_erased() -> None:
    earlier = MeetingFactory(starts_at=evening(days=-200), state=MeetingState.HELD)
    SignUpFactory(meeting=earlier, email="", name="", person="a" * 64, came=1)
    meeting = MeetingFactory(starts_at=evening(days=-1), state=MeetingState.HELD)
    SignUpFactory(meeting=meeting, person="a" * 64, came=1, organisation_name="Werf")
    SignUpFactory(meeting=meeting, person="b" * 64, came=3, people=3, organisation_name="werf")
    SignUpFactory(meeting=meeting, person="c" * 64, organisation_name="Club")

    counted = figures.of(meeting)

    assert (counted.came, counted.first_timers, counted.organisations, counted.signed_up) == (4, 1, 1, 5)


def test_pledge_of_a_past_day_is_due_later(cast: Cast) -> None:
    today = timezone.localdate()
    outcome: Any = OutcomeFactory(organisation=cast.firm, due_on=today - dt.timedelta(days=1))

    pledging.propose(outcome, Actor.of(cast.board), timezone.now())

    assert Commitment.objects.get().due_on == today + pledging.WITHOUT_DATE


def test_member_takes_part_whose_people_were_at_a_meeting_this_year(cast: Cast) -> None:
    today, way = timezone.localdate(), breadth.way("bijeenkomst")
    assert way
    recent = MeetingFactory(starts_at=evening(days=-30), state=MeetingState.HELD)
    long_ago = MeetingFactory(starts_at=evening(days=-400), state=MeetingState.HELD)
    SignUpFactory(meeting=recent, organisation=cast.member, came=2)
    SignUpFactory(meeting=recent, organisation=cast.member, came=1)
    SignUpFactory(meeting=long_ago, organisation=cast.elsewhere, came=1)
    SignUpFactory(meeting=recent, organisation=cast.elsewhere)  # said to come, and did not

    assert list(breadth.taking_part(today, way, really=True)) == [cast.member]
    assert breadth.count(today).whole.taking_part == {"aanbod": 0, "afspraak": 0, "bijeenkomst": 1}
    board = cast.client("board")
    assert "leden op een bijeenkomst" in board.get("/bestuur/cijfers/").content.decode()
    missing = board.get("/bestuur/cijfers/leden/bijeenkomst/nog-niet/").content.decode()
    assert [cast.member.name in missing, cast.elsewhere.name in missing] == [False, True]
