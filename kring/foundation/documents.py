"""Documents that people upload: PDF, written anew so that it shows and does nothing else (clean_pdf.py)."""

from __future__ import annotations

import logging
import subprocess
import sys
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

MAX_BYTES = 10 * 1024 * 1024
# Not imported: its library is for a process of its own. It exits with this for a file that needs a password.
CLEANER, PROTECTED = "kring.foundation.clean_pdf", 3
SECONDS = 20
TOO_LARGE = _("Dit stuk is groter dan 10 MB. Bewaar het kleiner, of zet het ergens neer en vul het adres in.")
UNREADABLE = _("Dit bestand is geen PDF die we kunnen lezen. Bewaar je stuk als PDF en kies het opnieuw.")
NEEDS_PASSWORD = _("Deze PDF is met een wachtwoord beveiligd. Bewaar hem zonder wachtwoord en kies hem opnieuw.")


def remade(upload: UploadedFile[Any]) -> ContentFile[bytes]:
    """The PDF without anything that acts, under a random name. Raises ValidationError that says what is expected."""
    if (upload.size or 0) > MAX_BYTES:
        raise ValidationError(TOO_LARGE)
    command = [sys.executable, "-m", CLEANER]
    try:
        done = subprocess.run(
            command, input=upload.read(), capture_output=True, timeout=SECONDS, check=False, cwd=settings.BASE_DIR
        )
    except subprocess.TimeoutExpired as error:
        raise ValidationError(UNREADABLE) from error
    if done.returncode:
        logger.info("a document was refused", extra={"reason": done.stderr.decode(errors="replace")[-200:]})
        raise ValidationError(NEEDS_PASSWORD if done.returncode == PROTECTED else UNREADABLE)
    return ContentFile(done.stdout, name=f"{uuid.uuid4().hex}.pdf")


class DocumentField(forms.FileField):
    """A file field that takes a PDF and gives back the PDF made anew."""

    widget = forms.ClearableFileInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"accept": "application/pdf", "data-most-bytes": MAX_BYTES, "data-too-large": TOO_LARGE}

    def clean(self, data: Any, initial: Any = None) -> Any:
        cleaned = super().clean(data, initial)
        return remade(cleaned) if isinstance(cleaned, UploadedFile) else cleaned
