"""Pieces of a page that are kept as HTML, since rendering and not SQL is the cost of a list.

Twenty-four cards take 12 ms to render and 0.4 ms to read from the cache. A piece is kept under all that stands on it,
so there is nothing to invalidate; without a cache it is rendered each time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache as cache_forever
from functools import cached_property, partial
from typing import Any

from django.core.cache import cache
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kring.foundation import assets
from kring.foundation.cache import Recent

SECONDS = 60 * 60 * 24
# Some two thousand bytes each. Without it, fetching two dozen from the cache is a millisecond of each list.
_recent: Recent[str] = Recent(2_000)
# Columns of filters and such: some five times as many each, and more kinds than anybody keeps.
_of_states: Recent[str] = Recent(200)


def source(name: str) -> str:
    """The text of a template."""
    template: Any = get_template(name)
    return str(template.template.source)


@dataclass(frozen=True)
class Fragment:
    """A component of plain values; `uses` are the components that it includes itself."""

    name: str
    uses: tuple[str, ...] = ()

    @cached_property
    def _template(self) -> Any:
        return get_template(self.name)

    @cached_property
    def _look(self) -> str:
        """Another text when a template changes: what is kept outlives the process that made it."""
        sources = (source(name) for name in (self.name, *self.uses))
        return hashlib.blake2b(("".join(sources) + assets.sprite()).encode(), digest_size=8).hexdigest()

    def _key(self, shown: Mapping[str, Any]) -> str:
        told = json.dumps([self.name, self._look, get_language(), shown], default=str)
        return f"fragment:{hashlib.blake2b(told.encode(), digest_size=16).hexdigest()}"

    def rendered(self, items: Sequence[Mapping[str, Any]]) -> list[SafeString]:
        """One for each `item`; kept in the cache too, so that other processes need not make them."""
        shown = [{"item": item} for item in items]
        return gathered({self._key(each): partial(self._render, each) for each in shown})

    def under(self, state: str, made: Callable[[], Mapping[str, Any]]) -> SafeString:
        """The component with what `made` gives, kept by this process under a state that says all of it."""
        key = f"{self.name}:{self._look}:{get_language()}:{state}"
        text = _of_states.get(key)
        if text is None:
            text = self._render(made())
            _of_states.put(key, text)
        return SafeString(text)

    def included(self, shown: Mapping[str, Any]) -> SafeString:
        """The component with these variables, kept by this process alone: of counts there are many versions."""
        key = self._key(shown)
        text = _recent.get(key)
        if text is None:
            text = self._render(shown)
            _recent.put(key, text)
        return SafeString(text)

    def _render(self, shown: Mapping[str, Any]) -> str:
        return str(self._template.render(dict(shown)))


@cache_forever
def fragment(name: str) -> Fragment:
    """The component of this name, for what needs no other."""
    return Fragment(name)


def gathered(wanted: Mapping[str, Callable[[], str]]) -> list[SafeString]:
    """The piece under each key: as this process or the cache has it, or made now."""
    found = {key: _recent.get(key) for key in wanted}
    missing = [key for key, text in found.items() if text is None]
    kept: dict[str, str] = cache.get_many(missing) if missing else {}
    made = {key: wanted[key]() for key in missing if key not in kept}
    if made:
        cache.set_many(made, SECONDS)
    for key, text in (kept | made).items():
        found[key] = text
        _recent.put(key, text)
    return [mark_safe(text or "") for text in found.values()]  # noqa: S308 - made by templates
