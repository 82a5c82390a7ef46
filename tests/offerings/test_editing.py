"""Writing an offering: the card while one types, a copy, the order, a pause with an end."""

from __future__ import annotations

import datetime as dt
import uuid
from io import BytesIO
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.test import Client, RequestFactory
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings

from offerings import copying
from offerings.models import Audience, Means, Offering, OfferingState, OfferingStateNotAllowed
from tests.conftest import Cast
from tests.factories import CategoryFactory, OfferingFactory

pytestmark = pytest.mark.django_db


def typed(**changed: Any) -> dict[str, Any]:
    base = {
        "title": "Varen met de klas",
        "summary": "Een middag op het water.",
        "category": CategoryFactory().pk,
        "audience": "city",
        "price_kind": "free",
        "place": "at_us",
        "version": "0",
        "once": str(uuid.uuid4()),
    }
    return base | changed


def addresses(who: str) -> str:
    return f"/mijn/{who}/aanbod/"


def test_first_questions_are_enough_to_be_on_the_card(cast: Cast) -> None:
    path = addresses(cast.member.slug)
    page = cast.client("editor").get(f"{path}nieuw/").content.decode()
    first = page[: page.index("<details")]
    assert [name for name in ("title", "summary", "category", "audience", "price") if f'name="{name}"' in first] == [
        "title",
        "summary",
        "category",
        "audience",
    ]

    cast.client("editor").post(f"{path}nieuw/", typed(publish="1"))

    offering = Offering.objects.get()
    assert (offering.slug, offering.state) == ("varen-met-de-klas", OfferingState.PUBLISHED)
    assert Client().get(offering.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("state", [OfferingState.ARCHIVED, OfferingState.PAUSED, OfferingState.DRAFT])
def test_saved_and_put_on_the_card_from_any_state(cast: Cast, state: OfferingState) -> None:
    offering = OfferingFactory(organisation=cast.member, state=state)

    answer = cast.client("editor").post(f"{addresses(cast.member.slug)}{offering.slug}/", typed(publish="1"))

    offering.refresh_from_db()
    assert (answer.status_code, offering.title) == (302, "Varen met de klas")
    assert (offering.state, offering.archived_on) == (OfferingState.PUBLISHED, None)


def test_preview_shows_what_was_typed_so_far_and_writes_nothing(cast: Cast) -> None:
    there = OfferingFactory(organisation=cast.member, title="Zeilen")
    client, path = cast.client("editor"), f"{addresses(cast.member.slug)}voorbeeld/"

    card = client.post(path, typed(title="Roeien <b>", summary=""), headers={"HX-Request": "true"})
    unfinished = client.post(path, {"title": "", "price_kind": "fixed", "price": "tien"})
    over = client.post(path, typed(welk=there.slug, title="Roeien"), headers={"HX-Request": "true"})

    assert "Roeien &lt;b&gt;" in card.content.decode()
    assert "<html" not in card.content.decode()
    assert "prijs in overleg" in unfinished.content.decode()
    assert "<html" in unfinished.content.decode()
    assert f"/menukaart/{there.slug}/" in over.content.decode()
    assert list(Offering.objects.values_list("title", flat=True)) == ["Zeilen"]


def test_business_says_which_of_the_five_it_gives(cast: Cast) -> None:
    client, path = cast.client("business"), f"{addresses(cast.firm.slug)}nieuw/"

    given = typed(means="goods", quantity="3", unit="laptops", publish="1")
    given.pop("audience")
    assert client.post(path, typed(publish="1")).status_code == 422  # of a business it is asked
    client.post(path, given)

    offering = Offering.objects.get()
    assert (offering.means, offering.audience, offering.quantity) == (Means.GOODS, Audience.BOTH, 3)
    assert offering.title in Client().get("/menukaart/?van=bedrijven&m=middelen").content.decode()
    assert offering.title not in Client().get("/menukaart/?van=bedrijven&m=munten").content.decode()
    assert offering.title not in Client().get("/menukaart/").content.decode()


def test_member_cannot_give_in_an_m(cast: Cast) -> None:
    cast.client("owner").post(f"{addresses(cast.member.slug)}nieuw/", typed(means="money"))

    assert Offering.objects.get().means == ""


def picture() -> ContentFile[bytes]:
    made = BytesIO()
    Image.new("RGB", (20, 20), "red").save(made, "WEBP")
    return ContentFile(made.getvalue(), name="foto.webp")


def test_copy_is_a_draft_with_a_photo_of_its_own(cast: Cast, settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    offering: Offering = OfferingFactory(organisation=cast.member, title="Zeilen", photo=picture(), months=[4, 5])
    client, path = cast.client("editor"), f"{addresses(cast.member.slug)}{offering.slug}/kopie/"
    once = str(uuid.uuid4())

    went_to = [client.post(path, {"once": once})["Location"] for _ in range(2)]

    copied = Offering.objects.exclude(pk=offering.pk).get()
    assert went_to == [f"{addresses(cast.member.slug)}{copied.slug}/"] * 2
    assert (copied.title, copied.state, copied.months) == ("Kopie van Zeilen", OfferingState.DRAFT, [4, 5])
    assert copied.published_on is None
    assert copied.photo.name != offering.photo.name
    assert copied.photo.read() == offering.photo.read()


def test_copy_finds_another_address_when_its_own_was_taken(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    offering: Offering = OfferingFactory(organisation=cast.member, title="Zeilen")
    OfferingFactory(slug="kopie-van-zeilen")
    monkeypatch.setattr(copying, "free_slug", lambda title: "kopie-van-zeilen")  # as seen before the other came

    copied = copying.copy(offering, uuid.uuid4(), timezone.localdate())

    assert copied.slug.startswith("kopie-van-zeilen-")


def test_place_is_not_changed_of_what_moved_on_meanwhile(cast: Cast) -> None:
    offering: Offering = OfferingFactory(organisation=cast.member)
    Offering.objects.update(state=OfferingState.PAUSED)

    with pytest.raises(OfferingStateNotAllowed):
        offering.change_place(1)


def test_conflict_says_in_words_whether_a_wheelchair_can_come(cast: Cast) -> None:
    offering: Offering = OfferingFactory(organisation=cast.member, wheelchair_accessible=True, version=1)
    path = f"{addresses(cast.member.slug)}{offering.slug}/"

    page = cast.client("editor").post(path, typed(wheelchair_accessible="false"))

    told = {pair["label"]: (pair["theirs"], pair["yours"]) for pair in page.context["conflict"]}
    assert told["Rolstoeltoegankelijk"] == ("Ja", "Nee")


def test_change_by_an_administrator_is_a_new_version(cast: Cast) -> None:
    offering: Offering = OfferingFactory(organisation=cast.member)
    model_admin, request = admin.site.get_model_admin(Offering), RequestFactory().post("/")

    model_admin.save_model(request, offering, form=None, change=True)

    offering.refresh_from_db()
    assert offering.version == 1


def test_order_is_theirs_and_shows_on_their_page(cast: Cast) -> None:
    for title in ("Aa", "Bb", "Cc"):
        OfferingFactory(organisation=cast.member, title=title, slug=title.lower())
    OfferingFactory(organisation=cast.member, title="Dd", state=OfferingState.DRAFT, published_on=None)
    client, path = cast.client("editor"), addresses(cast.member.slug)

    def order() -> list[str]:
        return [row["offering"].title for row in client.get(path).context["rows"]]

    client.post(f"{path}cc/stap/", {"step": "up"})
    client.post(f"{path}aa/stap/", {"step": "down"})
    assert order() == ["Cc", "Aa", "Bb", "Dd"]
    client.post(f"{path}cc/stap/", {"step": "up"})  # is first already
    client.post(f"{path}bb/stap/", {"step": "down"})  # is last already
    assert order() == ["Cc", "Aa", "Bb", "Dd"]

    page = Client().get(cast.member.get_absolute_url()).content.decode()
    assert page.index("/menukaart/cc/") < page.index("/menukaart/aa/") < page.index("/menukaart/bb/")


def test_pause_has_an_end_or_none(cast: Cast) -> None:
    offering: Offering = OfferingFactory(organisation=cast.member)
    client, path = cast.client("editor"), f"{addresses(cast.member.slug)}{offering.slug}/even-weg/"
    until = timezone.localdate() + dt.timedelta(days=40)

    refused = client.post(path, {"until": timezone.localdate().isoformat()})
    client.post(path, {"until": until.isoformat()})

    offering.refresh_from_db()
    assert refused.status_code == 422
    assert (offering.state, offering.paused_until) == (OfferingState.PAUSED, until)
    assert client.post(path, {}).status_code == 302  # it was off already, and is told so
