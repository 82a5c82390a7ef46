from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from kring.accounts import signing_in
from kring.accounts.models import User
from kring.mail.models import Kind, Message
from tests.accounts.conftest import code_for, last_mail, sign_in
from tests.factories import UserFactory

WRONG = "0000-0000"


def test_code_by_mail_signs_in(client: Client, anna: User) -> None:
    asked = client.post("/inloggen/", {"email": "Anna@Voorbeeld.example "})
    given = client.post(asked["Location"], {"code": code_for(anna.email)})

    assert (asked.status_code, asked["Location"]) == (302, "/inloggen/code/")
    assert (given.status_code, given["Location"]) == (302, "/mijn/")
    assert client.get("/account/").context["user"] == anna
