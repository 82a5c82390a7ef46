"""An issue on its way: written down once, in the outbox once for each reader, whatever happens meanwhile."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
import threading
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.mail import delivery, mime, outbox, retention, stencils, suppression
from kring.mail.models import BounceKind, Kind, Message, MessageState, Stencil, Suppression
from kring.newsletters import figures, giving_back, sending, tokens
from kring.newsletters.content import content_of
from kring.newsletters.models import Addressee, Audience, Issue, IssueLink, IssueState, StepNotAllowed, Subscriber
from tests.conftest import Cast
from tests.factories import (
    BlockFactory,
    IssueFactory,
    NewsletterAudienceFactory,
    OfferingFactory,
    SubscriberFactory,
    UserFactory,
)
from tests.smtp_server import Behaviour, SmtpServer

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
S, M = IssueState, MessageState


def now() -> dt.datetime:
    return timezone.now()


def begun(**about: Any) -> Issue:
    return sending.begin(IssueFactory(**about), SYSTEM, now())


def messages(issue: Issue) -> Any:
    return Message.objects.filter(about=issue.about).order_by("pk")


def recipients(server: SmtpServer) -> list[str]:
    return sorted(server.recipients)


def state_of(issue: Issue) -> str:
    return Issue.objects.get(pk=issue.pk).state


def version_of(issue: Issue) -> int:
    return Issue.objects.get(pk=issue.pk).version


def test_who_is_gone_since_it_began_holds_nobody_up() -> None:
    gone, there = SubscriberFactory(), SubscriberFactory()
    issue = begun()
    gone.delete()

    sending.carry_on(now())

    counted = figures.of(Issue.objects.get(pk=issue.pk), now())
    assert list(messages(issue).order_by("email").values_list("email", "state")) == [
        ("", M.SUPPRESSED),
        (there.email, M.QUEUED),
    ]
    assert (counted.readers, counted.unwanted, counted.to_go) == (2, 1, 1)


def test_who_moved_meanwhile_gets_it_at_the_present_address_and_once() -> None:
    moved, together, other = UserFactory(email="oud@voorbeeld.example"), UserFactory(), SubscriberFactory()
    for user in (moved, together):
        SubscriberFactory(email=user.email.lower())
    issue = begun()
    Subscriber.objects.exclude(pk=other.pk).delete()
    User.objects.filter(pk=moved.pk).update(email="Nieuw@voorbeeld.example")
    User.objects.filter(pk=together.pk).update(email=other.email)

    sending.carry_on(now())

    assert sorted(messages(issue).values_list("email", "state")) == [
        ("", M.SUPPRESSED),
        *sorted([(other.email, M.QUEUED), ("nieuw@voorbeeld.example", M.QUEUED)]),
    ]


def test_issue_that_does_not_get_on_holds_no_other_up() -> None:
    SubscriberFactory()
    broken, other = begun(), begun()
    Stencil.objects.filter(key__startswith=broken.about).delete()

    sending.carry_on(now())

    assert (messages(broken).count(), messages(other).count()) == (0, 1)


# --- What everybody gets ---------------------------------------------------------------------------------------------


def test_each_gets_it_in_their_own_words_and_language() -> None:
    SubscriberFactory(email="nadia@voorbeeld.example", name="Nadia <b> Hoogerduijn")
    SubscriberFactory(email="john@voorbeeld.example", name="", language="en")
    issue = begun(subject="{voornaam}, nieuws uit {stad}")

    assert sending.carry_on(now()) == 2

    english, dutch = messages(issue).select_related("stencil").order_by("email")
    body = stencils.body(dutch)
    assert (dutch.subject, dutch.stencil.language) == ("Nadia, nieuws uit Vlaardingen", "nl")
    assert (english.language, '<html lang="en">' in stencils.body(english).html) == ("en", True)
    assert "Dag Nadia, er staan <strong" in body.html
    assert "Dag Nadia, er staan 84 gerechten op. Kijk maar (https://voorbeeld.example/kaart)." in body.text
    assert "Lees dit in je browser" in body.html
    subscriber = Subscriber.objects.get(email="nadia@voorbeeld.example")
    choices = tokens.preferences(tokens.SUBSCRIBER, subscriber.uuid, subscriber.email, issue=issue.number)
    assert choices in body.text
    assert (dutch.kind, dutch.recipient) == (Kind.NEWSLETTER, f"subscriber:{subscriber.uuid}")


def test_name_in_a_heading_is_the_readers_own_everywhere() -> None:
    SubscriberFactory(name="Nadia Hoogerduijn")
    issue = IssueFactory(subject="Voor {voornaam}", preheader="Dag {naam}", block=None)
    BlockFactory(issue=issue, title="Speciaal voor {voornaam}", body="Wij van {kring} groeten {naam}.")
    sending.begin(issue, SYSTEM, now())
    sending.carry_on(now())

    message = messages(issue).select_related("stencil").get()
    body = stencils.body(message)
    assert message.stencil.mark not in f"{message.subject} {body.text} {body.html}".lower()
    assert "Speciaal voor Nadia\n-----" in body.text
    assert "Speciaal voor Nadia</h2>" in body.html


def test_long_subject_is_cut_between_words_and_through_no_mark() -> None:
    SubscriberFactory(name="Nadia")
    issue = begun(subject=" ".join(["{naam}"] * 21))

    sending.carry_on(now())

    subject = messages(issue).get().subject
    assert set(subject.split()) == {"Nadia", "Nadia…"}


def test_words_for_a_picture_that_was_taken_away_are_not_mailed() -> None:
    SubscriberFactory()
    issue = IssueFactory(block=None)
    BlockFactory(issue=issue, picture="newsletters/a.webp", picture_alt="Een rode deur", order=0)
    BlockFactory(issue=issue, picture="", picture_alt="Een blauwe deur", order=1)
    sending.begin(issue, SYSTEM, now())
    sending.carry_on(now())

    text = stencils.body(messages(issue).select_related("stencil").get()).text
    assert "[Een rode deur]" in text
    assert "Een blauwe deur" not in text


def test_mail_can_be_left_with_one_click_and_has_no_pixel() -> None:
    SubscriberFactory(email="nadia@voorbeeld.example", name="Nadia")
    issue = begun()
    sending.carry_on(now())

    parsed = email.message_from_bytes(mime.build(messages(issue).get()), policy=email.policy.default)
    html = parsed.get_body(("html",))
    assert html is not None

    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(parsed["List-Unsubscribe"]).startswith("<http")
    assert str(parsed["List-Id"]).startswith("<newsletter.")
    assert "<img" not in html.get_content()


def test_links_go_by_a_counter_to_where_they_say(client: Client) -> None:
    SubscriberFactory()
    issue = begun()
    sending.carry_on(now())
    html = stencils.body(messages(issue).select_related("stencil").get()).html
    path = urlsplit(re.findall(r'href="(http[^"]+/nieuwsbrief/naar/[^"]+)"', html)[0]).path

    answers = [client.get(path), client.get(path), client.head(path)]
    answers.append(client.get(path, headers={"Sec-Purpose": "prefetch"}))

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, "https://voorbeeld.example/kaart")
    ] * 4
    link = IssueLink.objects.get(issue=issue)
    assert (link.url, link.clicks) == ("https://voorbeeld.example/kaart", 2)
    name, _sign, signature = path.strip("/").rsplit("/", 1)[1].partition("~")
    other = IssueLink.objects.create(issue=issue, url="https://elders.example/")
    for made_up in (f"{other.pk}~{signature}", f"{name}~{signature[:-1]}", name, "https://kwaad.example"):
        assert client.get(f"/nieuwsbrief/naar/{made_up}/").status_code == 404


def test_blocks_tell_what_is_new_since_the_last_issue(cast: Cast) -> None:
    SubscriberFactory()
    day = timezone.localdate()
    OfferingFactory(organisation=cast.member, title="Oud aanbod", published_on=day - dt.timedelta(days=20))
    last = IssueFactory(number=7, state=S.SENT, started_at=now() - dt.timedelta(days=10), readers=1)
    OfferingFactory(organisation=cast.member, title="Nieuw aanbod", published_on=day - dt.timedelta(days=2))
    issue = IssueFactory(audience=last.audience)
    BlockFactory(issue=issue, kind="new_on_the_card", title="", body="", order=1)
    BlockFactory(issue=issue, kind="needs_open", title="", body="", order=2)

    out = sending.begin(issue, SYSTEM, now())

    sections = out.editions.get(language="nl").content["sections"]
    assert [section["title"] for section in sections] == ["De kaart groeit", "Nieuw op de menukaart"]
    assert [item["title"] for item in sections[1]["items"]] == ["Nieuw aanbod"]
    assert out.number == last.number + 1


def test_what_was_told_to_one_group_is_still_news_for_another(cast: Cast) -> None:
    SubscriberFactory()
    published = timezone.localdate() - dt.timedelta(days=7)
    OfferingFactory(organisation=cast.member, title="Nieuw aanbod", published_on=published)
    everybody, of_the_board = NewsletterAudienceFactory.create_batch(2)
    for number, (audience, days) in enumerate([(everybody, 30), (of_the_board, 3)], start=1):
        started_at = now() - dt.timedelta(days=days)
        IssueFactory(number=number, state=S.SENT, started_at=started_at, readers=1, audience=audience)

    def told(audience: Audience) -> list[str]:
        issue = IssueFactory(audience=audience)
        BlockFactory(issue=issue, kind="new_on_the_card", title="", body="", order=1)
        return [
            item["title"]
            for section in content_of(issue, issue.blocks.all(), "nl", now())["sections"]
            for item in section["items"]
        ]

    assert told(everybody) == ["Nieuw aanbod"]
    assert told(of_the_board) == []
    assert told(NewsletterAudienceFactory()) == ["Nieuw aanbod"]


def test_what_changes_after_the_beginning_changes_nothing() -> None:
    SubscriberFactory(email="een@voorbeeld.example")
    issue = begun()
    SubscriberFactory(email="twee@voorbeeld.example")
    issue.blocks.update(body="Iets anders")
    sending.carry_on(now())

    message = messages(issue).select_related("stencil").get()
    assert message.email == "een@voorbeeld.example"
    assert "gerechten" in stencils.body(message).text


# --- Once, whatever happens ------------------------------------------------------------------------------------------


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "CHUNK", 2)


class Killed(Exception):
    """A worker that stops in the middle."""


@pytest.mark.usefixtures("small_chunks")
def test_dead_worker_leaves_its_chunk_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    SubscriberFactory.create_batch(5)
    issue = begun()
    sending.queue_chunk(issue.pk, now())
    queue_many = outbox.queue_many

    def killed(*args: Any, **kwargs: Any) -> int:
        queue_many(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "queue_many", killed)
        with pytest.raises(Killed):
            sending.queue_chunk(issue.pk, now())
    waiting = Addressee.objects.waiting().count()

    sending.carry_on(now())
    sending.carry_on(now())

    assert waiting == 3
    assert sorted(messages(issue).values_list("email", flat=True)) == sorted(
        Subscriber.objects.values_list("email", flat=True)
    )


def test_same_address_is_mailed_once_even_when_written_down_anew() -> None:
    SubscriberFactory()
    issue = begun()
    sending.carry_on(now())
    Addressee.objects.update(queued_at=None)
    sending.carry_on(now())

    assert messages(issue).count() == 1


def test_begins_once(cast: Cast) -> None:
    SubscriberFactory()
    issue = IssueFactory()
    sending.begin(issue, SYSTEM, now())

    with pytest.raises(StepNotAllowed):
        sending.begin(issue, SYSTEM, now())
    assert (Stencil.objects.count(), Addressee.objects.count()) == (1, 1)


def test_chunk_asks_as_much_for_many_as_for_few() -> None:
    def asked(number: int) -> int:
        SubscriberFactory.create_batch(number)
        issue = begun()
        with CaptureQueriesContext(connection) as queries:
            sending.queue_chunk(issue.pk, now())
        return len(queries)

    assert asked(1) == asked(60)


# --- Its time --------------------------------------------------------------------------------------------------------


def test_scheduled_begins_when_its_time_has_come_also_after_a_missed_day() -> None:
    SubscriberFactory()
    at = now() + dt.timedelta(hours=1)
    issue = IssueFactory()
    issue.schedule(SYSTEM, now(), at=at)

    assert sending.begin_scheduled(at - dt.timedelta(seconds=1)) == 0
    assert sending.begin_scheduled(at + dt.timedelta(days=1)) == 1
    assert sending.begin_scheduled(at + dt.timedelta(days=1)) == 0
    assert (state_of(issue), issue.addressees.count()) == (S.SENDING, 1)


def test_clock_passes_over_what_was_taken_back_or_moved_since_it_looked() -> None:
    SubscriberFactory()
    issue = IssueFactory()
    issue.schedule(SYSTEM, now(), at=now())
    seen = Issue.objects.to_begin(now()).get()

    def passed_over() -> str:
        for step in (sending.begin_due, giving_back.give_back):
            with pytest.raises(StepNotAllowed):
                step(seen, now())
        return state_of(issue)

    issue.unschedule(SYSTEM, now())
    taken_back = passed_over()
    tomorrow = now() + dt.timedelta(days=1)
    issue.schedule(SYSTEM, now(), at=tomorrow)

    assert (taken_back, passed_over()) == (S.DRAFT, S.SCHEDULED)
    assert Issue.objects.get().scheduled_at == tomorrow
    assert Message.objects.count() == 0


def test_scheduled_that_does_not_go_is_told_after_an_hour(cast: Cast) -> None:
    SubscriberFactory()
    issue = IssueFactory(subject="Nieuws")
    board, path = cast.client("board"), f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/"

    def pages(late: dt.timedelta) -> list[bool]:
        Issue.objects.update(state=S.SCHEDULED, scheduled_at=now() - late)
        attention, page = (board.get(each).content.decode() for each in ("/bestuur/", path))
        return [f'href="{path}"' in attention, "Had weg moeten gaan op" in page, "Hij ging niet weg" in page]

    assert pages(dt.timedelta(minutes=59)) == [False] * 3
    assert pages(dt.timedelta(minutes=61)) == [True] * 3
    assert "De nieuwsbrief ‘Nieuws’ had weg moeten gaan" in board.get("/bestuur/").content.decode()


def test_no_version_comes_twice() -> None:
    issue = IssueFactory()
    older = Issue.objects.get()
    issue.locked().keep()
    written = Issue.objects.get().version

    older.schedule(SYSTEM, now(), at=now())

    assert Issue.objects.get().version > written


@pytest.mark.django_db(transaction=True)
def test_two_that_begin_at_once_get_numbers_of_their_own() -> None:
    SubscriberFactory()
    issues = [IssueFactory() for _each in range(4)]

    together = threading.Barrier(len(issues))

    def begin(issue: Issue) -> None:
        together.wait()
        try:
            sending.begin(issue, SYSTEM, now())
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=(issue,)) for issue in issues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(Issue.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize(("readers", "said"), [(1, "Dat is nu 1 mens."), (2, "Dat zijn nu 2 mensen.")])
def test_one_reader_is_one_person(cast: Cast, readers: int, said: str) -> None:
    SubscriberFactory.create_batch(readers)

    page = cast.client("board").get(f"/bestuur/nieuwsbrief/{IssueFactory().uuid}/versturen/").content.decode()

    assert said in page
    assert f"Verstuur nu aan {readers} {'mens' if readers == 1 else 'mensen'}\n" in page


def test_writers_hear_of_a_scheduled_issue_that_did_not_go(cast: Cast) -> None:
    issue = IssueFactory(subject="Nieuws")  # nobody subscribed
    issue.schedule(SYSTEM, now(), at=now())
    board = cast.client("board")

    sending.begin_scheduled(now())
    sending.begin_scheduled(now())

    message = Message.objects.get(template="newsletters/mail/not_sent")
    pages = [board.get(f"/bestuur/nieuwsbrief/{page}").content.decode() for page in ("", f"{issue.uuid}/")]
    assert (message.email, message.subject) == (cast.board.email, "De nieuwsbrief ‘Nieuws’ is niet verstuurd")
    assert "zit niemand" in message.text
    assert f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/" in message.text
    assert all("Er is nog iets te herstellen" in page for page in pages)
    issue.schedule(SYSTEM, now(), at=now() + dt.timedelta(days=1))
    assert "Er is nog iets te herstellen" not in board.get("/bestuur/nieuwsbrief/").content.decode()


def test_scheduled_that_is_not_ready_any_more_goes_back_and_says_why() -> None:
    issue = IssueFactory()  # nobody subscribed
    issue.schedule(SYSTEM, now(), at=now())

    sending.begin_scheduled(now())

    assert state_of(issue) == S.DRAFT
    assert "Er is nog iets te herstellen" in issue.steps.latest("pk").note


# --- Held back -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_chunks")
def test_pause_holds_all_that_waits_and_resume_lets_it_go(server: SmtpServer) -> None:
    SubscriberFactory.create_batch(5)
    issue = begun()
    sending.queue_chunk(issue.pk, now())
    sending.pause(issue, SYSTEM, now())

    sending.carry_on(now())
    delivery.deliver()
    held = (figures.of(Issue.objects.get(), now()).sent, Addressee.objects.waiting().count())
    sending.resume(issue, SYSTEM, now())
    sending.carry_on(now())
    delivery.deliver()
    sending.carry_on(now())

    assert held == (0, 3)
    assert recipients(server) == sorted(Subscriber.objects.values_list("email", flat=True))
    assert state_of(issue) == S.SENT


@pytest.mark.usefixtures("small_chunks")
def test_stopped_reaches_nobody_else(server: SmtpServer, client: Client) -> None:
    SubscriberFactory.create_batch(5)
    issue = begun()
    sending.queue_chunk(issue.pk, now())
    delivery.deliver()
    sending.queue_chunk(issue.pk, now())

    spared = sending.stop(issue, SYSTEM, now())
    sending.carry_on(now())
    delivery.deliver()

    told = figures.of(Issue.objects.get(), now())
    assert (spared, told.sent, told.cancelled) == (3, 2, 3)
    assert len(recipients(server)) == 2
    assert client.get(f"/nieuwsbrief/{Issue.objects.get().number}/").status_code == 404
    assert client.get(urlsplit(tokens.web_version(issue)).path).status_code == 200


def test_what_stood_still_for_months_goes_out_with_its_text() -> None:
    SubscriberFactory()
    issue = begun()
    sending.pause(issue, SYSTEM, now())

    erased = retention.erase_stencils(now() + dt.timedelta(days=91))
    sending.resume(issue, SYSTEM, now())
    sending.carry_on(now())

    body = stencils.body(messages(issue).select_related("stencil").get())
    assert (erased, "84 gerechten" in body.text) == (0, True)
    sending.stop(issue, SYSTEM, now())
    assert retention.erase_stencils(now() + dt.timedelta(days=91)) == 1


def test_steps_that_make_no_sense_are_refused_by_the_page(cast: Cast) -> None:
    SubscriberFactory()
    issue = begun()
    client = cast.client("board")

    def do(deed: str) -> str:
        assert client.post(f"/bestuur/nieuwsbrief/{issue.uuid}/voortgang/doe/", {"doe": deed}).status_code == 302
        return state_of(issue)

    assert [do("verder"), do("pauze"), do("pauze"), do("verder"), do("stop"), do("verder"), do("stop")] == [
        *(S.SENDING, S.PAUSED, S.PAUSED, S.SENDING, S.STOPPED, S.STOPPED, S.STOPPED)
    ]
    # By somebody, and only when something happened.
    assert [(each.after, each.actor) for each in issue.steps.order_by("pk")][1:] == [
        (S.PAUSED, cast.board),
        (S.SENDING, cast.board),
        (S.STOPPED, cast.board),
    ]


# --- How it fares ----------------------------------------------------------------------------------------------------


def test_figures_are_totals_and_stay_when_the_readers_are_erased(client: Client) -> None:
    SubscriberFactory.create_batch(6)
    issue = begun()
    sending.carry_on(now())
    keys = list(messages(issue).values_list("pk", flat=True))
    sent = {"state": M.SENT, "sent_at": now()}
    Message.objects.filter(pk__in=keys[:2]).update(**sent)
    Message.objects.filter(pk=keys[2]).update(**sent | {"state": M.BOUNCED, "bounce": BounceKind.HARD})
    Message.objects.filter(pk=keys[3]).update(**sent | {"state": M.BOUNCED, "bounce": BounceKind.COMPLAINT})
    Message.objects.filter(pk=keys[4]).update(state=M.FAILED)
    sending.finish_if_done(issue.pk, now())
    still = state_of(issue)
    Message.objects.filter(pk=keys[5]).update(state=M.SUPPRESSED)
    sending.finish_if_done(issue.pk, now())

    before = figures.of(Issue.objects.get(), now())
    assert (still, state_of(issue)) == (S.SENDING, S.SENT)
    assert (before.readers, before.queued, before.sent, before.failed, before.unwanted) == (6, 6, 4, 1, 1)
    assert (before.bounces, before.per_bounce) == (
        2,
        [("adres bestaat niet", 1), ("als ongewenst gemeld", 1)],
    )

    assert figures.settle(now() + dt.timedelta(days=29)) == 0
    assert figures.settle(now() + dt.timedelta(days=31)) == 1
    Message.objects.all().delete()

    after = figures.of(Issue.objects.get(), now())
    assert Addressee.objects.count() == 0
    assert (after.sent, after.per_bounce, after.failed) == (before.sent, before.per_bounce, before.failed)


@pytest.mark.django_db(transaction=True)
def test_address_that_is_refused_at_once_is_counted_as_what_it_is(server: SmtpServer) -> None:
    nobody, full, *_others = SubscriberFactory.create_batch(4)
    noes = {nobody.email: "550 5.1.1 no such user", full.email: "552 5.2.2 mailbox full"}
    server.behaviour = lambda address: Behaviour(rcpt=noes.get(address, "250 2.1.5 Ok"))
    begun()
    sending.carry_on(now())
    delivery.deliver()

    counted = figures.of(Issue.objects.get(), now())

    assert (counted.sent, counted.failed) == (2, 2)
    assert counted.bounced == {BounceKind.HARD: 1, BounceKind.SOFT: 1}


def test_rate_and_time_left() -> None:
    SubscriberFactory.create_batch(9)
    issue = begun()
    sending.carry_on(now())
    later = now() + dt.timedelta(minutes=5)
    for number, message in enumerate(messages(issue)[:3]):
        sent_at = later - dt.timedelta(seconds=20 * number)
        Message.objects.filter(pk=message.pk).update(state=M.SENT, sent_at=sent_at)

    told = figures.of(Issue.objects.get(), later)

    assert (told.done, told.to_go, told.per_minute, told.time_left) == (3, 6, 3, "nog ongeveer 2 minuten")


def test_who_left_meanwhile_is_not_mailed(server: SmtpServer) -> None:
    SubscriberFactory(email="weg@voorbeeld.example")
    issue = begun()
    sending.carry_on(now())
    suppression.suppress("weg@voorbeeld.example", Suppression.Reason.REQUEST, now(), kind=Kind.NEWSLETTER)

    delivery.deliver()

    assert recipients(server) == []
    assert figures.of(Issue.objects.get(pk=issue.pk), now()).unwanted == 1


# --- By the board ----------------------------------------------------------------------------------------------------


def test_test_mail_goes_to_oneself_once_and_counts_nothing(cast: Cast, settings: Settings) -> None:
    issue = IssueFactory()
    path = f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/"
    client = cast.client("board")
    once = re.findall(r'name="once" value="([^"]+)"', client.get(path).content.decode())[0]

    for _press in range(2):
        assert client.post(path, {"doe": "proef", "once": once}).status_code == 302

    message = Message.objects.select_related("stencil").get()
    html = stencils.body(message).html
    assert (message.email, message.subject) == (cast.board.email, "[proef] Nieuws uit de kring")
    assert "/nieuwsbrief/naar/" not in html
    assert IssueLink.objects.count() == 0
    assert Issue.objects.get().tested_at is not None


def test_board_sends_at_onceor_plans_or_takes_it_back(cast: Cast) -> None:
    SubscriberFactory()
    issue = IssueFactory()
    path = f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/"
    client = cast.client("board")
    tomorrow = timezone.localtime() + dt.timedelta(days=1)

    def plan(at: str) -> Any:
        return client.post(path, {"doe": "later", "later-at": at, "later-version": version_of(issue)})

    past, odd = plan("2020-01-01T09:00"), plan("morgen")
    planned = plan(f"{tomorrow:%Y-%m-%dT%H:%M}").status_code, state_of(issue)
    back = client.post(path, {"doe": "terug"}).status_code, state_of(issue)
    plan(f"{tomorrow:%Y-%m-%dT%H:%M}")
    at_once = {"doe": "nu", "version": version_of(issue)}
    sent = client.post(path, at_once).status_code, state_of(issue)
    again = client.post(path, at_once).status_code, state_of(issue)

    assert (past.status_code, odd.status_code) == (422, 422)
    assert "Dat moment is al voorbij" in past.content.decode()
    assert 'value="morgen"' in odd.content.decode()
    assert [planned, back, sent, again] == [(302, S.SCHEDULED), (302, S.DRAFT), (302, S.SENDING), (302, S.SENDING)]
    assert [step.after for step in issue.steps.order_by("pk")] == [S.SCHEDULED, S.DRAFT, S.SCHEDULED, S.SENDING]


def versions(page: Any) -> dict[str, str]:
    """What its hidden fields hold."""
    return dict(re.findall(r'name="((?:later-)?version)" value="(\d+)"', page.content.decode()))


@pytest.mark.parametrize("deed", ["nu", "later"])
def test_only_what_was_on_the_screen_goes_out(cast: Cast, deed: str) -> None:
    SubscriberFactory()
    issue = IssueFactory()
    path = f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/"
    client = cast.client("board")
    at = f"{timezone.localtime() + dt.timedelta(days=1):%Y-%m-%dT%H:%M}"
    seen = versions(client.get(path))
    issue.locked().keep()

    stale = client.post(path, {"doe": deed, "later-at": at, **seen})
    before = state_of(issue)
    unsaid = client.post(path, {"doe": deed, "later-at": at})
    again = versions(stale)
    gone = client.post(path, {"doe": deed, "later-at": at, **again})

    assert (stale.status_code, unsaid.status_code, gone.status_code, before) == (409, 409, 302, S.DRAFT)
    assert "Deze editie is intussen veranderd" in stale.content.decode()
    assert f'value="{at}"' in stale.content.decode() or deed == "nu"
    assert state_of(issue) == (S.SENDING if deed == "nu" else S.SCHEDULED)


def test_planned_twice_is_planned_once(cast: Cast) -> None:
    SubscriberFactory()
    issue = IssueFactory()
    path = f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/"
    client = cast.client("board")
    at = f"{timezone.localtime() + dt.timedelta(days=1):%Y-%m-%dT%H:%M}"
    plan = {"doe": "later", "later-at": at, **versions(client.get(path))}

    answers = [client.post(path, plan).status_code for _press in range(2)]

    assert (answers, issue.steps.count()) == ([302, 302], 1)


def test_nothing_goes_out_that_is_not_ready(cast: Cast) -> None:
    issue = IssueFactory(audience=NewsletterAudienceFactory(name="Niemand"))
    answer = cast.client("board").post(f"/bestuur/nieuwsbrief/{issue.uuid}/versturen/", {"doe": "nu", "version": 0})

    assert (answer.status_code, state_of(issue)) == (422, S.DRAFT)
    assert "In de doelgroep ‘Niemand’ zit niemand." in answer.content.decode()
