"""Which mail somebody gets: behind the link at the foot of each, for the address that it was mailed to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.mail import stencils, suppression
from kring.mail.models import Kind, Message, Suppression
from kring.newsletters import sending, subscribing, tokens
from kring.newsletters.models import Issue, Subscriber, SubscriberState
from tests.conftest import Cast
from tests.factories import IssueFactory, SubscriberFactory

pytestmark = pytest.mark.django_db

READER = "lezer@voorbeeld.example"


def choose(client: Client, url: str, **wanted: str) -> int:
    return client.post(urlsplit(url).path, wanted).status_code


def test_preferences_need_no_account_and_change_nothing_by_looking(client: Client) -> None:
    subscriber = SubscriberFactory(email=READER)
    url = tokens.preferences_of_subscriber(subscriber)

    page = client.get(urlsplit(url).path)
    seen = Subscriber.objects.get().state
    status = choose(client, url, language="en")

    subscriber.refresh_from_db()
    assert "Mijn overzichten" not in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert (seen, status) == (SubscriberState.ACTIVE, 302)
    assert (subscriber.state, subscriber.language) == (SubscriberState.LEFT, "en")
    assert suppression.is_left(READER, Kind.NEWSLETTER)


def test_preferences_of_a_user_are_about_every_kind_that_comes_by_itself(cast: Cast, client: Client) -> None:
    url = tokens.preferences_of_user(cast.business)
    choose(client, url, language="en", newsletter="on", reminders="on")

    cast.business.refresh_from_db()
    assert cast.business.language == "en"
    assert [
        suppression.is_left(cast.business.email, kind) for kind in (Kind.NEWSLETTER, Kind.DIGEST, Kind.REMINDER)
    ] == [
        False,
        True,
        False,
    ]
    assert Subscriber.objects.get(email=cast.business.email).state == SubscriberState.ACTIVE

    choose(client, url, language="nl", digest="on")

    assert [
        suppression.is_left(cast.business.email, kind) for kind in (Kind.NEWSLETTER, Kind.DIGEST, Kind.REMINDER)
    ] == [
        True,
        False,
        True,
    ]


def test_who_gets_it_as_a_member_sees_so_and_keeps_it(cast: Cast, client: Client) -> None:
    path = urlsplit(tokens.preferences_of_user(cast.owner)).path
    shown = client.get(path).context["form"].initial

    client.post(path, {"newsletter": "on", "digest": "on", "language": "en"})  # no more reminders
    kept = client.get(path).context["form"].initial
    asked = Subscriber.objects.exists()
    client.post(path, {"digest": "on", "language": "en"})
    left = client.get(path).context["form"].initial

    assert (shown["newsletter"], shown["reminders"]) == (True, True)
    assert (kept["newsletter"], kept["reminders"], kept["language"]) == (True, False, "en")
    assert not asked
    assert left["newsletter"] is False
    assert subscribing.has_left(cast.owner.email)


def test_member_whose_no_is_known_by_its_hash_alone_comes_back(cast: Cast, client: Client) -> None:
    suppression.suppress(cast.owner.email, Suppression.Reason.REQUEST, timezone.now(), kind=Kind.NEWSLETTER)
    path = urlsplit(tokens.preferences_of_user(cast.owner)).path
    shown = client.get(path).context["form"].initial["newsletter"]

    client.post(path, {"newsletter": "on", "digest": "on", "reminders": "on", "language": "nl"})

    assert shown is False
    assert not suppression.is_left(cast.owner.email, Kind.NEWSLETTER)
    assert Subscriber.objects.get(email=cast.owner.email).state == SubscriberState.ACTIVE


def test_subscriber_whose_new_address_had_said_no_comes_back(client: Client) -> None:
    former = SubscriberFactory(email="oud@voorbeeld.example")
    suppression.suppress(READER, Suppression.Reason.REQUEST, timezone.now(), kind=Kind.NEWSLETTER)
    subscribing.move(former.email, READER, timezone.now())

    choose(client, tokens.preferences_of_subscriber(Subscriber.objects.get()), newsletter="on", language="nl")

    assert not suppression.is_left(READER, Kind.NEWSLETTER)


@pytest.mark.parametrize("is_member", [True, False])
def test_link_that_was_mailed_to_a_former_address_shows_and_changes_nothing(
    cast: Cast, client: Client, *, is_member: bool
) -> None:
    """Who reads the old mailbox may be another."""
    subscriber = SubscriberFactory(email=READER)
    url = tokens.preferences_of_user(cast.owner) if is_member else tokens.preferences_of_subscriber(subscriber)
    User.objects.filter(pk=cast.owner.pk).update(email="nieuw@voorbeeld.example")
    Subscriber.objects.update(email="ander@voorbeeld.example")

    page = client.get(urlsplit(url).path)
    status = choose(client, url, language="en")

    assert (page.status_code, status) == (410, 410)
    assert "Deze link is van een vorig adres" in page.content.decode()
    assert "nieuw@" not in page.content.decode()
    assert "ander@" not in page.content.decode()
    assert set(Subscriber.objects.values_list("state", "language")) == {(SubscriberState.ACTIVE, "nl")}
    assert not Suppression.objects.exists()


def test_link_in_a_mail_works_after_the_secret_changed(client: Client, settings: Settings) -> None:
    url = tokens.preferences_of_subscriber(SubscriberFactory(email=READER))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "een-nieuw-geheim"

    assert client.get(urlsplit(url).path).status_code == 200


def test_saving_the_language_unsubscribes_nobody(cast: Cast, client: Client) -> None:
    path = urlsplit(tokens.preferences_of_user(cast.business)).path

    client.post(path, {"digest": "on", "reminders": "on", "language": "en"})

    assert not Subscriber.objects.exists()
    assert not Suppression.objects.exists()


def test_preferences_show_trouble_and_its_way_out(cast: Cast, client: Client) -> None:
    suppression.suppress(cast.owner.email, Suppression.Reason.BOUNCE, timezone.now())
    path = urlsplit(tokens.preferences_of_user(cast.owner)).path

    before = client.get(path).content.decode()
    after = client.post(path, {"klopt": "1"}, follow=True).content.decode()

    assert f"komt mail van ons naar {cast.owner.email} terug" in before
    assert f"We sturen weer mail naar {cast.owner.email}." in after
    assert not suppression.is_suppressed(cast.owner.email)
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("is_member", [True, False])
def test_who_leaves_by_the_preferences_in_a_mail_is_counted_with_its_issue(
    cast: Cast, client: Client, *, is_member: bool
) -> None:
    email = cast.owner.email if is_member else READER
    SubscriberFactory(email=email)
    issue = sending.begin(IssueFactory(), Actor.system(), timezone.now())
    sending.carry_on(timezone.now())
    letter = stencils.body(Message.objects.select_related("stencil").get(about=issue.about))
    url = re.findall(r"http\S+/nieuwsbrief/voorkeuren/\S+/", letter.text)[0]

    choose(client, url, language="nl")
    left = Issue.objects.get().unsubscribed
    choose(client, url, language="nl", newsletter="on")

    assert (left, Issue.objects.get().unsubscribed) == (1, 0)


@pytest.mark.parametrize("language", ["", "fr", "x" * 5000])
def test_unknown_language_is_explained(client: Client, language: str) -> None:
    subscriber = SubscriberFactory(email=READER)

    assert choose(client, tokens.preferences_of_subscriber(subscriber), language=language) == 422
    assert Subscriber.objects.get().state == SubscriberState.ACTIVE


def test_nobody_can_make_up_an_address_of_preferences(client: Client) -> None:
    subscriber, other = SubscriberFactory(), SubscriberFactory()
    token = tokens.preferences_of_subscriber(subscriber).rstrip("/").rsplit("/", 1)[1]
    name, _sign, signature = token.partition("~")
    made_up = [name, f"a{other.uuid.hex}~{signature}", f"u{name[1:]}~{signature}", token[:-1], "x" * 3000]

    answers = {client.post(f"/nieuwsbrief/voorkeuren/{each}/", {"language": "nl"}).status_code for each in made_up}

    assert answers == {404}
    assert Subscriber.objects.active().count() == 2
