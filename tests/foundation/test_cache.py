"""While Valkey is away every look-up is a miss, and a page pays for that once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.test import Client
from pytest_django.fixtures import Settings

from config.embedded import Valkey
from kring.foundation import cache as module
from kring.foundation.cache import FailOpenRedisCache, Recent
from tests.conftest import Cast
from tests.factories import OfferingFactory

TIMEOUT = 0.25
# Every look-up, and what it gives when there is no answer.
MISSES: dict[str, tuple[tuple[Any, ...], Any]] = {
    "get": (("x", "no"), "no"),
    "set": (("x", 1), None),
    "add": (("x", 1), True),
    "touch": (("x",), False),
    "delete": (("x",), False),
    "get_many": ((["x"],), {}),
    "set_many": (({"x": 1},), ["x"]),
    "delete_many": ((["x"],), None),
    "has_key": (("x",), False),
    "incr": (("x", 3), 3),
    "decr": (("x", 3), -3),
    "clear": ((), False),
    "get_or_set": (("x", 5), 5),
}


def cache_at(url: str) -> BaseCache:
    return FailOpenRedisCache(url, {"OPTIONS": {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}})


@pytest.fixture(autouse=True)
def _nothing_known_of_servers() -> Iterator[None]:
    yield
    FailOpenRedisCache._away_until.clear()


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes the line and says nothing: worse than one that is not there."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture(params=["nobody", "silent"])
def away(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> str:
    """The site's own cache has lost its server."""
    url = f"unix://{tmp_path}/none.sock?db=0" if request.param == "nobody" else request.getfixturevalue("silent")
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}
    return str(url)


@pytest.mark.parametrize("name", MISSES)
def test_every_look_up_is_a_miss(name: str, tmp_path: Path) -> None:
    arguments, missed = MISSES[name]

    assert getattr(cache_at(f"unix://{tmp_path}/none.sock?db=0"), name)(*arguments) == missed


@pytest.mark.parametrize("name", MISSES)
def test_silent_server_is_not_waited_for(name: str, silent: str) -> None:
    arguments, missed = MISSES[name]
    started = time.monotonic()

    assert getattr(cache_at(silent), name)(*arguments) == missed
    assert time.monotonic() - started < 2 * TIMEOUT


def test_wait_is_paid_once(silent: str) -> None:
    """By every thread together: each has a cache object of its own."""
    cache_at(silent).get("x")
    started = time.monotonic()

    threads = [threading.Thread(target=lambda: [cache_at(silent).get("x") for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.monotonic() - started < TIMEOUT


def test_server_that_is_back_is_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.0)
    valkey = Valkey(tmp_path).start()
    try:
        cache = cache_at(valkey.environment()["REDIS_URL"])
        cache.set("x", 1)
        valkey.stop()
        while_away = cache.get("x")
        valkey.start()
        after = cache.get("x")
        cache.set("x", 2)

        assert (while_away, after, cache.get("x")) == (None, None, 2)
    finally:
        valkey.stop()


def test_mistakes_of_ours_are_not_hidden() -> None:
    with pytest.raises((TypeError, AttributeError)):
        caches["default"].set("x", lambda: None)


@pytest.mark.parametrize("who", ["visitor", "owner", "board"])
def test_pages_are_made_without_it(away: str, cast: Cast, who: str) -> None:
    offering = OfferingFactory(organisation=cast.member)
    client = cast.client(who)
    paths = [
        "/",
        "/menukaart/?q=aanbod",
        offering.get_absolute_url(),
        "/organisaties/",
        "/toezeggingen/",
        "/inloggen/",
    ]
    started = time.monotonic()

    answers = [client.get(path, follow=True) for path in paths]

    assert [answer.status_code for answer in answers] == [200] * len(paths)
    assert offering.title in answers[1].content.decode()
    assert time.monotonic() - started < 3


def test_nobody_is_refused_without_it(away: str, client: Client, cast: Cast) -> None:
    """Counting attempts is a guard, not a door: while nobody counts, all may pass."""
    answers = [client.post("/inloggen/", {"email": cast.editor.email}) for _try in range(5)]

    assert {answer.status_code for answer in answers} == {302}


def test_recent_forgets_what_was_used_longest_ago() -> None:
    recent: Recent[int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    recent.get("a")
    recent.put("c", 3)

    assert [recent.get(key) for key in "abc"] == [1, None, 3]
