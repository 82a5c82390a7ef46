"""Changing one's own account: the address, the password, the details, and where one is signed in."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from kring.accounts import sessions
from kring.accounts.models import User
from kring.mail.models import Message
from tests.accounts.conftest import code_for, last_mail, sign_in
from tests.factories import UserFactory

SENTENCE = "een lange zin met woorden"
NEW = "anna@nieuw.example"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


@pytest.fixture
def client(client: Client, anna: User) -> Client:
    """Anna's browser."""
    sign_in(client, anna.email)
    return client


def sign_in_again(client: Client, email: str) -> None:
    client.post("/account/opnieuw/code/", {"send": "1"})
    client.post("/account/opnieuw/code/", {"code": code_for(email)})


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


# --- Signing in again ------------------------------------------------------------------------------------------------


def test_address_page_asks_to_sign_in_again(client: Client) -> None:
    page = client.get("/account/e-mail/", follow=True)

    assert page.redirect_chain == [("/account/opnieuw/code/?next=%2Faccount%2Fe-mail%2F", 302)]
    assert "Log nog een keer in" in page.content.decode()


def test_looking_at_the_page_sends_no_code(client: Client) -> None:
    before = Message.objects.count()

    client.get("/account/opnieuw/code/")

    assert Message.objects.count() == before


def test_code_by_mail_signs_in_again_and_goes_on(client: Client, anna: User) -> None:
    next_page = {"next": "/account/e-mail/"}
    client.post("/account/opnieuw/code/", {"send": "1", **next_page})

    answer = client.post("/account/opnieuw/code/", {"code": code_for(anna.email), **next_page})

    assert answer["Location"] == "/account/e-mail/"
    assert client.get("/account/e-mail/").status_code == 200


def test_wrong_codes_do_not_sign_in_again(client: Client, anna: User) -> None:
    client.post("/account/opnieuw/code/", {"send": "1"})
    code = code_for(anna.email)

    answers = [client.post("/account/opnieuw/code/", {"code": "0000-0000"}) for _try in range(3)]
    client.post("/account/opnieuw/code/", {"code": code})

    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert client.get("/account/e-mail/").status_code == 302


def test_password_signs_in_again_for_who_has_one(client: Client, anna: User) -> None:
    anna.set_password(SENTENCE)
    anna.save()
    client.force_login(anna)

    page = client.get("/account/e-mail/", follow=True)
    client.post("/account/opnieuw/", {"password": SENTENCE})

    assert page.redirect_chain[0][0].startswith("/account/opnieuw/?")
    assert client.get("/account/e-mail/").status_code == 200


def test_signing_in_again_holds_a_quarter_of_an_hour(client: Client, anna: User) -> None:
    sign_in_again(client, anna.email)

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        assert client.get("/account/e-mail/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/account/wachtwoord/nieuw/",
        "/account/tweede-stap/app/",
        "/account/tweede-stap/app/weg/",
        "/account/tweede-stap/herstelcodes/",
        "/account/tweede-stap/herstelcodes/nieuw/",
        "/account/tweede-stap/herstelcodes/bestand/",
        "/account/tweede-stap/sleutels/nieuw/",
        "/account/tweede-stap/sleutels/1/",
        "/account/tweede-stap/sleutels/1/weg/",
    ],
)
def test_who_signed_in_long_ago_signs_in_again_first(client: Client, path: str) -> None:
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        answers = [client.get(path), client.post(path)]

    assert [answer["Location"].split("?")[0] for answer in answers] == ["/account/opnieuw/code/"] * 2


# --- The address -----------------------------------------------------------------------------------------------------


def test_address_changes_once_it_is_confirmed(client: Client, anna: User) -> None:
    sign_in_again(client, anna.email)
    asked = client.post("/account/e-mail/", {"email": NEW, "action_add": "1"})
    anna.refresh_from_db()
    before = anna.email

    given = client.post(asked["Location"], {"code": code_for(NEW)})

    anna.refresh_from_db()
    assert asked["Location"] == "/account/e-mail/code/"
    assert given.status_code == 302
    assert (before, anna.email) == ("anna@voorbeeld.example", NEW)
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]


