"""What an organisation says of itself, and whom it shows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from kring.foundation.actors import Actor
from members import profiling
from members.forms.profile import ProfileForm
from members.models import LegalForm, Organisation, Role
from tests.conftest import Cast
from tests.factories import BusinessFactory, OrganisationFactory, RoleFactory
from tests.members.mails import link

pytestmark = pytest.mark.django_db

SAVED = "Bewaard. Zo ziet iedereen het nu."


def save(cast: Cast, who: str, organisation: Organisation, **changes: Any) -> str:
    """The form as it stands, with these changes; what the page says."""
    organisation.refresh_from_db()
    form = ProfileForm(instance=organisation)
    typed = {name: form[name].value() for name in form.fields if name != "logo"}
    typed = {name: value for name, value in {**typed, **changes}.items() if value is not None and value is not False}
    path = f"/mijn/{organisation.slug}/profiel/"
    return cast.client(who).post(path, typed, follow=True).content.decode()


def test_number_of_a_sole_trader_is_no_public_one(cast: Cast) -> None:
    firm = BusinessFactory(legal_form=LegalForm.SOLE_TRADER, rsin="123456782")
    RoleFactory(user=cast.business, organisation=firm)
    other = BusinessFactory(legal_form=LegalForm.COMPANY, rsin="123456782")
    assert "123456782" in cast.client("visitor").get(other.get_absolute_url()).content.decode()

    page = cast.client("visitor").get(firm.get_absolute_url()).content.decode()
    refused = save(cast, "business", firm)
    kept = save(cast, "business", firm, rsin="")

    assert "123456782" not in page
    assert "kan iemands burgerservicenummer zijn" in refused
    assert SAVED in kept


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("founding_year", str(timezone.localdate().year + 1), "Dit jaar moet nog komen."),
        ("name", "\u200b\u2800", 'id="id_name_error"'),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(field: str, typed: str, says: str, cast: Cast) -> None:
    page = save(cast, "owner", cast.member, **{field: typed})

    assert SAVED not in page
    assert says in page


def test_link_that_was_not_used_says_what_is_the_case(cast: Cast) -> None:
    """One that ran out, or of somebody who left, does not say that the profile is confirmed."""
    now = timezone.now()
    Organisation.objects.filter(pk=cast.member.pk).update(profile_confirmed_on=now.date() - dt.timedelta(days=400))
    profiling.ask_whether_true(now)
    path = link(cast.owner.email, "profile_check")

    with time_machine.travel(now + dt.timedelta(days=90)):
        late = Client().get(path).content.decode()
    RoleFactory(organisation=cast.member, role="owner")
    Role.objects.get(user=cast.owner).end(Actor.system(), now)
    left = Client().get(path).content.decode()

    assert "is nog niet bevestigd" in late
    assert "Je doet niet meer mee bij Taalhuis De Schrijfplank" in left


def test_partner_needs_no_sector(cast: Cast) -> None:
    partner = OrganisationFactory(kind="partner", main_sector=None)
    RoleFactory(user=cast.outsider, organisation=partner)

    assert SAVED in save(cast, "outsider", partner, tagline="De gemeente.")
    assert SAVED not in save(cast, "owner", cast.member, main_sector="")


def test_contact_who_leaves_is_not_shown_any_more(cast: Cast) -> None:
    type(cast.editor).objects.filter(pk=cast.editor.pk).update(email_is_public=True)
    Organisation.objects.filter(pk=cast.member.pk).update(contact=cast.editor)
    visitor, page = cast.client("visitor"), cast.member.get_absolute_url()
    before = visitor.get(page).content.decode()

    Role.objects.get(user=cast.editor).end(Actor.system(), timezone.now())

    cast.member.refresh_from_db()
    assert cast.editor.email in before
    assert cast.editor.email not in visitor.get(page).content.decode()
    assert cast.member.contact is None


def test_contact_whose_role_changes_stays(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.member.pk).update(contact=cast.editor)

    Role.objects.get(user=cast.editor).change("owner", Actor.system(), timezone.now())

    cast.member.refresh_from_db()
    assert cast.member.contact == cast.editor


@pytest.mark.parametrize("gone", ["account", "role"])
def test_contact_who_is_gone_is_neither_shown_nor_in_the_way(gone: str, cast: Cast) -> None:
    """Also where nobody took the contact away."""
    users = type(cast.editor).objects.filter(pk=cast.editor.pk)
    users.update(email_is_public=True, is_active=gone != "account")
    Organisation.objects.filter(pk=cast.member.pk).update(contact=cast.editor)
    if gone == "role":
        Role.objects.filter(user=cast.editor).delete()

    shown = cast.client("visitor").get(cast.member.get_absolute_url()).content.decode()
    saved = cast.program("owner").patch(
        f"/api/v1/organisations/{cast.member.uuid}/",
        {"tagline": "Samen lezen."},
        content_type="application/json",
        headers={"If-Match": '"0"'},
    )

    assert cast.editor.email not in shown
    assert saved.status_code == 200
