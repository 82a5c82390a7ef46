"""What is kept of people: nothing without a reason, all of it for the one it is about, and nothing of another."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.test import Client
from django.utils import timezone

from commitments.models import EnquiryState
from kring.accounts import seeing
from kring.accounts.models import User
from kring.foundation import personal
from kring.foundation.personal import Datum
from members.models import Role, RoleKind
from tests.conftest import Cast
from tests.factories import (
    ApplicationFactory,
    CommitmentFactory,
    EnquiryFactory,
    InvitationFactory,
    OfferingFactory,
    RoleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


# --- The register ----------------------------------------------------------------------------------------------------


def test_every_field_about_people_is_registered() -> None:
    assert personal.unregistered(apps.get_models(include_auto_created=True)) == set()


def test_a_field_nobody_registered_is_noticed() -> None:
    class Guest(models.Model):
        email = models.EmailField()
        remark = models.TextField()
        seats = models.IntegerField()
        brought_by = models.ForeignKey(get_user_model(), models.CASCADE, related_name="+")

        class Meta:
            app_label = "unknown"

    fields = {f"unknown.Guest.{name}" for name in ("email", "remark", "brought_by")}
    assert personal.unregistered([Guest]) == fields


def test_what_is_registered_exists() -> None:
    known = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in personal.fields_of(model)
    }
    told = {name for kept in personal.everything() for name in kept.covers} | personal.declared_impersonal().keys()
    assert told - known == set()


def test_privacy_page_tells_why_and_how_long(client: Client) -> None:
    html = client.get("/privacy/").content.decode()
    for kept in personal.everything():
        assert str(kept.section.title) in html.replace("&#x27;", "'")


# --- One's own record ------------------------------------------------------------------------------------------------


@pytest.fixture
def lived(cast: Cast) -> Cast:
    """The owner and the outsider each did a bit of everything, under their own names."""
    offering = OfferingFactory(organisation=cast.member, contact=cast.owner, title="Taalmaatje")
    for user, organisation in ((cast.owner, cast.member), (cast.outsider, cast.elsewhere)):
        asked = f"vraag van {user.name}"
        EnquiryFactory(offering=offering, asker=organisation, asked_by=user, message=asked, state=EnquiryState.TALKING)
        CommitmentFactory(promisor=organisation, beneficiary=cast.firm, promisor_contact=user)
        InvitationFactory(organisation=organisation, invited_by=user, email=f"gast-{user.name}@voorbeeld.example")
        ApplicationFactory(email=user.email, motivation=f"waarom {user.name}")
    return cast


def test_record_has_what_is_ones_own(lived: Cast) -> None:
    record = lived.client("owner").get("/account/mijn-gegevens.json").json()

    assert record["person"] == lived.owner.email
    assert [role["organisation"] for role in record["roles"]["rows"]] == [lived.member.name]
    assert record["applications"]["rows"][0]["motivation"] == "waarom Owner"
    assert record["roles"]["purpose"]
    text = str(record)
    assert "vraag van Owner" in text


def test_record_has_nothing_of_another(lived: Cast) -> None:
    text = lived.client("owner").get("/account/mijn-gegevens.json").content.decode()
    for others in ("vraag van Outsider", "waarom Outsider", "gast-Outsider", lived.outsider.email):
        assert others not in text


def test_pages_of_the_record_have_every_section_once(lived: Cast) -> None:
    client = lived.client("owner")
    titles: list[str] = []
    number, more = 1, True
    while more:
        page = client.get("/account/mijn-gegevens/", {"page": number}).context
        titles += [section.title for _kept, section in page["told"]] + [
            str(kept.section.title) for kept in page["nothing"]
        ]
        number, more = number + 1, page["page"].has_next()

    assert sorted(titles) == sorted(str(kept.section.title) for kept in personal.everything())


def test_file_is_for_oneself_and_not_kept_on_the_way(cast: Cast) -> None:
    response = cast.client("owner").get("/account/mijn-gegevens.json")
    assert response["Cache-Control"] == "private, no-store"
    assert "attachment" in response["Content-Disposition"]


def test_nothing_secret_stands_in_the_record(cast: Cast) -> None:
    cast.owner.set_password("een lange zin die niemand raadt")
    cast.owner.save()
    text = cast.client("owner").get("/account/mijn-gegevens.json").content.decode()
    assert cast.owner.password not in text
    assert "pbkdf2" not in text
    assert "argon2" not in text


def test_record_of_an_organisation_is_for_its_owners(lived: Cast) -> None:
    path = f"/mijn/{lived.member.slug}/gegevens.json"
    record = lived.client("owner").get(path).json()

    assert record["organisation"] == lived.member.name
    assert [offering["title"] for offering in record["offerings"]] == ["Taalmaatje"]
    assert {role["role"] for role in record["roles"]} == {RoleKind.OWNER, RoleKind.EDITOR}
    assert record["history"]
    assert lived.client("editor").get(path).status_code == 403
    assert lived.client("outsider").get(path).status_code == 403


# --- Who sees it -----------------------------------------------------------------------------------------------------


def seen_by(user: User, datum: Datum) -> set[str]:
    sights = seeing.who_sees(user, timezone.localdate())[datum]
    return {name for sight in sights for name in sight.people.values()}


def test_colleagues_see_the_name_owners_the_address(cast: Cast) -> None:
    assert "Owner" in seen_by(cast.editor, Datum.NAME)
    assert "Owner" in seen_by(cast.editor, Datum.EMAIL)
    assert "Editor" in seen_by(cast.owner, Datum.NAME)
    assert "Editor" not in seen_by(cast.owner, Datum.EMAIL)
    assert "Outsider" not in seen_by(cast.owner, Datum.NAME)


def test_nobody_is_told_that_they_see_themselves(cast: Cast) -> None:
    for who in ("owner", "editor", "board", "administrator"):
        user: User = getattr(cast, who)
        assert user.name not in {name.split(" (")[0] for datum in Datum for name in seen_by(user, datum)}


def test_who_left_a_month_ago_sees_nothing_any_more(cast: Cast) -> None:
    today = timezone.localdate()
    gone = UserFactory(name="Vertrokken")
    RoleFactory(organisation=cast.member, user=gone, since=today - dt.timedelta(days=400), until=today)
    assert "Vertrokken" not in seen_by(cast.editor, Datum.NAME)
    assert Role.objects.filter(user=gone).exists()


def test_sides_of_an_enquiry_see_what_was_written(cast: Cast) -> None:
    offering = OfferingFactory(organisation=cast.member)
    EnquiryFactory(offering=offering, asker=cast.firm, asked_by=cast.business, state=EnquiryState.TALKING)
    assert {"Owner", "Editor"} <= seen_by(cast.business, Datum.ENQUIRIES)
    assert "Outsider" not in seen_by(cast.business, Datum.ENQUIRIES)


def test_page_names_those_who_see(cast: Cast) -> None:
    html: Any = cast.client("editor").get("/account/wie-ziet-wat/").content.decode()
    assert "Owner" in html
    assert "Board" in html
