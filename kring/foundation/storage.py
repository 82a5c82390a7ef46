from __future__ import annotations

from django.core.files.storage import default_storage


def media_url(name: str) -> str:
    """The address of an uploaded file; nothing for no file."""
    return default_storage.url(name) if name else ""
