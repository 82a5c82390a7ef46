"""How often one caller may do one thing. Counted in the cache; while that is away nobody is refused."""

from __future__ import annotations

import hashlib
import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def caller(request: HttpRequest) -> str:
    """The network that a request comes from: an IPv4 address, or the /64 of an IPv6 one."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        address = forwarded[-settings.TRUSTED_PROXIES].strip() or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def exceeded(name: str, who: str, *, limit: int, seconds: int) -> bool:
    """Counts one attempt of `who` at `name`; true once there were more than `limit` within `seconds`."""
    key = f"rate:{name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    if cache.add(key, 1, seconds):
        return False
    try:
        return bool(cache.incr(key) > limit)
    except ValueError:  # it ran out between the two calls
        return False
