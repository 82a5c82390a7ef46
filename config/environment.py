"""What differs between places, as settings.py reads it from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def flag(name: str, *, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def listed(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment (docs/deploying.md says what it is).")
    return value


def secret(name: str) -> str:
    """A value from the environment, or from the file that NAME_FILE names (Docker secrets)."""
    path = os.environ.get(f"{name}_FILE", "")
    return Path(path).read_text().strip() if path else required(name)


def optional_secret(name: str) -> str:
    return secret(name) if os.environ.get(name) or os.environ.get(f"{name}_FILE") else ""


def database(url: str) -> dict[str, object]:
    """Django's settings for a postgresql:// URL; its query holds libpq's own options, such as a socket's folder."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }
