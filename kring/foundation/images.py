"""Pictures that people upload: decoded and made anew, so that what we serve is a picture and nothing else."""

from __future__ import annotations

import io
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")


def remade(upload: UploadedFile[Any]) -> ContentFile[bytes]:
    """The picture as WebP under a random name: no EXIF, turned upright, at most LONGEST_SIDE pixels a side.

    Raises ValidationError that says what is expected.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise ValidationError(_("Deze foto is groter dan 5 MB. Kies een kleinere, of maak hem eerst kleiner."))
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(_("Deze foto heeft te veel beeldpunten. Maak hem eerst kleiner."))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = upright.convert("RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB")
            made = io.BytesIO()
            plain.save(made, "WEBP", quality=82)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        message = _("Dit bestand is geen foto die we kunnen lezen. Kies een JPEG, PNG of WebP. SVG kan niet.")
        raise ValidationError(message) from error
    return ContentFile(made.getvalue(), name=f"{uuid.uuid4().hex}.webp")


class PictureField(forms.FileField):
    """A file field that takes JPEG, PNG or WebP and gives back the picture made anew."""

    widget = forms.ClearableFileInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = "image/jpeg,image/png,image/webp"

    def clean(self, data: Any, initial: Any = None) -> Any:
        cleaned = super().clean(data, initial)
        return remade(cleaned) if isinstance(cleaned, UploadedFile) else cleaned
