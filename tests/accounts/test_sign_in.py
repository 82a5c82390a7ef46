from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from kring.accounts import signing_in
from kring.accounts.models import User
from kring.mail import samples
from kring.mail.models import Kind, Message, MessageState
from tests.accounts.conftest import code_for, last_mail, sign_in
from tests.conftest import Cast
from tests.factories import UserFactory

WRONG = "0000-0000"
LONG = "een lange zin met woorden"


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_code_by_mail_signs_in(client: Client, anna: User) -> None:
    asked = client.post("/inloggen/", {"email": "Anna@Voorbeeld.example "})
    given = client.post(asked["Location"], {"code": code_for(anna.email)})

    assert (asked.status_code, asked["Location"]) == (302, "/inloggen/code/")
    assert (given.status_code, given["Location"]) == (302, "/mijn/")
    assert client.get("/account/").context["user"] == anna


def test_code_is_mailed_in_our_layout_and_expires(client: Client, anna: User) -> None:
    client.post("/inloggen/", {"email": anna.email})

    message = last_mail(anna.email)
    code = code_for(anna.email)
    assert message.subject == "Je code om in te loggen"
    assert (message.kind, message.user, message.template) == (Kind.CODE, anna, "account/email/login_code")
    assert code in message.html
    assert "Sociale Kring" in message.html
    assert message.expires_at is not None
    assert message.expires_at - message.created_at < dt.timedelta(minutes=10, seconds=5)


def test_code_is_on_no_page_of_board_or_administrator(anna: User, cast: Cast) -> None:
    Client().post("/inloggen/", {"email": anna.email})
    message = last_mail(anna.email)
    Message.objects.update(state=MessageState.FAILED)
    board, administrator = cast.client("board"), cast.client("administrator")

    pages = [
        board.get("/bestuur/"),
        board.get("/bestuur/post/"),
        board.get(f"/bestuur/post/{message.uuid}/"),
        administrator.get("/beheer/mail/message/"),
        administrator.get(f"/beheer/mail/message/{message.pk}/change/"),
    ]

    code = code_for(anna.email)
    assert [page.status_code for page in pages] == [200] * 5
    assert all(message.subject in page.content.decode() for page in pages)
    assert not any(code in page.content.decode() for page in pages)


