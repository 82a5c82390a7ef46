"""Serving what people uploaded, as pictures and nothing else."""

from __future__ import annotations

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe


@require_safe
def serve(request: HttpRequest, path: str) -> FileResponse:
    """Only the WebP files that images.remade() wrote; their names are random and never used again."""
    if not path.endswith(".webp"):
        raise Http404
    try:
        file = default_storage.open(path)
    except (FileNotFoundError, IsADirectoryError, SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


serve.access = "anyone"  # type: ignore[attr-defined]
