"""What an organisation says of itself, and whom it shows."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from kring.foundation.actors import Actor
from members.forms.profile import ProfileForm
from members.models import LegalForm, Organisation, Role
from tests.conftest import Cast
from tests.factories import BusinessFactory, RoleFactory

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

    page = cast.client("visitor").get(firm.get_absolute_url()).content.decode()
    refused = save(cast, "business", firm)
    kept = save(cast, "business", firm, rsin="")

    assert "123456782" not in page
    assert "kan iemands burgerservicenummer zijn" in refused
    assert SAVED in kept


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
