"""Everything by the buttons of the mails, without signing in; and what somebody reads who comes too late."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from commitments import notices, promising
from commitments.models import Commitment, CommitmentState, DateProposal, Evidence, Side
from kring.foundation.actors import Actor
from kring.mail import links
from kring.mail.models import ActionLink, Message
from kring.mail.recipients import Recipient
from tests.conftest import Cast
from tests.factories import CommitmentFactory

pytestmark = pytest.mark.django_db

S = CommitmentState
NOW = timezone.now()
TODAY = timezone.localdate()
WEEK = dt.timedelta(days=7)
SYSTEM = Actor.system()


@pytest.fixture
def commitment(cast: Cast) -> Commitment:
    """The member promises it to the firm, each with one person."""
    cast.editor.roles.all().delete()
    made: Commitment = CommitmentFactory(
        promisor=cast.member, beneficiary=cast.firm, proposed_by_organisation=cast.member, state=S.DRAFT
    )
    return made


def picture() -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "PNG")
    return SimpleUploadedFile("muur.png", made.getvalue(), content_type="image/png")


def path_in_mail(email: str) -> str:
    """The button of the last mail to an address."""
    text = Message.objects.filter(email=email).latest("pk").text
    return urlsplit(re.findall(r"http://\S+/a/\S+", text)[0]).path


def press(client: Client, path: str, **typed: Any) -> Any:
    return client.post(path, {"once": str(uuid.uuid4()), **typed})


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2]).split())


def test_whole_life_by_mail_alone(cast: Cast, commitment: Commitment, client: Client) -> None:
    promising.proposed(commitment, agreed=False, by=SYSTEM, at=NOW)
    maker, receiver = cast.owner.email, cast.business.email

    press(client, path_in_mail(receiver), choice="yes", note="Graag!")
    press(
        client, path_in_mail(maker), choice="date", new_date=(commitment.due_on + WEEK).isoformat(), note="Vakantie."
    )
    press(client, path_in_mail(receiver), choice="yes")
    again = press(client, path_in_mail(maker), choice="progress", quantity="4", photo=picture())
    press(client, urlsplit(again["Location"]).path, choice="done", quantity="10", note="Tien uur geverfd.")
    press(client, path_in_mail(receiver), choice="not_yet", note="De deur nog.")
    press(client, path_in_mail(maker), choice="done", quantity="11", note="Ook de deur.")
    press(client, path_in_mail(receiver), choice="yes", quantity="11")

    commitment.refresh_from_db()
    assert (commitment.state, commitment.confirmed, commitment.delivered) == (S.KEPT, 11, 11)
    assert commitment.due_on == commitment.first_due_on + WEEK
    assert sum(update.quantity for update in commitment.updates.all()) == 11
    assert Evidence.objects.get().image.name.endswith(".webp")
    actors = set(commitment.transitions.exclude(after=S.PROPOSED).values_list("actor_kind", "actor"))
    assert actors == {("link", cast.owner.pk), ("link", cast.business.pk)}
    used = ActionLink.objects.filter(used_at__isnull=False).count()
    assert used == 8


def test_each_link_does_one_thing_once_and_then_says_what_is_the_case(
    cast: Cast, commitment: Commitment, client: Client
) -> None:
    promising.proposed(commitment, agreed=True, by=SYSTEM, at=NOW)
    path = path_in_mail(cast.owner.email)
    for _ in range(2):
        client.get(path)
        client.head(path)
    assert Commitment.objects.get().version == 2  # looking, as a scanner does, changes nothing

    press(client, path, choice="progress", quantity="4")
    second = press(client, path, choice="progress", quantity="4")

    commitment.refresh_from_db()
    assert commitment.delivered == 4
    assert "is bezig. Dank je voor het bijhouden." in text_of(second)
    assert "Mail me een nieuwe link" in text_of(client.get(path))


def test_new_link_is_mailed_to_the_same_address_once_a_day(cast: Cast, commitment: Commitment, client: Client) -> None:
    promising.proposed(commitment, agreed=True, by=SYSTEM, at=NOW)
    path = path_in_mail(cast.owner.email)
    ActionLink.objects.update(expires_at=NOW)
    assert "Deze link is verlopen" in text_of(client.get(path))
    Message.objects.all().delete()

    for _ in range(3):
        assert "Kijk in je mail" in text_of(client.post(path, {"nieuwe-link": "1"}))

    assert [message.email for message in Message.objects.all()] == [cast.owner.email]
    press(client, path_in_mail(cast.owner.email), choice="done", quantity="10", note="Klaar.")
    assert Commitment.objects.get().state == S.REPORTED
    assert "Mail me een nieuwe link" not in text_of(client.get(path))  # nothing to say any more
    assert "is klaar gemeld" in text_of(client.post(path, {"nieuwe-link": "1"}))


@pytest.mark.parametrize("moved", ["withdrawn", "lapsed", "declined", "agreed"])
def test_link_to_what_moved_on_says_so(cast: Cast, commitment: Commitment, client: Client, moved: str) -> None:
    promising.proposed(commitment, agreed=False, by=SYSTEM, at=NOW)
    path = path_in_mail(cast.business.email)
    match moved:
        case "withdrawn":
            promising.withdraw(commitment, SYSTEM, NOW)
        case "lapsed":
            promising.lapse(commitment, NOW)
        case "declined":
            promising.decline(commitment, SYSTEM, NOW, side=Side.BENEFICIARY)
        case _agreed:
            promising.accept(commitment, SYSTEM, NOW, side=Side.BENEFICIARY)
    said = {
        "withdrawn": "is ingetrokken",
        "lapsed": "is verlopen",
        "declined": "is niet aangenomen",
        "agreed": "Succes",
    }

    assert said[moved] in text_of(press(client, path, choice="yes"))
    assert Commitment.objects.get().state == moved


def test_older_question_about_a_date_is_over(cast: Cast, commitment: Commitment, client: Client) -> None:
    promising.proposed(commitment, agreed=True, by=SYSTEM, at=NOW)
    paths = []
    for weeks in (1, 2):
        asked = {"side": Side.PROMISOR, "new_date": commitment.due_on + weeks * WEEK, "reason": ""}
        promising.propose_date(commitment, SYSTEM, NOW, **asked)
        paths.append(path_in_mail(cast.business.email))

    assert "Er is om een nieuwe datum gevraagd" in text_of(press(client, paths[0], choice="yes"))
    press(client, paths[1], choice="yes")

    assert Commitment.objects.get().due_on == commitment.first_due_on + 2 * WEEK
    assert list(DateProposal.objects.values_list("outcome", flat=True)) == ["over", "accepted"]


def test_receiver_without_an_account_says_what_changes(cast: Cast, commitment: Commitment, client: Client) -> None:
    cast.business.roles.all().delete()
    cast.firm.email = "info@werfnoord.example"
    cast.firm.save()
    promising.proposed(commitment, agreed=True, by=SYSTEM, at=NOW)

    press(client, path_in_mail("info@werfnoord.example"), choice="no_need", note="We zijn verhuisd.")

    commitment.refresh_from_db()
    assert (commitment.state, commitment.given_back_reason) == (S.GIVEN_BACK, "no_need")
    assert commitment.transitions.get(after=S.GIVEN_BACK).actor_name == "Werf Noord B.V."


def test_link_is_for_one_person(cast: Cast, commitment: Commitment) -> None:
    promising.proposed(commitment, agreed=False, by=SYSTEM, at=NOW)
    path = path_in_mail(cast.business.email)

    for who in ("outsider", "owner"):
        client = cast.client(who)
        assert "Deze link is voor een ander" in text_of(client.get(path))
        assert press(client, path, choice="yes").status_code == 403
    assert Commitment.objects.get().state == S.PROPOSED
    press(cast.client("business"), path, choice="yes")
    assert Commitment.objects.get().transitions.get(after=S.AGREED).actor_kind == "user"


def test_link_does_nothing_about_another_thing(cast: Cast, commitment: Commitment, client: Client) -> None:
    """The purpose is part of it: who may report may not confirm."""
    promising.proposed(commitment, agreed=True, by=SYSTEM, at=NOW)
    other = CommitmentFactory(promisor=cast.member, beneficiary=cast.firm, state=S.REPORTED, reported_at=NOW)
    path = path_in_mail(cast.owner.email)

    press(client, path, choice="yes", quantity="10", uuid=str(other.uuid), deed="confirm")

    assert set(Commitment.objects.values_list("state", flat=True)) == {S.AGREED, S.REPORTED}


def test_wrong_input_keeps_what_was_typed_and_the_link(cast: Cast, commitment: Commitment, client: Client) -> None:
    promising.proposed(commitment, agreed=True, by=SYSTEM, at=NOW)
    path = path_in_mail(cast.owner.email)
    answer = press(client, path, choice="done", quantity="veel", note="Tien uur geverfd.")

    assert answer.status_code == 422
    assert "Tien uur geverfd." in answer.content.decode()
    assert press(client, path, choice="done", quantity="10", note="Tien uur geverfd.").status_code == 302
    fake = SimpleUploadedFile("muur.png", b"<svg onload=alert(1)>", content_type="image/png")
    promising.not_yet(Commitment.objects.get(), SYSTEM, NOW, note="x")
    answer = press(client, path_in_mail(cast.owner.email), choice="progress", quantity="1", photo=fake)
    assert "geen foto die we kunnen lezen" in answer.content.decode()


# --- the board's list ---


def test_board_sees_who_holds_what_and_takes_it_back(cast: Cast, commitment: Commitment, client: Client) -> None:
    promising.proposed(commitment, agreed=True, by=SYSTEM, at=NOW)
    links.issue("account.other", uuid.uuid4(), Recipient.of(cast.owner), expires_in=WEEK)
    path, held = path_in_mail(cast.owner.email), ActionLink.objects.get(purpose=notices.REPORT)
    board = cast.client("board")

    shown = text_of(board.get("/bestuur/links/"))
    assert commitment.title in shown
    assert "melden hoe het gaat" in shown
    assert "account.other" not in shown
    assert cast.business.email not in text_of(board.get("/bestuur/links/", {"q": "owner"}))
    assert cast.owner.email in text_of(board.get("/bestuur/links/", {"over": str(commitment.uuid)}))
    board.post(f"/bestuur/links/{held.uuid}/intrekken/")

    assert press(client, path, choice="done", quantity="10", note="Klaar.").status_code == 200
    assert "Mail me een nieuwe link" not in text_of(client.get(path))
    assert "Kijk in je mail" not in text_of(client.post(path, {"nieuwe-link": "1"}))
    assert Commitment.objects.get().state == S.AGREED
    assert f"De link aan {cast.owner.email} werkt niet meer." in text_of(board.get("/bestuur/links/"))
    assert cast.owner.email not in text_of(board.get("/bestuur/links/"))
    assert "ingetrokken" in text_of(board.get("/bestuur/links/?stand=alle"))


# --- the board's rules ---


def test_board_sees_a_rule_on_a_real_commitment_before_it_saves(
    cast: Cast, commitment: Commitment, reminder_rules: None
) -> None:
    promising.proposed(commitment, agreed=True, by=SYSTEM, at=NOW)
    board, path = cast.client("board"), "/bestuur/herinneringen/due-3/"
    issued = ActionLink.objects.count()
    assert commitment.title in text_of(board.get(path))
    typed = {"name": "Drie dagen", "anchor": "due", "offset_days": "-4", "audience": "promisor", "is_active": "on"}
    words = {"subject": "Bijna: {toezegging}", "text": "Dag {naam}, {maker} doet {hoeveel}.", "version": "0"}

    looked = board.post(path, {**typed, **words, "voorbeeld": "1", "commitment": str(commitment.uuid)})
    assert f"Bijna: {commitment.title}" in text_of(looked)
    assert "Dag Board, Taalhuis De Schrijfplank doet 10 uur." in text_of(looked)
    assert "Drie dagen van tevoren" in text_of(board.get(path))  # nothing was saved
    assert ActionLink.objects.count() == issued

    wrong = board.post(path, {**typed, **words, "text": "Dag {user.password}", "audience": "other_party"})
    assert wrong.status_code == 422
    assert "Dit kunnen we niet invullen: {user.password}." in text_of(wrong)
    assert "Bij die datum kan het aan: wie het doet, voor wie het is, het bestuur." in text_of(wrong)

    assert board.post(path, {**typed, **words, "bewaar": "1"}).status_code == 302
    late = board.post(path, {**typed, **words, "name": "Ander", "bewaar": "1"})  # an older version
    assert (late.status_code, late.context["conflict"]) == (
        422,
        [{"label": "Hoe noemen jullie deze herinnering?", "theirs": "Drie dagen", "yours": "Ander"}],
    )
    assert "Bijna: {toezegging}" in board.get(path).content.decode()


def test_board_adds_a_rule_and_takes_it_away(cast: Cast, reminder_rules: None) -> None:
    board = cast.client("board")
    typed = {
        "name": "Ook de ontvanger",
        "anchor": "due",
        "offset_days": "-1",
        "audience": "beneficiary",
        "version": "0",
    }
    made = board.post("/bestuur/herinneringen/nieuw/", {**typed, "version": "0", "is_active": "on", "bewaar": "1"})
    assert made["Location"] == "/bestuur/herinneringen/ook-de-ontvanger/"
    assert "Ook de ontvanger" in text_of(board.get("/bestuur/herinneringen/"))
    board.post(f"{made['Location']}weg/")
    assert "Ook de ontvanger" not in text_of(board.get("/bestuur/herinneringen/")).partition("is weg.")[2]

    assert board.post("/bestuur/herinneringen/", {"opens": "20:00", "closes": "08:00"}).status_code == 422
    board.post("/bestuur/herinneringen/", {"opens": "09:30", "closes": "17:00"})
    assert 'value="09:30"' in board.get("/bestuur/herinneringen/").content.decode()
