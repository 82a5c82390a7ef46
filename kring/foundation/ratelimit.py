"""How often one caller may do one thing. Counted in the cache; while that is away nobody is refused."""

from __future__ import annotations

import hashlib
import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 - no address to listen on


def caller(request: HttpRequest) -> str:
    """Where a request comes from: an IPv4 address, or the first of its /64, since an IPv6 line has no fewer."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        # What stands further to the left was written by whoever asked.
        address = forwarded[-min(settings.TRUSTED_PROXIES, len(forwarded))].strip() or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN
    if parsed.version == 4 or parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped if parsed.version == 6 else parsed)
    return str(ipaddress.IPv6Network((parsed, 64), strict=False).network_address)


def exceeded(name: str, who: str, *, limit: int, seconds: int) -> bool:
    """Counts one attempt of `who` at `name`; true once there were more than `limit` within `seconds`."""
    key = f"rate:{name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    if cache.add(key, 1, seconds):
        return False
    try:
        return bool(cache.incr(key) > limit)
    except ValueError:  # it ran out between the two calls
        return False
