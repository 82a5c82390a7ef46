"""Logs are JSON, one object a line, with the number of the request; and tell on nobody."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from commitments import notices
from commitments.models import Commitment, Enquiry
from config.urls import urlpatterns as site
from kring.accounts.models import User
from kring.foundation.logs import Discretion, Json, Plain, discreet
from kring.mail import leaving, links
from kring.mail.recipients import Recipient
from tests.factories import CommitmentFactory, EnquiryFactory

PERSON = "anna.de.wit@voorbeeld.example"
SECRET = "geheim-woord"


def stumble(request: HttpRequest, token: str) -> HttpResponse:
    """Each kind of fault that has somebody's data in its words."""
    match request.GET.get("how"):
        case "unique":
            User.objects.create(email=PERSON)
            User.objects.create(email=PERSON)
        case "check":
            Enquiry.objects.update(people=0)
        case _:
            raise ImproperlyConfigured(f"nothing for {PERSON} at /a/{token}/?q={token}")
    return HttpResponse()


urlpatterns = [*site, path("struikel/<str:token>/", stumble)]


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What the site says meanwhile, as it says it in production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    told = site_settings.LOGGING["formatters"]["json"]
    handler.setFormatter(Json(told["format"], rename_fields=told["rename_fields"]))
    handler.addFilter(Discretion())
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def objects(said: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


# --- One line per request --------------------------------------------------------------------------------------------


def test_request_is_one_line_with_its_number(client: Client, db: None, said: io.StringIO) -> None:
    answer = client.get("/menukaart/", {"q": SECRET})

    (line,) = [line for line in objects(said) if line["logger"] == "kring.request"]
    assert {key: line[key] for key in ("level", "method", "route", "status", "request_id")} == {
        "level": "INFO",
        "method": "GET",
        "route": "menukaart/",
        "status": 200,
        "request_id": answer["X-Request-ID"],
    }
    assert set(line) == {
        *("time", "level", "logger", "message", "method", "route", "status", "milliseconds", "request_id")
    }


def test_all_that_is_said_during_a_request_has_its_number(client: Client, db: None, said: io.StringIO) -> None:
    answer = client.get("/bestaat-niet/")

    told = objects(said)
    assert {line["logger"] for line in told} == {"kring.request", "django.request"}
    assert {line["request_id"] for line in told} == {answer["X-Request-ID"]}


def test_probe_is_not_worth_a_line(client: Client, db: None, said: io.StringIO) -> None:
    client.get("/healthz")

    assert said.getvalue() == ""


# --- Nobody is told on -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["unique", "check", "other"])
@override_settings(ROOT_URLCONF="tests.foundation.test_logs")
@pytest.mark.django_db(transaction=True)
def test_fault_is_told_without_what_it_was_about(client: Client, said: io.StringIO, how: str) -> None:
    EnquiryFactory(name="Fatima de Vries", email=PERSON, message=SECRET)
    client.raise_request_exception = False

    answer = client.get(f"/struikel/{SECRET}/", {"how": how, "q": SECRET})

    fault = next(line for line in objects(said) if line["logger"] == "django.request")
    assert answer.status_code == 500
    assert "Traceback" in fault["exc_info"]
    assert "in stumble" in fault["exc_info"]
    for private in (PERSON, "anna.de.wit", "Fatima", SECRET):
        assert private not in said.getvalue(), private


@pytest.mark.parametrize(
    "path",
    [
        f"/a/{SECRET}/",
        f"/afmelden/{SECRET}/",
        f"/a/{SECRET}/?x={SECRET}",
        f"/?q={SECRET}",
        f"/nergens/{SECRET}?{SECRET}",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_address_is_not_told(client: Client, db: None, said: io.StringIO, path: str, method: str) -> None:
    strict = Client(enforce_csrf_checks=True)

    getattr(strict, method)(path, headers={"referer": f"http://localhost/{SECRET}"})

    assert said.getvalue()
    assert SECRET not in said.getvalue()


def test_host_and_who_asks_are_not_told(client: Client, db: None, said: io.StringIO) -> None:
    client.get("/", headers={"user-agent": SECRET, "x-forwarded-for": "203.0.113.9"}, REMOTE_ADDR="203.0.113.8")

    assert SECRET not in said.getvalue()
    assert "203.0.113" not in said.getvalue()


def test_real_links_are_not_told(db: None) -> None:
    commitment: Commitment = CommitmentFactory()
    holder = Recipient(email=PERSON)
    url = links.issue(notices.REPORT, commitment.uuid, holder, expires_in=notices.AFTER_DUE)
    gone = leaving.address(commitment.uuid)

    for address in (url, gone):
        token = address.rstrip("/").rsplit("/", 1)[-1]
        told = discreet(f"Bad request: {address}?keuze=yes from {PERSON}")
        assert token not in told
        assert token.split("~")[-1] not in told
        assert "keuze" not in told
        assert PERSON not in told


def test_terminal_is_as_discreet() -> None:
    record = logging.LogRecord("x", logging.INFO, "x", 1, "mail to %s", (PERSON,), None)

    assert Plain("%(message)s").format(record) == "mail to <address>"
