"""What each reader gets of an issue: own words and language, links that are counted, and what is new for them."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from kring.mail import mime, stencils
from kring.mail.models import Kind
from kring.newsletters import sending, tokens
from kring.newsletters.content import content_of
from kring.newsletters.models import Audience, IssueLink, Subscriber
from tests.conftest import Cast
from tests.factories import (
    BlockFactory,
    IssueFactory,
    NewsletterAudienceFactory,
    OfferingFactory,
    SubscriberFactory,
)
from tests.newsletters.issues import SYSTEM, S, begun, messages, now

pytestmark = pytest.mark.django_db


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
