"""A cache that is missed, not waited for: while Valkey is away every look-up is a miss."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
T = TypeVar("T")


class KeptClient(RedisCacheClient):
    """Makes its client once: redis-py takes 0.1 ms to make one, and Django asks for one at each look-up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]


class FailOpenRedisCache(RedisCache):
    """After a fault the server is left alone for a few seconds, so that a page pays the timeout once, not per look-up.

    Django makes a cache object per thread; they share what they know, per address.
    """

    _away_until: ClassVar[dict[str, float]] = {}

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient
        self._address = server

    def _try(self, call: Callable[[], Any], *, missed: Any) -> Any:
        if time.monotonic() < self._away_until.get(self._address, 0.0):
            return missed
        try:
            return call()
        except (RedisError, OSError) as error:
            self._away_until[self._address] = time.monotonic() + PAUSE_SECONDS
            logger.warning("the cache does not answer: %s", error)
            return missed

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._try(lambda: super(FailOpenRedisCache, self).add(*args, **kwargs), missed=True)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._try(lambda: super(FailOpenRedisCache, self).get(key, default, version), missed=default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: super(FailOpenRedisCache, self).set(*args, **kwargs), missed=None)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._try(lambda: super(FailOpenRedisCache, self).touch(*args, **kwargs), missed=False)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._try(lambda: super(FailOpenRedisCache, self).delete(*args, **kwargs), missed=False)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._try(lambda: super(FailOpenRedisCache, self).get_many(*args, **kwargs), missed={})

    def set_many(self, data: dict[Any, Any], *args: Any, **kwargs: Any) -> Any:
        return self._try(lambda: super(FailOpenRedisCache, self).set_many(data, *args, **kwargs), missed=list(data))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: super(FailOpenRedisCache, self).delete_many(*args, **kwargs), missed=None)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._try(lambda: super(FailOpenRedisCache, self).has_key(*args, **kwargs), missed=False)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> Any:
        return self._try(lambda: super(FailOpenRedisCache, self).incr(key, delta, version), missed=delta)

    def clear(self) -> Any:
        return self._try(super().clear, missed=False)


class Recent(Generic[T]):
    """What this process used last, `most` of them. For what never changes under its key, or carries its own end."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> T | None:
        with self._lock:
            thing = self._things.get(key)
            if thing is not None:
                self._things.move_to_end(key)
            return thing

    def put(self, key: str, thing: T) -> None:
        with self._lock:
            self._things[key] = thing
            if len(self._things) > self._most:
                self._things.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._things.clear()