def test_old_address_is_told_and_opens_nothing_any_more(client: Client, anna: User) -> None:
    old = anna.email
    sign_in_again(client, old)
    client.post("/account/e-mail/", {"email": NEW, "action_add": "1"})
    client.post("/account/e-mail/code/", {"code": code_for(NEW)})

    told = last_mail(old)
    Client().post("/inloggen/", {"email": old})

    assert told.subject == "Je logt nu in met een ander adres"
    assert NEW in told.text
    assert last_mail(old).subject == "Dit adres kennen we niet"


def test_wrong_code_does_not_change_the_address(client: Client, anna: User) -> None:
    sign_in_again(client, anna.email)
    client.post("/account/e-mail/", {"email": NEW, "action_add": "1"})

    answer = client.post("/account/e-mail/code/", {"code": "0000-0000"})

    anna.refresh_from_db()
    assert answer.context["form"].errors == {"code": ["Deze code klopt niet. Kijk nog eens in de mail."]}
    assert anna.email == "anna@voorbeeld.example"


def test_address_of_another_is_not_told_and_not_taken(client: Client, anna: User) -> None:
    other = UserFactory(email="bram@voorbeeld.example")
    sign_in_again(client, anna.email)

    asked = client.post("/account/e-mail/", {"email": other.email, "action_add": "1"})
    given = client.post("/account/e-mail/code/", {"code": code_for(other.email)})

    anna.refresh_from_db()
    assert asked["Location"] == "/account/e-mail/code/"
    assert given.context["form"].errors == {
        "code": ["Dit adres kan niet. Neem een ander, of vraag het bestuur om hulp."]
    }
    assert anna.email == "anna@voorbeeld.example"


@pytest.mark.parametrize("email", ["", "geen adres", "a" * 300 + "@voorbeeld.example", "x\x00@voorbeeld.example "])
def test_no_address_keeps_what_was_typed(client: Client, anna: User, email: str) -> None:
    sign_in_again(client, anna.email)

    answer = client.post("/account/e-mail/", {"email": email, "action_add": "1"})

    assert answer.status_code in {200, 302}
    anna.refresh_from_db()
    assert anna.email == "anna@voorbeeld.example"


# --- The password ----------------------------------------------------------------------------------------------------


def test_password_can_be_chosen(client: Client, anna: User) -> None:
    answer = client.post("/account/wachtwoord/nieuw/", {"password1": SENTENCE})

    anna.refresh_from_db()
    assert answer.status_code == 302
    assert anna.check_password(SENTENCE)
    assert last_mail(anna.email).subject == "Je hebt nu een wachtwoord"


@pytest.mark.parametrize("password", ["", "kort", "wachtwoord1234"[:11], "anna@voorbeeld.example"])
def test_weak_password_is_refused(client: Client, anna: User, password: str) -> None:
    answer = client.post("/account/wachtwoord/nieuw/", {"password1": password})

    anna.refresh_from_db()
    assert "password1" in answer.context["form"].errors
    assert not anna.has_usable_password()


def test_new_password_signs_out_elsewhere(client: Client, anna: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, anna.email)
    client.post("/account/wachtwoord/nieuw/", {"password1": SENTENCE})

    client.post("/account/wachtwoord/", {"oldpassword": SENTENCE, "password1": f"{SENTENCE} en meer"})

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert last_mail(anna.email).subject == "Je wachtwoord is veranderd"


def test_changing_a_password_takes_the_old_one(client: Client, anna: User) -> None:
    client.post("/account/wachtwoord/nieuw/", {"password1": SENTENCE})

    answer = client.post("/account/wachtwoord/", {"oldpassword": "fout", "password1": f"{SENTENCE} en meer"})

    assert answer.context["form"].errors == {"oldpassword": ["Dit is niet je wachtwoord van nu."]}


def test_reset_by_code_ends_all_sessions(client: Client, anna: User) -> None:
    visitor = Client()
    visitor.post("/inloggen/vergeten/", {"email": anna.email})
    visitor.post("/inloggen/vergeten/code/", {"code": code_for(anna.email)})

    answer = visitor.post("/inloggen/vergeten/nieuw/", {"password1": SENTENCE})

    anna.refresh_from_db()
    assert answer["Location"] == "/inloggen/vergeten/klaar/"
    assert anna.check_password(SENTENCE)
    assert not is_signed_in(client)
    assert not is_signed_in(visitor)


