"""Asking to belong: a draft, the confirmation, the board's question and decision, in pages and in mail."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from kring.accounts.models import User
from kring.mail.models import ActionLink
from members import applying
from members.models import Application, Invitation, MembershipStatus, Organisation, OrganisationKind, Outcome, Role
from tests.conftest import Cast
from tests.factories import OrganisationFactory, RoleFactory, SectorFactory
from tests.members.mails import link, mail, sent

pytestmark = pytest.mark.django_db

EVA = "eva@koor.example"


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    cache.clear()


def form(**other: Any) -> dict[str, Any]:
    return {
        "once": str(uuid.uuid4()),
        "name": "Koor De Golfslag",
        "tagline": "Zingen met de hele wijk",
        "main_sector": SectorFactory(slug="cultuur").pk,
        "no_profit": "on",
        "kvk_number": "12345678",
        "website": "koor.example",
        "motivation": "We willen samen zingen.",
        "contact_name": "Eva de Boer",
        "contact_email": EVA,
        "contact_phone": "06 12345678",
        **other,
    }


def sent_application(client: Client, **other: Any) -> Application:
    client.post("/lid-worden/", form(**other))
    client.post(link(EVA, "application_confirm"), {"doe": "verstuur"})
    return Application.objects.get()


def decide(cast: Cast, application: Application, deed: str, **typed: str) -> Any:
    data = {f"{deed}-{name}": value for name, value in typed.items()}
    return cast.client("board").post(f"/bestuur/aanmeldingen/{application.uuid}/", {"doe": deed, **data}, follow=True)


def test_form_is_before_the_board_once_the_address_is_confirmed(client: Client, cast: Cast) -> None:
    client.post("/lid-worden/", form())
    unconfirmed = Application.objects.get()
    path = link(EVA, "application_confirm")
    seen = client.get(path)
    waits = Application.objects.get().is_draft
    client.post(path, {"doe": "verstuur"})

    application = Application.objects.select_related("organisation", "membership").get()
    assert (unconfirmed.is_draft, waits, application.is_draft) == (True, True, False)
    assert seen.status_code == 200
    assert application.organisation is not None
    assert application.organisation.website == "https://koor.example"
    assert application.membership is not None
    assert application.membership.status == MembershipStatus.APPLIED
    assert sent("application_new") == [cast.board.email]
    assert sent("application_received") == [EVA]
    assert "Koor De Golfslag wil lid worden" in cast.client("board").get("/bestuur/").content.decode()
    assert client.get(application.organisation.get_absolute_url()).status_code == 404


def test_looking_at_the_link_sends_nothing(client: Client) -> None:
    client.post("/lid-worden/", form())
    for _each in range(3):
        client.get(link(EVA, "application_confirm"))

    assert Application.objects.get().is_draft


def test_draft_needs_an_address_and_nothing_else(client: Client) -> None:
    typed = {"once": str(uuid.uuid4()), "doe": "bewaren", "name": "Koor"}

    without = client.post("/lid-worden/", typed)
    kept = client.post("/lid-worden/", typed | {"contact_email": EVA})
    reopened = client.get(link(EVA, "application_draft")).content.decode()

    assert (without.status_code, kept.status_code) == (422, 200)
    assert 'value="Koor"' in without.content.decode()
    assert 'value="Koor"' in reopened


def test_draft_grows_behind_its_link(client: Client) -> None:
    client.post("/lid-worden/", {"once": str(uuid.uuid4()), "doe": "bewaren", "contact_email": EVA})
    path = link(EVA, "application_draft")
    half = form()
    del half["motivation"]

    refused = client.post(path, half)
    client.post(path, form(name="Koor De Branding"))
    client.post(path, {"doe": "verstuur"})

    assert refused.status_code == 422
    assert "Koor De Golfslag" in refused.content.decode()
    assert Application.objects.get().organisation == Organisation.objects.get(name="Koor De Branding")


def test_button_pressed_twice_is_one_application(client: Client) -> None:
    typed = form()
    for _each in range(2):
        client.post("/lid-worden/", typed)
    path = link(EVA, "application_confirm")
    for _each in range(2):
        client.post(path, {"doe": "verstuur"})

    assert Organisation.objects.filter(name="Koor De Golfslag").count() == 1
    assert sent("application_confirm") == [EVA]


def test_address_that_was_mistyped_is_corrected(client: Client) -> None:
    typed = form(contact_email="eva@kor.example")
    client.post("/lid-worden/", typed)
    wrong = link("eva@kor.example", "application_confirm")

    client.post("/lid-worden/", typed | {"contact_email": EVA})
    client.post(wrong, {"doe": "verstuur"})
    waits = Application.objects.get().is_draft
    client.post(link(EVA, "application_confirm"), {"doe": "verstuur"})

    application = Application.objects.get()
    assert (waits, application.is_draft, application.email) == (True, False, EVA)


def test_old_page_changes_nothing_of_what_went_on_behind_the_link(client: Client) -> None:
    typed = form()
    client.post("/lid-worden/", typed)
    client.post(link(EVA, "application_confirm"), {"doe": "verstuur"})

    client.post("/lid-worden/", typed | {"contact_email": "iemand@anders.example"})

    assert Application.objects.get().email == EVA


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("kvk_number", "1234", "12345678"),
        ("contact_email", "eva", "e-mailadres"),
        ("contact_phone", "06 1234567890123", "+31 6 12345678"),
        ("website", "javascript:alert(1)", "www.voorbeeld.nl"),
        ("postcode", "3131", "3131 AB"),
        ("no_profit", "", "bedrijf"),
        ("name", "", ""),
        ("motivation", "x" * 3001, "3000"),
    ],
)
def test_bad_input_keeps_what_was_typed(field: str, typed: str, says: str, client: Client) -> None:
    answer = client.post("/lid-worden/", form(**{field: typed}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page or f'aria-describedby="id_{field}' in page
    assert says in page
    assert "We willen samen zingen." in page or field == "motivation"
    assert not Application.objects.exists()


def test_board_sees_who_it_may_be_already(client: Client, cast: Cast) -> None:
    same_number = OrganisationFactory(name="Zang en Spel", kvk_number="12345678")
    same_name = OrganisationFactory(name="Koor de Golfslag")
    same_site = OrganisationFactory(name="Heel anders", website="https://www.koor.example/over")
    OrganisationFactory(name="Judo Kansrijk", kvk_number="87654321")
    application = sent_application(client)

    page = cast.client("board").get(f"/bestuur/aanmeldingen/{application.uuid}/").content.decode()

    assert [each.name in page for each in (same_number, same_name, same_site)] == [True, True, True]
    assert "Judo Kansrijk" not in page


def test_writers_own_domain_tells_but_not_a_providers(client: Client, cast: Cast) -> None:
    same = OrganisationFactory(name="Heel anders", email="info@golfslag.example")
    OrganisationFactory(name="Weer anders", email="weer.anders@gmail.com")

    page = {}
    for email in ("eva@golfslag.example", "eva@gmail.com"):
        client.post("/lid-worden/", form(website="", contact_email=email))
        client.post(link(email, "application_confirm"), {"doe": "verstuur"})
        application = Application.objects.get(email=email)
        page[email] = cast.client("board").get(f"/bestuur/aanmeldingen/{application.uuid}/").content.decode()

    assert same.name in page["eva@golfslag.example"]
    assert "hetzelfde webadres of maildomein" in page["eva@golfslag.example"]
    assert same.name not in page["eva@gmail.com"]
    assert "Weer anders" not in page["eva@gmail.com"]


def test_row_and_mail_say_who_it_may_be_as_the_page_does(client: Client, cast: Cast) -> None:
    OrganisationFactory(name="Koor De Golf")
    OrganisationFactory(name="Zang en Spel", kvk_number="12345678", website="https://www.koor.example/over")
    sent_application(client)

    row = cast.client("board").get("/bestuur/").content.decode()
    text = " ".join(mail(cast.board.email, "application_new").text.split())

    said = "Zang en Spel: hetzelfde KvK-nummer, hetzelfde webadres of maildomein"
    assert f"Koor De Golfslag wil lid worden (lijkt op {said})" in row
    assert f"- {said} - Koor De Golf: bijna dezelfde naam" in text


def test_question_that_nobody_answers_comes_back_to_the_board(client: Client, cast: Cast) -> None:
    decide(cast, sent_application(client), "vragen", question="Met hoeveel zijn jullie?")
    sentence = "Koor De Golfslag gaf nog geen antwoord op jullie vraag"

    shown = []
    for days in (13, 14):
        Application.objects.update(asked_at=timezone.now() - dt.timedelta(days=days))
        shown.append(sentence in cast.client("board").get("/bestuur/").content.decode())

    assert shown == [False, True]


def test_accepting_makes_the_first_owner_who_signs_in_by_the_mail(client: Client, cast: Cast) -> None:
    application = sent_application(client)
    decide(cast, application, "aannemen")

    organisation = Organisation.objects.get(name="Koor De Golfslag")
    owner = Role.objects.select_related("user").get(organisation=organisation)
    path = link(EVA, "welcome")
    came_in = client.post(path, follow=True)

    assert (owner.role, owner.user.email, owner.user.name) == ("owner", EVA, "Eva de Boer")
    assert organisation.memberships.get().status == MembershipStatus.ACTIVE
    assert Application.objects.get().outcome == Outcome.ACCEPTED
    assert came_in.redirect_chain[-1][0] == f"/mijn/{organisation.slug}/profiel/"
    assert Client().get(organisation.get_absolute_url()).status_code == 200


def test_accepting_on_trial_and_into_a_former_member(client: Client, cast: Cast) -> None:
    today = timezone.localdate()
    former = OrganisationFactory(name="Koor De Golfslag", membership=MembershipStatus.FORMER)
    application = sent_application(client)

    decide(cast, application, "aannemen", into=str(former.pk), trial="on")

    assert not Organisation.objects.filter(name="Koor De Golfslag").exclude(pk=former.pk).exists()
    current = former.memberships.current(today).get()
    assert current.status == MembershipStatus.TRIAL
    assert former.memberships.count() == 2


def test_owners_of_who_was_here_hear_of_another(client: Client, cast: Cast) -> None:
    former = OrganisationFactory(name="Koor De Golfslag", membership=MembershipStatus.FORMER)
    RoleFactory(user=cast.outsider, organisation=former, role="owner")
    application = sent_application(client)

    page = cast.client("board").get(f"/bestuur/aanmeldingen/{application.uuid}/").content.decode()
    decide(cast, application, "aannemen", into=str(former.pk))

    assert f"heeft al een beheerder: {cast.outsider}" in page
    assert sent("owner_by_application") == [cast.outsider.email]


def test_application_that_got_an_owner_meanwhile_goes_up_in_no_other(client: Client, cast: Cast) -> None:
    former = OrganisationFactory(name="Koor De Golfslag", membership=MembershipStatus.FORMER)
    application = sent_application(client)
    RoleFactory(user=cast.outsider, organisation=application.organisation, role="owner")

    answer = decide(cast, application, "aannemen", into=str(former.pk)).content.decode()

    assert "Neem de organisatie aan als nieuw." in answer
    assert Application.objects.open().count() == 1


def test_writer_whose_account_is_closed_is_not_accepted(client: Client, cast: Cast) -> None:
    application = sent_application(client)
    User.objects.create_user(EVA, name="Eva", is_active=False)

    answer = decide(cast, application, "aannemen").content.decode()

    assert f"Het account met {EVA} is gesloten." in answer
    assert Application.objects.open().count() == 1


def test_question_waits_for_its_answer(client: Client, cast: Cast) -> None:
    application = sent_application(client)
    decide(cast, application, "vragen", question="Met hoeveel zijn jullie?")
    path = link(EVA, "application_question")
    asked = client.get(path).content.decode()
    empty = client.post(path, {"answer": ""})
    client.post(path, {"answer": "Met veertig."})

    stored = Application.objects.select_related("membership").get()
    assert "Met hoeveel zijn jullie?" in asked
    assert empty.status_code == 422
    assert stored.answer == "Met veertig."
    assert stored.membership is not None
    assert stored.membership.status == MembershipStatus.APPLIED
    assert sent("application_answered") == [cast.board.email]


def test_rejection_is_mailed_with_its_reason_and_the_way_on(client: Client, cast: Cast) -> None:
    application = sent_application(client)
    without = decide(cast, application, "afwijzen", reason="")
    decide(cast, application, "afwijzen", reason="Jullie zitten in een andere stad.")
    late = decide(cast, application, "aannemen")

    text = mail(EVA, "application_rejected").text
    assert without.status_code == 422
    assert "Jullie zitten in een andere stad." in text
    assert "ledenvergadering" in text
    assert "intussen al beslist" in late.content.decode()
    assert not User.objects.filter(email=EVA).exists()


def test_business_that_is_rejected_hears_of_no_meeting_of_members(client: Client, cast: Cast) -> None:
    client.post("/lid-worden/bedrijf/", form(name="Slagerij Kors"))
    client.post(link(EVA, "application_confirm"), {"doe": "verstuur"})
    decide(cast, Application.objects.get(), "afwijzen", reason="Dit bedrijf zit in een andere stad.")

    text = mail(EVA, "application_rejected").text
    assert "Opnieuw aanmelden mag altijd." in text
    assert "ledenvergadering" not in text


def test_applicant_takes_it_back(client: Client, cast: Cast) -> None:
    application = sent_application(client)
    path = link(EVA, "application_received")
    client.post(path, {"doe": "intrekken"})

    assert Application.objects.get().outcome == Outcome.WITHDRAWN
    assert "ingetrokken" in client.get(path).content.decode()
    assert "beslist" in decide(cast, application, "aannemen").content.decode()


def test_business_registers_and_is_listed_on_the_boards_word(client: Client, cast: Cast) -> None:
    typed = form(name="Slagerij Kors", branch="Horeca") | {"once": str(uuid.uuid4())}
    client.post("/lid-worden/bedrijf/", typed)
    client.post(link(EVA, "application_confirm"), {"doe": "verstuur"})
    business = Organisation.objects.get(name="Slagerij Kors")
    before = business.listed_on
    decide(cast, Application.objects.get(), "aannemen")

    business.refresh_from_db()
    assert (business.kind, before, business.listed_on) == (OrganisationKind.BUSINESS, None, timezone.localdate())
    assert not business.memberships.exists()


def test_too_many_in_an_hour_are_held_up(client: Client) -> None:
    for _each in range(5):
        client.post("/lid-worden/", form())

    answer = client.post("/lid-worden/", form())

    assert answer.status_code == 422
    assert "over een uur" in answer.content.decode()
    assert Application.objects.count() == 5


def test_what_nobody_confirmed_is_erased_with_its_link(client: Client) -> None:
    client.post("/lid-worden/", form())
    later = timezone.now() + dt.timedelta(hours=49)

    assert applying.forget_unconfirmed(timezone.now()) == 0
    applying.forget_unconfirmed(later)

    assert not Application.objects.exists()
    assert not ActionLink.objects.filter(revoked_at=None).exists()


def test_former_member_comes_back_on_the_same_name(cast: Cast) -> None:
    former = OrganisationFactory(membership=MembershipStatus.FORMER)
    RoleFactory(user=cast.outsider, organisation=former, role="owner")
    outsider = cast.client("outsider")

    outsider.post(f"/mijn/{former.slug}/lidmaatschap/opnieuw/", {"motivation": "We missen jullie."})
    again = outsider.post(f"/mijn/{former.slug}/lidmaatschap/opnieuw/", {"motivation": "Nog eens."}, follow=True)

    assert former.memberships.applying().count() == 1
    assert again.status_code == 200
    assert Invitation.objects.count() == 0
