"""Who asks, and how often; and that being refused costs nobody their text."""

from __future__ import annotations

import uuid

import pytest
import redis
from django.conf import settings as site_settings
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django.fixtures import Settings

from commitments import enquiry_limits
from commitments.models import Enquiry
from kring.foundation import ratelimit
from kring.mail.models import Message
from offerings import search_limits
from tests.factories import OfferingFactory

PROXY = "10.0.0.2"


def caller(forwarded: str | None = None, remote: str = PROXY) -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    return ratelimit.caller(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


# --- Who asks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forwarded", [None, "1.2.3.4", "1.2.3.4, 5.6.7.8", "::1"])
def test_without_a_proxy_nothing_that_is_told_is_believed(settings: Settings, forwarded: str | None) -> None:
    settings.TRUSTED_PROXIES = 0

    assert caller(forwarded, remote="203.0.113.9") == "203.0.113.9"


@pytest.mark.parametrize(
    "told",
    ["", "6.6.6.6, ", "6.6.6.6, 7.7.7.7, ", "127.0.0.1, ", f"{PROXY}, ", ",,, ", "x" * 500 + ", ", "\t6.6.6.6\t,"],
)
def test_behind_the_proxy_only_its_own_word_counts(settings: Settings, told: str) -> None:
    """It adds whom it saw at the end; all before that was written by whoever asked."""
    settings.TRUSTED_PROXIES = 1

    assert caller(f"{told}203.0.113.9") == "203.0.113.9"


def test_proxy_that_says_nothing_is_the_caller_itself(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1

    assert [caller(None), caller(""), caller(" ")] == [PROXY] * 3


@pytest.mark.parametrize("nonsense", ["geen adres", "1.2.3", "1.2.3.4.5", "999.1.1.1", "<script>", "2001:db8::/32"])
def test_what_is_no_address_is_nobody(settings: Settings, nonsense: str) -> None:
    """All of them together, so that inventing addresses is no way round."""
    settings.TRUSTED_PROXIES = 1

    assert caller(nonsense) == ratelimit.UNKNOWN


def test_one_line_of_ipv6_is_one_caller(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    same = {caller(f"2001:db8:1:2:{tail}") for tail in ("::1", ":ffff:ffff:ffff:ffff", "0:0:0:2")}

    assert len({caller("2001:db8:1:2::1"), caller("2001:db8:1:2:ffff:ffff:ffff:ffff"), caller("2001:db8:1:2::9")}) == 1
    assert caller("2001:db8:1:3::1") not in same
    assert caller("::ffff:203.0.113.9") == "203.0.113.9"


# --- How often -------------------------------------------------------------------------------------------------------


def test_limit_counts_per_thing_and_per_caller() -> None:
    def tries(name: str, who: str, times: int) -> list[bool]:
        return [ratelimit.exceeded(name, who, limit=3, seconds=60) for _try in range(times)]

    assert tries("deed", "anna", 5) == [False, False, False, True, True]
    assert tries("deed", "bram", 1) == [False]
    assert tries("other", "anna", 1) == [False]


def test_counting_ends_by_itself() -> None:
    """Valkey forgets it; nothing of ours has to."""
    ratelimit.exceeded("deed", "anna", limit=3, seconds=60)
    with redis.Redis.from_url(site_settings.REDIS_URL) as valkey:
        left = [valkey.ttl(key) for key in valkey.scan_iter("*rate:deed:*")]

    assert len(left) == 1
    assert 0 < left[0] <= 60


def test_nothing_that_is_counted_names_anybody() -> None:
    ratelimit.exceeded("deed", "anna@voorbeeld.example", limit=3, seconds=60)
    with redis.Redis.from_url(site_settings.REDIS_URL) as valkey:
        keys = [key.decode() for key in valkey.scan_iter("*rate:*")]

    assert len(keys) == 1
    assert "anna" not in keys[0]


# --- Being refused ---------------------------------------------------------------------------------------------------


def asked(**fields: object) -> dict[str, object]:
    return {
        "name": "Fatima de Vries",
        "organisation_name": "Werf Noord B.V.",
        "email": "fatima@werfnoord.example",
        "wanted_by": timezone.localdate().isoformat(),
        "message": "Kan dit ook op een boot?",
        "no_counter_favour": "on",
        "once": uuid.uuid4(),
        **fields,
    }


@pytest.mark.parametrize(
    ("most", "varied"),
    [(enquiry_limits.MAILS_PER_ADDRESS, {}), (enquiry_limits.ASKS_PER_HOUR, {"email": "lezer-{}@voorbeeld.example"})],
)
def test_who_asks_too_much_keeps_what_was_typed(client: Client, db: None, most: int, varied: dict[str, str]) -> None:
    path = f"{OfferingFactory().get_absolute_url()}aanvragen/"

    answers = [
        client.post(path, asked(**{name: value.format(number) for name, value in varied.items()}))
        for number in range(most + 1)
    ]

    page = answers[-1].content.decode()
    assert [answer.status_code for answer in answers] == [200] * most + [422]
    assert Enquiry.objects.count() == Message.objects.count() == most
    assert "Kan dit ook op een boot?" in page
    assert "Je hebt nu erg veel aanvragen gedaan" in page


def test_address_cannot_be_mailed_full_from_many_places(db: None, settings: Settings) -> None:
    """Each caller may ask, but nobody gets more than a few mails for it, however their address is written."""
    settings.TRUSTED_PROXIES = 1
    path = f"{OfferingFactory().get_absolute_url()}aanvragen/"
    emails = ["fatima@werfnoord.example", "FATIMA@werfnoord.example", "Fatima@WerfNoord.example"]

    for number in range(3 * enquiry_limits.MAILS_PER_ADDRESS):
        forwarded = {"X-Forwarded-For": f"203.0.113.{number}"}
        Client(headers=forwarded).post(path, asked(email=emails[number % 3]))

    assert Message.objects.count() == enquiry_limits.MAILS_PER_ADDRESS


def test_who_searches_too_fast_keeps_the_words(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_limits, "SEARCHES_A_MINUTE", 3)

    answers = [client.get("/menukaart/", {"q": f"boot{number}"}) for number in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 'value="boot3"' in answers[-1].content.decode()


def test_every_way_to_search_counts_for_the_same(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_limits, "SEARCHES_A_MINUTE", 4)
    ways = ["/menukaart/", "/api/v1/offerings/", "/feeds/menukaart.atom", "/menukaart/menukaart.pdf"]

    first = [client.get(way, {"q": f"boot{number}"}).status_code for number, way in enumerate(ways)]
    then = [client.get(way, {"q": f"kano{number}"}).status_code for number, way in enumerate(ways)]
    without_words = [client.get(way).status_code for way in ways]

    fragment = client.get("/menukaart/", {"q": "vlot"}, headers={"HX-Request": "true", "HX-Target": "found"})
    assert fragment["HX-Redirect"] == "/menukaart/?q=vlot"
    assert (first, then, without_words) == ([200] * 4, [429] * 4, [200] * 4)


def test_browsing_is_not_counted(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_limits, "SEARCHES_A_MINUTE", 1)

    assert {client.get("/menukaart/", {"page": number}).status_code for number in range(1, 9)} == {200}