def test_reset_answers_alike_for_an_unknown_address(anna: User, db: None) -> None:
    known, unknown = Client(), Client()

    pages = [
        client.post("/inloggen/vergeten/", {"email": email}, follow=True)
        for client, email in ((known, anna.email), (unknown, "niemand@voorbeeld.example"))
    ]
    errors = [client.post("/inloggen/vergeten/code/", {"code": "0000-0000"}) for client in (known, unknown)]

    assert [page.redirect_chain for page in pages] == [[("/inloggen/vergeten/code/", 302)]] * 2
    assert errors[0].context["form"].errors == errors[1].context["form"].errors
    assert last_mail("niemand@voorbeeld.example").subject == "Dit adres kennen we niet"


def test_reset_without_the_code_goes_back(db: None, anna: User) -> None:
    visitor = Client()
    visitor.post("/inloggen/vergeten/", {"email": anna.email})

    answer = visitor.post("/inloggen/vergeten/nieuw/", {"password1": SENTENCE})

    anna.refresh_from_db()
    assert answer["Location"] == "/inloggen/vergeten/code/"
    assert not anna.has_usable_password()


# --- Details and devices ---------------------------------------------------------------------------------------------


def test_details_are_saved_and_nothing_else(client: Client, anna: User) -> None:
    given = {"name": "Anna Bakker", "phone": "010 123 45 67", "phone_is_public": "on", "language": "en"}

    answer = client.post("/account/gegevens/", {**given, "is_staff": "on", "email": "x@voorbeeld.example"})

    anna.refresh_from_db()
    assert answer["Location"] == "/account/"
    assert (anna.name, anna.phone, anna.language) == ("Anna Bakker", "010 123 45 67", "en")
    assert (anna.phone_is_public, anna.email_is_public) == (True, False)
    assert (anna.is_staff, anna.email) == (False, "anna@voorbeeld.example")
    assert client.session["language"] == "en"


def test_number_that_cannot_exist_is_refused(client: Client, anna: User) -> None:
    client.force_login(anna)

    answer = client.post("/account/gegevens/", {"name": "Anna", "phone": "06 1234567890123", "language": "nl"})

    assert list(answer.context["form"].errors) == ["phone"]


def test_details_keep_what_was_typed(client: Client, anna: User) -> None:
    answer = client.post("/account/gegevens/", {"name": "A" * 121, "phone": "bel me", "language": "xx"})

    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"name", "phone", "language"}
    assert answer.context["form"]["phone"].value() == "bel me"


def test_contact_data_is_not_public_by_itself(anna: User) -> None:
    assert (anna.email_is_public, anna.phone_is_public) == (False, False)


def test_overview_needs_few_queries(client: Client, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get("/account/")


def test_devices_are_told_in_words_without_an_address(client: Client, anna: User) -> None:
    other = Client(headers={"user-agent": FIREFOX})
    sign_in(other, anna.email)

    page = client.get("/account/apparaten/").content.decode()

    assert "Firefox op Windows" in page
    assert page.count("dit apparaat") == 1
    assert set(UserSession.objects.values_list("ip", flat=True)) == {"0.0.0.0"}


def test_other_devices_can_be_signed_out(client: Client, anna: User) -> None:
    other = Client()
    sign_in(other, anna.email)

    client.post("/account/apparaten/")

    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_sessions_that_ended_are_forgotten(client: Client, anna: User) -> None:
    later = timezone.now() + dt.timedelta(days=61)

    sessions.forget_ended(later)

    assert not UserSession.objects.exists()
    assert not is_signed_in(client)


def test_browser_cannot_write_in_our_mail(client: Client, anna: User) -> None:
    evil = Client(headers={"user-agent": "Bel 0900-BETAAL Firefox/1"})
    sign_in(evil, anna.email)

    evil.post("/account/wachtwoord/nieuw/", {"password1": SENTENCE})

    assert not re.search("BETAAL", last_mail(anna.email).text + last_mail(anna.email).html)
    assert "Firefox" in last_mail(anna.email).text
