"""The cast: the same few people in every test."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management.commands import flush
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from kring.accounts import tokens
from kring.accounts.models import TokenScope, User
from kring.foundation import visitors
from kring.foundation.models import Circle
from members import tally
from members.models import Organisation, RoleKind
from offerings import cards, kept, lexical, search
from tests import browser
from tests.factories import (
    BoardSeatFactory,
    BusinessFactory,
    OrganisationFactory,
    RoleFactory,
    UserFactory,
)

# A test whose transactions are real empties all tables. Making the rows of the permissions anew each time took longer
# than the test, and no test asks for them: what somebody may do does not follow from permissions.
flush.emit_post_migrate_signal = lambda *_arguments, **_options: None  # type: ignore[assignment]


@dataclass(frozen=True)
class Cast:
    """`member` is the organisation of editor and owner, `firm` of the business, `elsewhere` of the outsider."""

    member: Organisation
    firm: Organisation
    elsewhere: Organisation
    business: User
    editor: User
    owner: User
    outsider: User
    board: User
    administrator: User

    def program(self, who: str, scope: str = TokenScope.WRITE) -> Client:
        """A program that comes in with a key of one of the cast."""
        given = {"name": "programma", "scope": scope, "took_second_step": True, "once": uuid.uuid4()}
        secret = tokens.make(getattr(self, who), timezone.now(), **given)  # type: ignore[arg-type]
        return Client(headers={"Authorization": f"Bearer {secret}"})

    def client(self, who: str) -> Client:
        """A browser in which one of the cast is signed in; 'visitor' is signed out."""
        client = Client()
        if who != "visitor":
            client.force_login(getattr(self, who))
        return client


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def make_cast() -> Cast:
    member = OrganisationFactory(slug="taalhuis", name="Taalhuis De Schrijfplank")
    firm = BusinessFactory(slug="werf-noord", name="Werf Noord B.V.")
    elsewhere = OrganisationFactory(slug="speeltuin", name="Speeltuin Het Springtij")
    people = {
        who: UserFactory(name=who.title(), email=f"{who}@voorbeeld.example")
        for who in ("business", "editor", "owner", "outsider", "board")
    }
    RoleFactory(user=people["business"], organisation=firm, role=RoleKind.OWNER)
    RoleFactory(user=people["editor"], organisation=member, role=RoleKind.EDITOR)
    RoleFactory(user=people["owner"], organisation=member, role=RoleKind.OWNER)
    RoleFactory(user=people["outsider"], organisation=elsewhere, role=RoleKind.EDITOR)
    BoardSeatFactory(user=people["board"])
    administrator = UserFactory(
        name="Administrator", email="administrator@voorbeeld.example", is_staff=True, is_superuser=True
    )
    return Cast(member=member, firm=firm, elsewhere=elsewhere, administrator=administrator, **people)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Here, since only a conftest's fixture goes before pytest-playwright's of the same name."""
    return browser_type_launch_args | browser.launch_arguments()


@pytest.fixture
def reminder_rules(db: None) -> None:
    """The rules that every circle starts with, also after a test that emptied all tables."""
    make_reminder_rules()


def make_reminder_rules() -> None:
    import_module("commitments.migrations.0002_reminder_rules").add(apps, None)
    import_module("commitments.migrations.0004_life").add_rule(apps, None)


@pytest.fixture(autouse=True)
def empty_cache(settings: Settings) -> None:
    settings.VISITORS_SEE_AFTER = 0
    cache.clear()
    ContentType.objects.clear_cache()
    Circle.forget()
    visitors.forget()
    kept.forget()
    tally.forget()
    cards.forget()
    search.forget()
    lexical.forget()
