"""Forms without a token, on pages that all visitors share: only a form on this site reaches them."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from offerings.models import Offering
from tests.factories import OfferingFactory

OURS = ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost:8000"}, {})
THEIRS = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8000"},
    {"Sec-Fetch-Site": "nonsense"},
    {"Origin": "https://elders.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:8000.elders.example"},
    {"Origin": "http://localhost:8000@elders.example"},
    {"Origin": "https://localhost:8000"},
)


@pytest.fixture
def offering(db: None, settings: Settings) -> Offering:
    settings.SITE_URL = "http://localhost:8000"
    made: Offering = OfferingFactory()
    return made


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_form_on_this_site_is_heard(client: Client, offering: Offering, headers: dict[str, str]) -> None:
    answer = client.post(f"{offering.get_absolute_url()}bewaar/", headers=headers)

    assert answer.status_code == 302
    assert client.session["shortlist"] == [offering.pk]


@pytest.mark.parametrize("headers", THEIRS, ids=str)
def test_form_elsewhere_is_not(client: Client, offering: Offering, headers: dict[str, str]) -> None:
    answer = client.post(f"{offering.get_absolute_url()}bewaar/", headers=headers)

    assert answer.status_code == 403
    assert "shortlist" not in client.session


@pytest.mark.parametrize("target", ["//elders.example", "/\\elders.example", "https://elders.example", "javascript:1"])
def test_next_stays_on_the_site(client: Client, offering: Offering, target: str) -> None:
    answer = client.post(f"{offering.get_absolute_url()}bewaar/", {"next": target})

    assert answer["Location"] == "/bewaarlijst/"
