"""Double opt-in: nobody is on the list who did not ask for it and show that the address is theirs."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import quote, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from kring.accounts import addresses
from kring.accounts.models import User
from kring.foundation import news
from kring.mail import leaving, outbox, retention, suppression
from kring.mail.models import ActionLink, Kind, Message, MessageState, Suppression
from kring.newsletters import consent, reaching, subscribing, tokens
from kring.newsletters.models import Consent, Group, Issue, Reach, Source, Step, Subscriber, SubscriberState
from tests.conftest import Cast
from tests.factories import IssueFactory, MeetingFactory, NewsletterAudienceFactory, SubscriberFactory

pytestmark = pytest.mark.django_db

READER = "lezer@voorbeeld.example"
PROOF = {
    "2026-11": "Ja, stuur mij de nieuwsbrief van Sociale Kring Vlaardingen per e-mail, ongeveer één keer per maand. "
    "Ik kan me altijd afmelden met één klik."
}


def ask(client: Client, email: str = READER, **more: str) -> None:
    assert client.post("/nieuwsbrief/aanmelden/", {"email": email, **more}).status_code == 200


def last_mail(email: str = READER) -> Message:
    return Message.objects.filter(email=email).latest("pk")


def link_in(message: Message) -> str:
    return urlsplit(re.findall(r"http\S+/a/\S+", message.text)[0]).path


def code_in(message: Message) -> str:
    return re.findall(r"^\s+(\d{6})$", message.text, re.MULTILINE)[0]


def steps() -> list[tuple[str, str]]:
    return list(Consent.objects.order_by("pk").values_list("step", "source"))


# --- Asking and confirming -------------------------------------------------------------------------------------------


def test_the_browser_that_asked_confirms_with_one_button(client: Client) -> None:
    ask(client, name="Nadia", source="footer")
    path = link_in(last_mail())

    page = client.get(path)
    before = Subscriber.objects.get().state
    answer = client.post(path)

    assert last_mail().subject == "Wil je de nieuwsbrief? Bevestig het nog even"
    assert "zeg op de pagina die opent nog één keer ja" in last_mail().text
    assert "De code uit de mail" not in page.content.decode()
    assert (before, answer.status_code) == (SubscriberState.PENDING, 302)
    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.name, subscriber.state) == (READER, "Nadia", SubscriberState.ACTIVE)
    assert steps() == [(Step.ASKED, Source.FOOTER), (Step.CONFIRMED, Source.FOOTER)]
    assert "Welkom!" in client.get(path).content.decode()


def test_another_browser_types_the_code(client: Client) -> None:
    """A program that checks mail presses buttons, and types nothing."""
    ask(client)
    mail, elsewhere = last_mail(), Client()
    path = link_in(mail)

    pressed = elsewhere.post(path)
    wrong = elsewhere.post(path, {"code": "000000" if code_in(mail) != "000000" else "111111"})
    still = Subscriber.objects.get().state
    right = elsewhere.post(path, {"code": f" {code_in(mail)[:3]} {code_in(mail)[3:]} "})

    assert [pressed.status_code, wrong.status_code, right.status_code] == [422, 422, 302]
    assert "Deze code klopt niet" in wrong.content.decode()
    assert (still, Subscriber.objects.get().state) == (SubscriberState.PENDING, SubscriberState.ACTIVE)


def test_guessing_the_code_ends(client: Client) -> None:
    ask(client)
    mail, elsewhere = last_mail(), Client()
    for _guess in range(7):
        elsewhere.post(link_in(mail), {"code": "x1"})

    answer = elsewhere.post(link_in(mail), {"code": code_in(mail)})

    assert (answer.status_code, Subscriber.objects.get().state) == (422, SubscriberState.PENDING)


def test_looking_confirms_nothing(client: Client) -> None:
    ask(client)
    for _look in range(3):
        client.get(link_in(last_mail()))
        client.head(link_in(last_mail()))

    assert Subscriber.objects.get().state == SubscriberState.PENDING


def test_proof_holds_the_words_and_no_address_of_a_computer(client: Client) -> None:
    ask(client)

    proof = Consent.objects.get()

    assert (proof.text_version, proof.words) == (consent.TEXT_VERSION, PROOF[consent.TEXT_VERSION])
    assert {field.name for field in Consent._meta.get_fields()} == {
        *("id", "subscriber", "step", "source", "text_version", "words", "at", "issue")
    }
    assert proof.words in client.get("/nieuwsbrief/").content.decode()


@pytest.mark.django_db
def test_every_form_says_what_is_kept_as_proof(client: Client, cast: Cast) -> None:
    MeetingFactory(slug="avond")
    with_account = urlsplit(tokens.preferences_of_user(cast.business)).path

    pages = [client.get(path).content.decode() for path in ("/", "/bijeenkomsten/avond/aanmelden/", with_account)]
    component = render_to_string("components/newsletter.html", {"email": READER, "name": "", "source": "sign_up"})
    own = [page.partition("<footer")[0] for page in pages[1:]]

    assert all(consent.words() in shown for shown in (pages[0], component, *own))


def test_proof_of_who_comes_back_has_the_words_of_that_button(client: Client) -> None:
    SubscriberFactory(email=READER)
    path = urlsplit(leaving.address(newsletter_to(READER, IssueFactory()).uuid)).path

    client.post(path)
    asked_back = client.get(path).content.decode()
    client.post(path, {"terug": "1"})

    words = Consent.objects.get(step=Step.ASKED).words
    assert words == "Stuur hem toch weer"
    assert words in asked_back


def test_proof_of_who_left_is_not_wiped_by_who_types_the_address(client: Client) -> None:
    SubscriberFactory(email=READER)
    subscribing.leave(email=READER, source=Source.MAIL, at=timezone.now())

    ask(client)
    still = subscribing.has_left(READER)
    forgotten = subscribing.forget(timezone.now() + dt.timedelta(hours=49))

    assert still
    assert forgotten == 0
    assert Subscriber.objects.get(email=READER).state == SubscriberState.LEFT
    assert Consent.objects.filter(step=Step.LEFT).count() == 1


LINKS = [
    "Win nu http://kwaad.example",
    "WWW.kwaad.example",
    "kwaad/x",
    "win-kwaad.nl jouw prijs",
    "Jan @kwaad.example",
]


@pytest.mark.parametrize("name", LINKS)
def test_name_that_is_a_link_is_refused_beside_the_field(client: Client, name: str) -> None:
    answer = client.post("/nieuwsbrief/aanmelden/", {"email": READER, "name": name})

    assert (answer.status_code, Subscriber.objects.count()) == (422, 0)
    assert "Vul alleen je naam in" in answer.content.decode()
    assert f'value="{name}"' in answer.content.decode()


@pytest.mark.parametrize("name", LINKS)
def test_name_from_another_room_carries_no_link(name: str) -> None:
    news.subscribe(email=READER, name=name, source="meeting", at=timezone.now())

    assert "kwaad" not in last_mail().text + last_mail().html + last_mail().name.lower()
    assert Subscriber.objects.get().name == ""


@pytest.mark.parametrize("name", ["J.W. de Boer", "A.de Vries", "Th. van 't Hof", "drs. P", "Anne-Fleur d’Hont"])
def test_initials_are_no_link(client: Client, name: str) -> None:
    ask(client, name=name)

    assert Subscriber.objects.get().name == name


@pytest.mark.parametrize("left_at", [None, timezone.now()])
def test_who_types_the_address_of_another_gives_no_other_name(client: Client, left_at: dt.datetime | None) -> None:
    SubscriberFactory(email=READER, name="Nadia", state=SubscriberState.PENDING, left_at=left_at)

    ask(client, name="Domme Gans")
    asked = Subscriber.objects.get().name
    news.subscribe(email=READER, name="Nadia H.", source="meeting", at=timezone.now(), proven=True)

    assert (asked, last_mail().name, Subscriber.objects.get().name) == ("Nadia", "Nadia", "Nadia H.")


def test_same_page_whether_somebody_has_it_or_not(client: Client) -> None:
    SubscriberFactory(email="heeft@voorbeeld.example")
    known = client.post("/nieuwsbrief/aanmelden/", {"email": "heeft@voorbeeld.example"})
    unknown = client.post("/nieuwsbrief/aanmelden/", {"email": "nieuw@voorbeeld.example"})

    assert known.status_code == unknown.status_code == 200
    assert known.content.decode().replace("heeft@", "x@") == unknown.content.decode().replace("nieuw@", "x@")
    assert last_mail("heeft@voorbeeld.example").subject == "Je krijgt de nieuwsbrief al"
    assert steps() == [(Step.ASKED, Source.SITE)]


def test_asking_again_ends_the_earlier_link(client: Client) -> None:
    ask(client)
    first = link_in(last_mail())
    ask(client, email=READER.upper())
    second = link_in(last_mail())

    assert client.post(first).status_code == 200
    assert Subscriber.objects.get().state == SubscriberState.PENDING
    assert client.post(second).status_code == 302
    assert Subscriber.objects.get().state == SubscriberState.ACTIVE


def test_nobody_is_mailed_for_ever_by_others() -> None:
    for _time in range(5):
        Client().post("/nieuwsbrief/aanmelden/", {"email": READER})

    assert Message.objects.filter(email=READER).count() == 3


def test_code_of_the_last_mail_works_after_more_is_asked_than_is_mailed() -> None:
    for _time in range(5):
        Client().post("/nieuwsbrief/aanmelden/", {"email": READER})

    answer = Client().post(link_in(last_mail()), {"code": code_in(last_mail())})

    assert answer.status_code == 302
    assert Subscriber.objects.get().state == SubscriberState.ACTIVE
    assert steps() == [(Step.ASKED, Source.SITE)] * 3 + [(Step.CONFIRMED, Source.SITE)]


def test_form_of_another_site_is_refused(client: Client) -> None:
    answer = client.post("/nieuwsbrief/aanmelden/", {"email": READER}, headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, Subscriber.objects.count()) == (403, 0)


@pytest.mark.parametrize("email", ["", "geen adres", "a@b", "x" * 300 + "@voorbeeld.example"])
def test_wrong_address_is_kept_and_explained(client: Client, email: str) -> None:
    answer = client.post("/nieuwsbrief/aanmelden/", {"email": email, "name": "Nadia"})

    assert (answer.status_code, Subscriber.objects.count()) == (422, 0)
    assert 'value="Nadia"' in answer.content.decode()
    assert "aria-invalid" in answer.content.decode()


def test_signed_in_needs_no_mail_for_their_own_address(cast: Cast) -> None:
    cast.client("owner").post("/nieuwsbrief/aanmelden/", {"email": cast.owner.email})
    cast.client("owner").post("/nieuwsbrief/aanmelden/", {"email": "ander@voorbeeld.example"})

    states = dict(Subscriber.objects.values_list("email", "state"))
    assert states == {cast.owner.email: SubscriberState.ACTIVE, "ander@voorbeeld.example": SubscriberState.PENDING}
    assert Message.objects.count() == 1


def test_rooms_below_subscribe_whom_a_link_has_proven() -> None:
    at = timezone.now()
    news.subscribe(email="Gast@voorbeeld.example", name="Gast", source="meeting", at=at, proven=True)
    news.subscribe(email="ander@voorbeeld.example", source="onbekend", at=at)

    assert dict(Subscriber.objects.values_list("email", "state")) == {
        "gast@voorbeeld.example": SubscriberState.ACTIVE,
        "ander@voorbeeld.example": SubscriberState.PENDING,
    }
    assert steps() == [(Step.ASKED, "meeting"), (Step.CONFIRMED, "meeting"), (Step.ASKED, "site")]


def test_unconfirmed_is_forgotten_after_two_days(client: Client) -> None:
    ask(client)
    path = link_in(last_mail())
    SubscriberFactory(email="blijft@voorbeeld.example")
    asked = Subscriber.objects.get(email=READER).asked_at

    assert subscribing.forget(asked + dt.timedelta(hours=47)) == 0
    assert subscribing.forget(asked + dt.timedelta(hours=49)) == 1
    assert list(Subscriber.objects.values_list("email", flat=True)) == ["blijft@voorbeeld.example"]
    assert Consent.objects.count() == 0
    message = Message.objects.latest("pk")
    assert message.state == MessageState.CANCELLED
    assert (message.email, message.name, message.text) == ("", "", "")
    assert list(ActionLink.objects.values_list("email", "name")) == [("", "")]
    assert "Deze inschrijving is er niet meer" in client.get(path).content.decode()


# --- Leaving ---------------------------------------------------------------------------------------------------------


def newsletter_to(email: str, issue: Issue, number: int = 1) -> Message:
    return outbox.add(
        Message(key=f"{email}:{number}", kind=Kind.NEWSLETTER, email=email, subject="Nieuws", about=issue.about)
    )


def counted(*issues: Issue) -> list[int]:
    """How many left by each."""
    return [Issue.objects.get(pk=issue.pk).unsubscribed for issue in issues]


def test_one_click_leaves_for_good_and_is_counted_once() -> None:
    subscriber, issue = SubscriberFactory(email=READER), IssueFactory()
    path = urlsplit(leaving.address(newsletter_to(READER, issue).uuid)).path
    program = Client(enforce_csrf_checks=True)

    answers = [program.post(path, {"List-Unsubscribe": "One-Click"}).status_code for _press in range(2)]
    page = program.get(path).content.decode()

    subscriber.refresh_from_db()
    issue.refresh_from_db()
    assert answers == [200, 200]
    assert (subscriber.state, issue.unsubscribed) == (SubscriberState.LEFT, 1)
    assert suppression.is_left(READER, Kind.NEWSLETTER)
    assert steps() == [(Step.LEFT, Source.MAIL)]
    assert "Je krijgt geen nieuwsbrief meer" in page


def test_link_to_leave_works_after_the_address_is_erased(client: Client, cast: Cast) -> None:
    subscriber = SubscriberFactory(email=READER)
    letters = [newsletter_to(email, IssueFactory()) for email in (READER, cast.owner.email)]
    Message.objects.filter(pk=letters[0].pk).update(
        state="sent", sent_at=timezone.now(), recipient=f"subscriber:{subscriber.uuid}"
    )
    Message.objects.filter(pk=letters[1].pk).update(state="sent", sent_at=timezone.now(), user=cast.owner)
    paths = [urlsplit(leaving.address(each.uuid)).path for each in letters]

    erased = retention.erase_readers(timezone.now() + dt.timedelta(days=31))
    pages = [client.post(path).content.decode() for path in paths]

    assert erased == 2
    assert set(Message.objects.values_list("email", "name")) == {("", "")}
    assert all("Je krijgt geen nieuwsbrief meer" in page for page in pages)
    assert subscribing.has_left(READER)
    assert subscribing.has_left(cast.owner.email)


def test_who_left_by_mistake_comes_back_from_the_same_mail(client: Client) -> None:
    subscriber, issue = SubscriberFactory(email=READER), IssueFactory()
    path = urlsplit(leaving.address(newsletter_to(READER, issue).uuid)).path
    client.post(path)
    client.post(path, {"terug": "1"})

    subscriber.refresh_from_db()
    issue.refresh_from_db()
    assert (subscriber.state, issue.unsubscribed) == (SubscriberState.ACTIVE, 0)
    assert not suppression.is_left(READER, Kind.NEWSLETTER)


def test_who_comes_back_is_counted_back_with_the_issue_they_left_by(client: Client) -> None:
    SubscriberFactory(email=READER)
    first, second = IssueFactory(unsubscribed=4), IssueFactory(unsubscribed=4)
    by_first, by_second = [newsletter_to(READER, issue, number) for number, issue in enumerate((first, second))]

    leaving.leave(by_first, timezone.now())
    left = counted(first, second)
    leaving.come_back(by_second, timezone.now())

    assert (left, counted(first, second)) == ([5, 4], [4, 4])


def test_who_left_and_asks_again_gets_it_again(client: Client) -> None:
    subscriber = SubscriberFactory(email=READER)
    subscribing.leave(email=READER, source=Source.PREFERENCES, at=timezone.now())
    ask(client)
    client.post(link_in(last_mail()))

    subscriber.refresh_from_db()
    assert subscriber.state == SubscriberState.ACTIVE
    assert not suppression.is_suppressed(READER, Kind.NEWSLETTER)


def test_asking_again_does_not_revive_an_address_that_bounced(client: Client) -> None:
    suppression.suppress(READER, Suppression.Reason.BOUNCE, timezone.now())
    ask(client)
    client.post(link_in(last_mail()))

    assert suppression.is_suppressed(READER, Kind.NEWSLETTER)


def test_proof_of_who_left_is_kept_a_year() -> None:
    now = timezone.now()
    SubscriberFactory(email=READER)
    subscribing.leave(email=READER, source=Source.PREFERENCES, at=now)

    assert subscribing.forget(now + dt.timedelta(days=364)) == 0
    assert subscribing.forget(now + dt.timedelta(days=366)) == 1
    assert suppression.is_left(READER, Kind.NEWSLETTER)


def test_no_of_a_member_stays_as_long_as_the_account(cast: Cast) -> None:
    """Or they would count among the readers of every issue, and get none."""
    now, members = timezone.now(), NewsletterAudienceFactory(groups=[Group.MEMBERS], reach=Reach.BELONGING)
    before = reaching.count(members, timezone.localdate())
    subscribing.leave(email=cast.owner.email, source=Source.MAIL, at=now)

    forgotten = subscribing.forget(now + dt.timedelta(days=400))
    still = reaching.count(members, timezone.localdate())
    User.objects.filter(pk=cast.owner.pk).update(email="ander@voorbeeld.example")

    assert (forgotten, still) == (0, before - 1)
    assert subscribing.forget(now + dt.timedelta(days=400)) == 1


# --- Another address, and the board ----------------------------------------------------------------------------------


@pytest.mark.parametrize("by_hand", [True, False])
def test_who_left_is_not_written_to_at_a_new_address(cast: Cast, by_hand: bool) -> None:
    user, former = cast.owner, cast.owner.email
    suppression.suppress(former, Suppression.Reason.REQUEST, timezone.now(), kind=Kind.REMINDER)
    suppression.suppress(former, Suppression.Reason.BOUNCE, timezone.now())
    subscribing.leave(email=former, source=Source.MAIL, at=timezone.now())

    user.email = "nieuw@voorbeeld.example"
    user.save(update_fields=["email"])
    if by_hand:
        addresses.was_moved(user, former)
    else:
        old, new = EmailAddress(user=user, email=former), EmailAddress(user=user, email=user.email)
        email_changed.send(EmailAddress, request=None, user=user, from_email_address=old, to_email_address=new)

    assert subscribing.has_left(user.email)
    assert not subscribing.has_left(former)
    assert suppression.is_left(user.email, Kind.REMINDER)
    assert suppression.is_left(user.email, Kind.NEWSLETTER)
    assert not suppression.is_suppressed(user.email)  # that mail came back, is of the address


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        (SubscriberState.ACTIVE, None, SubscriberState.ACTIVE),
        (SubscriberState.ACTIVE, SubscriberState.PENDING, SubscriberState.ACTIVE),
        (SubscriberState.ACTIVE, SubscriberState.LEFT, SubscriberState.LEFT),
        (SubscriberState.LEFT, SubscriberState.PENDING, SubscriberState.LEFT),
        (SubscriberState.LEFT, SubscriberState.ACTIVE, SubscriberState.ACTIVE),
        (None, SubscriberState.ACTIVE, SubscriberState.ACTIVE),
    ],
)
def test_subscription_goes_along_to_a_new_address(db: None, old: str | None, new: str | None, kept: str) -> None:
    for email, state in (("oud@voorbeeld.example", old), ("nieuw@voorbeeld.example", new)):
        if state is not None:
            said_no = state == SubscriberState.LEFT
            SubscriberFactory(email=email, state=state, left_at=timezone.now() if said_no else None)

    subscribing.move("Oud@voorbeeld.example", "Nieuw@voorbeeld.example", timezone.now())

    assert list(Subscriber.objects.values_list("email", "state")) == [("nieuw@voorbeeld.example", kept)]


def test_board_takes_somebody_off_on_request_after_a_question(cast: Cast) -> None:
    subscriber = SubscriberFactory(email=READER)
    board, here = cast.client("board"), "/bestuur/nieuwsbrief/abonnees/?stand=ingeschreven"
    page = f"/bestuur/nieuwsbrief/abonnees/{subscriber.uuid}/afmelden/?next={quote(here)}"
    assert page in board.get(here).content.decode().replace("&amp;", "&")

    asked = board.get(page).content.decode()
    assert Subscriber.objects.get().state == SubscriberState.ACTIVE
    done = board.post(page)

    assert f'href="{here}"' in asked
    assert (done["Location"], Subscriber.objects.get().state) == (here, SubscriberState.LEFT)


def test_no_of_the_new_address_stands_while_it_is_asked_once_more(db: None) -> None:
    SubscriberFactory(email="oud@voorbeeld.example")
    SubscriberFactory(email="nieuw@voorbeeld.example", state=SubscriberState.PENDING, left_at=timezone.now())

    subscribing.move("oud@voorbeeld.example", "nieuw@voorbeeld.example", timezone.now())

    assert subscribing.has_left("nieuw@voorbeeld.example")


def test_no_goes_along_to_an_address_that_mail_came_back_from(db: None) -> None:
    former, email = "oud@voorbeeld.example", "nieuw@voorbeeld.example"
    suppression.suppress(former, Suppression.Reason.REQUEST, timezone.now(), kind=Kind.REMINDER)
    suppression.suppress(email, Suppression.Reason.BOUNCE, timezone.now())

    suppression.copy_requests(former, email, timezone.now())

    assert suppression.is_left(email, Kind.REMINDER)
