"""Valkey dies under a running site: people go on, and what they asked for goes out once it is back."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from commitments.models import Enquiry
from config.embedded import Valkey
from kring.mail.models import Message, MessageState
from offerings.models import Offering
from tests.conftest import Cast
from tests.factories import OfferingFactory
from tests.processes import wait_until
from tests.product import Product, running
from tests.smtp_server import SmtpServer, smtp_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

ASKER = "fatima@werfnoord.example"
# No page may keep somebody waiting for what is not there.
PATIENCE_SECONDS = 3


@pytest.fixture
def valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """Cache and broker of this test's own: the others go on with theirs."""
    valkey = Valkey(tmp_path / "valkey").start()
    for name, url in valkey.environment().items():
        monkeypatch.setenv(name, url)
    try:
        yield valkey
    finally:
        valkey.stop()


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def site(valkey: Valkey, mail: SmtpServer, tmp_path: Path) -> Iterator[Product]:
    with running(tmp_path, mail_port=mail.port) as product:
        yield product


class Visitor:
    """A browser without a screen."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        return self._open(self.url + path)

    def post(self, path: str, **typed: str) -> str:
        """Fills in the form of the page, its hidden fields as they stand."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.get(path)))
        return self._open(self.url + path, urlencode({**hidden, **typed}).encode())

    def _open(self, url: str, body: bytes | None = None) -> str:
        started = time.monotonic()
        with self._opener.open(url, body, timeout=30) as answer:
            text: str = answer.read().decode()
        assert time.monotonic() - started < PATIENCE_SECONDS, url
        return text

    def ask(self, offering: Offering, email: str = ASKER) -> str:
        return self.post(
            f"{offering.get_absolute_url()}aanvragen/",
            name="Fatima",
            organisation_name="Werf Noord B.V.",
            email=email,
            wanted_by=timezone.localdate().isoformat(),
            message="Kan dit ook in maart?",
            no_counter_favour="on",
        )


def test_who_asks_meanwhile_is_heard(site: Product, valkey: Valkey, mail: SmtpServer, cast: Cast) -> None:
    offering = OfferingFactory(organisation=cast.member)
    visitor = Visitor(site.url)
    visitor.ask(offering, "eerder@werfnoord.example")
    mail.wait_for_mail("eerder@werfnoord.example")

    valkey.stop()
    seen = [visitor.get(path) for path in ("/", "/menukaart/?q=aanbod", offering.get_absolute_url(), "/readyz")]
    answer = visitor.ask(offering)
    stored = (Enquiry.objects.get(email=ASKER).message, Message.objects.get(email=ASKER).state)
    valkey.start()

    arrived = mail.wait_for_mail(ASKER, seconds=60)
    assert "Kijk in je mail" in answer
    assert offering.title in seen[1]
    assert '"status": "degraded"' in seen[3]
    assert stored == ("Kan dit ook in maart?", MessageState.QUEUED)
    assert "Verstuur je aanvraag" in arrived["Subject"]
    assert mail.recipients.count(ASKER) == 1


def test_who_signs_in_meanwhile_gets_in(site: Product, valkey: Valkey, mail: SmtpServer, cast: Cast) -> None:
    visitor = Visitor(site.url)
    valkey.stop()

    asked = visitor.post("/inloggen/", email=cast.editor.email)
    code = re.search(r"\d{4}-\d{4}", Message.objects.get(email=cast.editor.email).text)
    assert code is not None
    inside = visitor.post("/inloggen/code/", code=code[0])

    assert "code" in asked
    assert cast.member.name in inside


def test_flushed_broker_loses_nothing(site: Product, valkey: Valkey, mail: SmtpServer, cast: Cast) -> None:
    """All that was asked of the workers is gone; what there is to do stands in the database."""
    offering, visitor = OfferingFactory(organisation=cast.member), Visitor(site.url)
    valkey.stop()
    for number in range(5):
        visitor.ask(offering, f"lezer-{number}@voorbeeld.example")
    valkey.start()

    mail.wait_for(5, seconds=60)
    wait_until(lambda: set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT})

    assert sorted(mail.recipients) == [f"lezer-{number}@voorbeeld.example" for number in range(5)]