@pytest.mark.parametrize("name", ["login_code", "again_code", "password_reset_code", "email_confirmation"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_code_stands_in_the_mail_and_not_in_its_subject(db: None, name: str, language: str) -> None:
    sample = samples.named(f"account-email-{name}")
    assert sample is not None

    mail = sample.rendered(language)

    assert "1234" not in mail.subject
    assert "1234-5678" in mail.text
    assert "1234-5678" in mail.html


def test_code_goes_in_the_language_of_its_reader(client: Client, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(language="en")

    client.post("/inloggen/", {"email": anna.email})

    assert last_mail(anna.email).language == "en"


def test_unknown_address_gets_the_same_answer_and_a_mail_of_its_own(anna: User) -> None:
    known, unknown = Client(), Client()

    answers = [
        client.post("/inloggen/", {"email": email}, follow=True)
        for client, email in ((known, anna.email), (unknown, "niemand@voorbeeld.example"))
    ]

    texts = [answer.content.decode().replace(anna.email, "niemand@voorbeeld.example") for answer in answers]
    without_tokens = [[line for line in text.splitlines() if "csrf" not in line] for text in texts]
    assert without_tokens[0] == without_tokens[1]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert last_mail("niemand@voorbeeld.example").subject == "Dit adres kennen we niet"


def test_unknown_address_and_wrong_code_fail_alike(anna: User) -> None:
    known, unknown = Client(), Client()
    known.post("/inloggen/", {"email": anna.email})
    unknown.post("/inloggen/", {"email": "niemand@voorbeeld.example"})

    errors = [client.post("/inloggen/code/", {"code": WRONG}).context["form"].errors for client in (known, unknown)]

    assert errors[0] == errors[1] == {"code": ["Deze code klopt niet. Kijk nog eens in de mail."]}


def test_closed_account_is_treated_as_unknown(client: Client, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(is_active=False)

    client.post("/inloggen/", {"email": anna.email})

    assert last_mail(anna.email).subject == "Dit adres kennen we niet"


@pytest.mark.parametrize("code", ["", " ", WRONG, "\x00", "é", "1" * 5000])
def test_wrong_code_does_not_sign_in(client: Client, anna: User, code: str) -> None:
    client.post("/inloggen/", {"email": anna.email})

    answer = client.post("/inloggen/code/", {"code": code})

    assert answer.status_code == 200
    assert "code" in answer.context["form"].errors
    assert not is_signed_in(client)


def test_three_wrong_codes_end_the_attempt(client: Client, anna: User) -> None:
    client.post("/inloggen/", {"email": anna.email})
    right = code_for(anna.email)

    answers = [client.post("/inloggen/code/", {"code": WRONG}) for _try in range(3)]
    late = client.post("/inloggen/code/", {"code": right})

    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert late["Location"] == "/inloggen/"
    assert not is_signed_in(client)


def test_code_is_worth_nothing_after_ten_minutes(client: Client, anna: User) -> None:
    client.post("/inloggen/", {"email": anna.email})
    code = code_for(anna.email)

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=10, seconds=1)):
        answer = client.post("/inloggen/code/", {"code": code})

    assert answer["Location"] == "/inloggen/"
    assert not is_signed_in(client)


def test_code_belongs_to_the_browser_that_asked(client: Client, anna: User) -> None:
    client.post("/inloggen/", {"email": anna.email})

    elsewhere = Client()
    elsewhere.post("/inloggen/", {"email": "ander@voorbeeld.example"})
    elsewhere.post("/inloggen/code/", {"code": code_for(anna.email)})

    assert not is_signed_in(elsewhere)


def test_code_works_once(client: Client, anna: User) -> None:
    sign_in(client, anna.email)
    code = code_for(anna.email)
    client.post("/uitloggen/")

    client.post("/inloggen/code/", {"code": code})

    assert not is_signed_in(client)


def test_new_code_replaces_the_old_one(client: Client, anna: User) -> None:
    client.post("/inloggen/", {"email": anna.email})
    first = code_for(anna.email)

    client.post("/inloggen/code/", {"action": "resend"})

    assert code_for(anna.email) != first
    assert client.post("/inloggen/code/", {"code": first}).status_code == 200
    assert client.post("/inloggen/code/", {"code": code_for(anna.email)})["Location"] == "/mijn/"


def test_codes_for_one_address_are_limited(anna: User) -> None:
    answers = [Client().post("/inloggen/", {"email": anna.email}) for _try in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    assert answers[3].context["form"].errors == {
        "email": ["Te vaak geprobeerd. Wacht een paar minuten en vraag een nieuwe code."]
    }
    assert Message.objects.filter(email=anna.email).count() == 3


def test_many_guesses_at_once_are_counted_all_the_same(client: Client, anna: User) -> None:
    """allauth counts in the session, and two requests that save it at once count one; our count is one step."""
    client.post("/inloggen/", {"email": anna.email})
    session = client.session
    asked = session["account_login"]

    for _try in range(12):
        client.post("/inloggen/code/", {"code": WRONG})
        session["account_login"] = asked
        session.save()
    answer = client.post("/inloggen/code/", {"code": code_for(anna.email)})

    assert answer.context["form"].errors == {
        "code": ["Te vaak geprobeerd. Wacht een paar minuten en vraag een nieuwe code."]
    }


def test_password_signs_in_if_one_is_set(client: Client, anna: User) -> None:
    anna.set_password(LONG)
    anna.save()
    sign_in(Client(), anna.email)  # her address is confirmed by it

    answer = client.post("/inloggen/wachtwoord/", {"login": anna.email, "password": LONG})

    assert answer["Location"] == "/mijn/"
    assert is_signed_in(client)


def test_password_for_an_unconfirmed_address_asks_for_a_code(client: Client, anna: User) -> None:
    anna.set_password(LONG)
    anna.save()

    answer = client.post("/inloggen/wachtwoord/", {"login": anna.email, "password": LONG})

    assert answer["Location"] == "/account/e-mail/code/"
    assert not is_signed_in(client)
    assert client.post("/account/e-mail/code/", {"code": code_for(anna.email)})["Location"] == "/mijn/"


@pytest.mark.parametrize("email", ["anna@voorbeeld.example", "niemand@voorbeeld.example"])
def test_wrong_password_says_the_same_for_every_address(client: Client, anna: User, email: str) -> None:
    anna.set_password(LONG)
    anna.save()

    answer = client.post("/inloggen/wachtwoord/", {"login": email, "password": "een heel ander wachtwoord"})

    assert answer.context["form"].non_field_errors() == [
        "Dit adres en wachtwoord horen niet bij elkaar. Probeer het nog eens, of log in met een code."
    ]
    assert answer.context["form"]["login"].value() == email


def test_wrong_passwords_are_limited_whatever_host_is_named(client: Client, anna: User) -> None:
    for number in range(5):
        host = "localhost" if number % 2 else "127.0.0.1"
        client.post("/inloggen/wachtwoord/", {"login": anna.email, "password": "fout"}, headers={"host": host})

    answer = client.post("/inloggen/wachtwoord/", {"login": anna.email, "password": "fout"})

    assert "Te vaak geprobeerd" in answer.content.decode()


def test_session_gets_a_new_key_and_keeps_what_the_visitor_did(client: Client, anna: User) -> None:
    client.post("/taal/", {"language": "en"})
    client.post("/inloggen/", {"email": anna.email})
    before = client.session.session_key

    client.post("/inloggen/code/", {"code": code_for(anna.email)})

    assert client.session.session_key != before
    assert client.session["language"] == "en"


def test_language_of_the_user_goes_on_after_signing_in(client: Client, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(language="en")

    sign_in(client, anna.email)

    assert client.session["language"] == "en"


def test_rooms_are_told_of_each_sign_in(client: Client, anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[User] = []

    def welcome(request: HttpRequest, user: User) -> None:
        told.append(user)

    monkeypatch.setattr(signing_in, "_welcomes", [])
    signing_in.on_sign_in(welcome)
    signing_in.on_sign_in(welcome)
    sign_in(client, anna.email)

    assert told == [anna]


def test_next_brings_back_to_the_page(client: Client, anna: User) -> None:
    page = client.get("/account/gegevens/")
    client.post(page["Location"], {"email": anna.email, "next": "/account/gegevens/"})

    answer = client.post("/inloggen/code/", {"code": code_for(anna.email), "next": "/account/gegevens/"})

    assert page["Location"] == "/inloggen/?next=/account/gegevens/"
    assert answer["Location"] == "/account/gegevens/"


ELSEWHERE = [
    "https://elders.example/",
    "//elders.example/",
    "///elders.example/",
    "/\\elders.example/",
    "\\\\elders.example/",
    "http:elders.example",
    "javascript:alert(1)",
    "http://localhost:8000@elders.example/",
    "http://localhost:8000/",
    " //elders.example",
    "\t//elders.example",
    "elders.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_stays_on_the_site(client: Client, anna: User, target: str) -> None:
    client.post("/inloggen/", {"email": anna.email, "next": target})
    signed_in = client.post("/inloggen/code/", {"code": code_for(anna.email), "next": target})
    again = client.get("/inloggen/", {"next": target})
    signed_out = client.post("/uitloggen/", {"next": target})

    assert [answer["Location"] for answer in (signed_in, again, signed_out)] == ["/mijn/", "/mijn/", "/"]


def test_signing_out_needs_a_press_of_the_button(client: Client, anna: User) -> None:
    sign_in(client, anna.email)

    assert client.get("/uitloggen/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/uitloggen/")["Location"] == "/"
    assert not is_signed_in(client)


def test_nobody_signs_up(client: Client, db: None) -> None:
    page = client.get("/inloggen/nieuw/")

    assert page.status_code == 200
    assert "Een account hoort bij een rol in een organisatie" in page.content.decode()
    assert client.post("/inloggen/nieuw/", {"email": "nieuw@voorbeeld.example"}).status_code == 405
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/account/login/",
        "/account/signup/",
        "/account/inactive/",
        "/account/social/",
        "/account/3rdparty/",
        "/account/confirm-email/x/",
        "/account/password/reset/key/1-set-password/",
        "/account/2fa/",
        "/account/sessions/",
    ],
)
def test_what_allauth_has_besides_does_not_exist(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_sign_in_works_while_the_address_was_written_in_capitals(client: Client, db: None) -> None:
    user = User.objects.create_user("Bram@Voorbeeld.Example")

    sign_in(client, "bram@voorbeeld.example")

    assert user.email == "bram@voorbeeld.example"
    assert is_signed_in(client)


def test_one_account_per_address_whatever_its_case(client: Client, db: None) -> None:
    first = UserFactory(email="chris@voorbeeld.example")

    sign_in(client, "CHRIS@voorbeeld.example".lower())

    assert client.get("/account/").context["user"] == first
