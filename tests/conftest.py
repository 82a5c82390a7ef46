"""The cast: the same few people in every test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from kring.accounts.models import User
from members.models import Organisation, RoleKind
from tests import browser
from tests.factories import (
    BoardSeatFactory,
    BusinessFactory,
    OrganisationFactory,
    RoleFactory,
    UserFactory,
)

NO_BROWSER = "No Chromium was found: install one (apt install chromium), or name it in CHROMIUM."


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

    def client(self, who: str) -> Client:
        """A browser in which one of the cast is signed in; 'visitor' is signed out."""
        client = Client()
        if who != "visitor":
            client.force_login(getattr(self, who))
        return client


@pytest.fixture
def cast(db: None) -> Cast:
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
    return {**browser_type_launch_args, "executable_path": browser.find(), "args": list(browser.FLAGS)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share one worker, and are passed over where there is no browser."""
    of_browser = [item for item in items if item.get_closest_marker("browser")]
    missing = of_browser and browser.find() is None
    for item in of_browser:
        item.add_marker(pytest.mark.xdist_group("browser"))
        if missing:
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    passed_over = [
        report for report in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(report.longrepr)
    ]
    if passed_over:
        terminalreporter.write_line(f"{len(passed_over)} tests did not run. {NO_BROWSER}", red=True, bold=True)
