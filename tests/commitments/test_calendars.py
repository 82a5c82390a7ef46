"""The calendar of an organisation's dates, at an address that is secret, somebody's own, and can be taken back."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
import vobject
from django.test import Client
from django.utils import timezone

from commitments import calendars
from commitments.models import CalendarFeed, CommitmentState, Visibility
from kring.accounts.models import BoardSeat, User
from tests.conftest import Cast
from tests.factories import CommitmentFactory

pytestmark = pytest.mark.django_db

S = CommitmentState
PAGE = "/mijn/taalhuis/agenda/"


def made_by(client: Client) -> str:
    """The path of a new feed, from the page that shows it once."""
    page = client.post(PAGE, {"doe": "maak"}).content.decode()
    found = re.search(r'readonly value="([^"]+)"', page)
    assert found
    return urlsplit(found[1]).path


def test_calendar_has_what_still_has_to_happen_and_nothing_else(cast: Cast, client: Client) -> None:
    title = "Verf; kwasten, én\nladders: " + "lang " * 15
    running = CommitmentFactory(
        promisor=cast.firm, beneficiary=cast.member, title=title, visibility=Visibility.PARTIES, next_step="Bel Jan"
    )
    proposed = CommitmentFactory(promisor=cast.member, beneficiary=None, state=S.PROPOSED)
    CommitmentFactory(promisor=cast.firm, beneficiary=cast.member, state=S.KEPT, confirmed=1)
    CommitmentFactory(promisor=cast.firm, beneficiary=cast.member, state=S.DRAFT)
    CommitmentFactory(promisor=cast.firm, beneficiary=cast.elsewhere)

    answer = client.get(made_by(cast.client("editor")))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    read = vobject.readOne(answer.content.decode())
    events = {event.uid.value.split("@")[0]: event for event in read.vevent_list}
    assert set(events) == {str(running.uuid), str(proposed.uuid)}
    event = events[str(running.uuid)]
    assert event.summary.value == f"Klaar: {title}"
    assert (event.dtstart.value, event.dtend.value) == (running.due_on, running.due_on + dt.timedelta(days=1))
    assert (event.status.value, event.transp.value) == ("CONFIRMED", "TRANSPARENT")
    assert events[str(proposed.uuid)].status.value == "TENTATIVE"
    assert all(words in event.description.value for words in (cast.firm.name, "10", "Afgesproken", "Bel Jan"))
    assert event.url.value.endswith(running.get_absolute_url())
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))


def test_calendar_that_did_not_change_is_not_sent_again(cast: Cast, client: Client) -> None:
    path = made_by(cast.client("editor"))
    commitment = CommitmentFactory(promisor=cast.firm, beneficiary=cast.member)
    etag = client.get(path)["ETag"]

    same = client.get(path, headers={"If-None-Match": etag})
    commitment.due_on += dt.timedelta(days=3)
    commitment.save()

    assert same.status_code == 304
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_secret_is_shown_once_and_kept_as_a_hash(cast: Cast, client: Client) -> None:
    editor = cast.client("editor")
    path = made_by(editor)
    token = path.rsplit("/", 1)[1].removesuffix(".ics")

    assert token not in editor.get(PAGE).content.decode()
    assert CalendarFeed.objects.get().token_hash != token
    following = made_by(editor)
    assert [client.get(each).status_code for each in (path, following)] == [404, 200]
    assert CalendarFeed.objects.open().count() == 1


def test_address_ends_when_it_is_taken_back_by_its_holder_or_by_who_answers(cast: Cast, client: Client) -> None:
    editor, owner = cast.client("editor"), cast.client("owner")
    paths = [made_by(editor), made_by(owner)]
    assert cast.editor.name in owner.get(PAGE).content.decode()
    assert "Wie een adres heeft" not in editor.get(PAGE).content.decode()

    editor.post(PAGE, {"doe": "alle-intrekken"})
    assert [client.get(path).status_code for path in paths] == [200, 200]
    editor.post(PAGE, {"doe": "intrekken"})
    assert [client.get(path).status_code for path in paths] == [404, 200]
    owner.post(PAGE, {"doe": "alle-intrekken"})
    assert [client.get(path).status_code for path in paths] == [404, 404]


@pytest.mark.parametrize("who", ["editor", "board"])
def test_address_of_who_has_left_gives_nothing_any_more(cast: Cast, client: Client, who: str) -> None:
    path = made_by(cast.client(who))
    user: User = getattr(cast, who)
    before = client.get(path).status_code

    user.roles.update(until=timezone.localdate())  # type: ignore[attr-defined]
    BoardSeat.objects.filter(user=user).update(until=timezone.localdate())

    assert (before, client.get(path).status_code) == (200, 404)


def test_address_of_a_closed_account_and_guesses_give_nothing(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made_by(cast.client("editor"))
    User.objects.filter(pk=cast.editor.pk).update(is_active=False)

    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 405
    monkeypatch.setattr("commitments.views.calendars.MOST_AN_HOUR", 3)
    guesses = [client.get(f"/feeds/toezeggingen/{'x' * number}.ics").status_code for number in (5, 300)]
    assert guesses == [404, 404]
    assert client.get("/feeds/toezeggingen/nog-een.ics").status_code == 429


def test_calendar_is_in_the_language_of_its_holder(cast: Cast, client: Client) -> None:
    User.objects.filter(pk=cast.editor.pk).update(language="en")
    CommitmentFactory(promisor=cast.firm, beneficiary=cast.member, quantity=1250, unit="euro")

    body = client.get(made_by(cast.client("editor"))).content.decode()

    assert "1\\,250" in body
    assert calendars.MOST_EVENTS == 1_000
