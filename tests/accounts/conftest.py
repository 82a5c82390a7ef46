from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from kring.accounts.models import User
from kring.mail.models import Message
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def _mail_is_written(settings: Settings) -> None:
    """Django's test runner puts a box of its own in the place of ours."""
    settings.EMAIL_BACKEND = "kring.mail.backend.OutboxBackend"


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def anna(db: None) -> User:
    return UserFactory(name="Anna de Wit", email="anna@voorbeeld.example")


def last_mail(to: str) -> Message:
    return Message.objects.filter(email=to).latest("pk")


def code_for(to: str) -> str:
    """The code in the last mail to this address."""
    found = re.search(r"\d{4}-\d{4}", last_mail(to).text)
    assert found, "there is no code in this mail"
    return found[0]


def sign_in(client: Client, email: str, **kwargs: str) -> None:
    client.post("/inloggen/", {"email": email, **kwargs})
    client.post("/inloggen/code/", {"code": code_for(email), **kwargs})
