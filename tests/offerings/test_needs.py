from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from kring.mail.models import ActionLink, Message
from members.models import Role
from offerings import need_notices
from offerings.models import OPEN_FOR, Need, NeedState, NeedStateNotAllowed
from tests.conftest import Cast
from tests.factories import NeedFactory, OfferingFactory

pytestmark = pytest.mark.django_db

S = NeedState
TODAY = dt.date(2015, 11, 23)
NEW = "/mijn/taalhuis/vragen/nieuw/"
MINE = "/mijn/taalhuis/vragen/"


def typed(client: Client, path: str, **changed: str) -> dict[str, str]:
    """The form as the page has it, with what somebody typed."""
    form = client.get(path).context["form"]
    given = {name: form[name].value() for name in form.fields}
    kept = {name: str(value() if callable(value) else value) for name, value in given.items() if value is not None}
    return kept | changed


# --- verbs ---


def test_a_need_moves_between_open_met_and_closed() -> None:
    need = NeedFactory(expires_on=TODAY)

    need.meet(TODAY)
    assert (need.state, need.is_open(TODAY)) == (S.MET, False)
    with pytest.raises(NeedStateNotAllowed):
        Need.objects.get(pk=need.pk).close(TODAY)
    need.extend(TODAY)
    assert (need.state, need.expires_on, need.confirmed_on) == (S.OPEN, TODAY + OPEN_FOR, TODAY)
    need.close(TODAY)
    assert Need.objects.get(pk=need.pk).state == S.CLOSED


def test_extending_never_shortens() -> None:
    need = NeedFactory(expires_on=TODAY + dt.timedelta(days=300))

    need.extend(TODAY)

    assert need.expires_on == TODAY + dt.timedelta(days=300)


def test_a_need_stands_open_up_to_and_with_its_last_day() -> None:
    need = NeedFactory(expires_on=TODAY)

    assert list(Need.objects.open(TODAY)) == [need]
    assert list(Need.objects.open(TODAY + dt.timedelta(1))) == []
    assert (need.has_ended(TODAY), need.has_ended(TODAY + dt.timedelta(1))) == (False, True)


def test_nothing_stands_open_for_ever() -> None:
    with transaction.atomic(), pytest.raises(IntegrityError):
        NeedFactory(expires_on=None)

    assert NeedFactory().expires_on == timezone.localdate() + OPEN_FOR
    assert NeedFactory(state=S.DRAFT, expires_on=None).expires_on is None


# --- the pages ---


def test_a_search_that_finds_nothing_becomes_a_need(cast: Cast) -> None:
    client = cast.client("editor")
    OfferingFactory(title="Timmerman met bus", organisation=cast.elsewhere)
    page = client.get("/menukaart/", {"q": "verfspuit"}).content.decode()
    assert '/vragen/plaats/?titel=verfspuit"' in page

    way = client.get("/vragen/plaats/?titel=timmerman gezocht")
    assert way["Location"] == f"{NEW}?titel=timmerman+gezocht"
    form = typed(client, way["Location"], means="people", description="Voor *een* zaterdag.")
    assert form["title"] == "Timmerman gezocht"
    done = client.post(NEW, form, follow=True)

    need = Need.objects.get()
    assert (need.title, need.state, need.organisation) == ("Timmerman gezocht", S.OPEN, cast.member)
    assert done.redirect_chain == [(f"/vragen/{need.slug}/", 302)]
    assert "Timmerman met bus" in done.content.decode()
    assert "gaat ook over ‘timmerman’" in done.content.decode()
    again = client.post(NEW, form)
    assert again["Location"] == need.get_absolute_url()
    assert Need.objects.count() == 1


def test_a_need_without_a_match_says_so(cast: Cast, client: Client) -> None:
    need = NeedFactory(title="Helikopter", organisation=cast.member)
    OfferingFactory(title="Koken met buren")

    assert "staat nu geen goede match" in client.get(need.get_absolute_url()).content.decode()


def test_who_serves_no_organisation_hears_how_to_ask(cast: Cast) -> None:
    Role.objects.filter(user=cast.outsider).update(until=timezone.localdate())

    page = cast.client("outsider").get("/vragen/plaats/?titel=verf").content.decode()

    assert "Je hoort nog bij geen organisatie" in page


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("title", "", "Dit veld is vereist."),
        ("quantity", "0", "Vul een aantal boven nul in"),
        ("quantity", "1e400", "Zorg dat er niet meer dan 10 cijfers zijn."),
        ("expires_on", "2001-01-01", "Deze datum is al voorbij."),
        ("expires_on", "9999-12-31", "Een vraag staat hoogstens een jaar open."),
        ("wanted_by", "2001-01-01", "Deze datum is al voorbij."),
        ("means", "gold", "Selecteer een geldige keuze."),
    ],
)
def test_bad_input_is_kept_and_mended(cast: Cast, field: str, value: str, told: str) -> None:
    client = cast.client("editor")

    answer = client.post(NEW, typed(client, NEW, title="Verf", means="goods") | {field: value})

    assert answer.status_code == 422
    assert [told in error for error in answer.context["form"].errors[field]] == [True], answer.context["form"].errors
    assert answer.context["form"][field].value() == value
    assert not Need.objects.exists()


