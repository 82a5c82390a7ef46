"""Serving what people uploaded, as pictures and nothing else."""

from __future__ import annotations

import posixpath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

# Folders of what not everybody may see: a page serves it, after looking who asks.
FOR_SOME = ("evidence/",)
# As images.remade() and images.remade_for_mail() name them.
KINDS = {".webp": "image/webp", ".jpg": "image/jpeg", ".png": "image/png"}


def private(path: str) -> HttpResponse:
    """A picture for whom the page that asks has looked at. Raises Http404."""
    response = _picture(path)
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]  # streams


def _picture(path: str) -> FileResponse:
    kind = KINDS.get(posixpath.splitext(path)[1])
    if kind is None:
        raise Http404
    try:
        file = default_storage.open(path)
    except (FileNotFoundError, IsADirectoryError, SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def serve(request: HttpRequest, path: str) -> FileResponse:
    """Only the pictures that kring.foundation.images wrote; their names are random and never used again."""
    if posixpath.normpath(path) != path or path.startswith(FOR_SOME):  # no way round by a dot
        raise Http404
    response = _picture(path)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


serve.access = "anyone"  # type: ignore[attr-defined]