def test_of_two_who_change_a_need_the_second_is_told(cast: Cast) -> None:
    need = NeedFactory(organisation=cast.member, title="Verf")
    client = cast.client("editor")
    path = f"{MINE}{need.slug}/"
    mine, theirs = typed(client, path, title="Blauwe verf"), typed(client, path, title="Rode verf")
    client.post(path, theirs)

    answer = client.post(path, mine)

    assert answer.status_code == 422
    assert [(each["theirs"], each["yours"]) for each in answer.context["conflict"]] == [("Rode verf", "Blauwe verf")]
    assert Need.objects.get().title == "Rode verf"
    again = mine | {"version": answer.context["form"]["version"].value()}
    assert client.post(path, again).status_code == 302
    assert Need.objects.get().title == "Blauwe verf"


def test_a_press_of_a_button_twice_says_that_it_was_done(cast: Cast) -> None:
    need = NeedFactory(organisation=cast.member)
    client = cast.client("owner")
    for _press in range(2):
        told = client.post(f"{MINE}{need.slug}/stap/", {"step": "meet"}, follow=True).content.decode()

    assert Need.objects.get().state == S.MET
    assert "Dat was al gebeurd" in told


# --- the mail ---


def ask(need: Need, day: dt.date) -> list[Message]:
    need_notices.ask_whether_they_stand(day)
    return list(Message.objects.filter(about=need_notices.about(need)).order_by("pk"))


def link_of(message: Message) -> str:
    """Where the button of a mail leads."""
    line = next(line for line in message.text.splitlines() if "/a/" in line)
    return "/" + line.split("/", 3)[3].split("?")[0].strip(" >")


def test_who_asked_is_asked_once_in_the_last_week_also_after_a_missed_day(cast: Cast) -> None:
    end = timezone.localdate() + dt.timedelta(days=30)
    need = NeedFactory(organisation=cast.member, expires_on=end)
    NeedFactory(organisation=cast.member, state=S.MET)

    assert ask(need, end - dt.timedelta(days=8)) == []
    assert {message.email for message in ask(need, end - dt.timedelta(days=5))} == {
        cast.editor.email,
        cast.owner.email,
    }
    assert len(ask(need, end - dt.timedelta(days=4))) == 2
    assert len(ask(need, end + dt.timedelta(days=1))) == 2
    need.expires_on = end + dt.timedelta(days=90)
    need.save()
    assert len(ask(need, end + dt.timedelta(days=85))) == 4


@pytest.mark.parametrize(("deed", "state"), [("langer", S.OPEN), ("geregeld", S.MET), ("sluit", S.CLOSED)])
def test_one_click_from_the_mail_answers_without_signing_in(cast: Cast, client: Client, deed: str, state: str) -> None:
    today = timezone.localdate()
    need = NeedFactory(organisation=cast.member, expires_on=today, confirmed_on=today - dt.timedelta(days=90))
    path = link_of(ask(need, today)[0])

    page = client.get(f"{path}?keuze={deed}")
    assert (page.status_code, page.context["chosen"]) == (200, deed)
    assert Need.objects.get().version == 0  # looking changes nothing
    client.post(path, {"doe": deed})
    over = client.get(path)

    need.refresh_from_db()
    assert need.state == state
    assert need.expires_on == (today + OPEN_FOR if state == S.OPEN else today)
    assert "Zo staat het ervoor" in over.content.decode()
    client.post(path, {"doe": "sluit"})
    assert Need.objects.get().state == state


def test_who_serves_it_no_more_cannot_answer(cast: Cast, client: Client) -> None:
    today = timezone.localdate()
    need = NeedFactory(organisation=cast.member, expires_on=today, confirmed_on=today - dt.timedelta(days=90))
    path = link_of(ask(need, today)[0])
    holder = ActionLink.objects.order_by("pk")[0].user
    Role.objects.filter(user=holder).update(until=today)

    client.post(path, {"doe": "sluit"})

    assert Need.objects.get().state == S.OPEN
