"""Pictures that people upload: decoded and made anew, so that what we serve is a picture and nothing else."""

from __future__ import annotations

import io
import threading
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 5 * 1024 * 1024
# A file of some kilobytes can hold a picture that fills the memory: four bytes a pixel, and as much to make it small.
MAX_PIXELS = 50_000_000
MAX_PIXELS_AT_ONCE = 16_000_000
_one_at_a_time = threading.Lock()
LONGEST_SIDE = 1600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
Written = Callable[[Image.Image], tuple[bytes, str]]  # the picture as a file, and the ending of its name
TOO_LARGE = _("Deze foto is groter dan 5 MB. Kies een kleinere, of maak hem eerst kleiner.")


def remade(upload: UploadedFile[Any]) -> ContentFile[bytes]:
    """The picture as WebP under a random name: no EXIF, turned upright, at most LONGEST_SIDE pixels a side.

    Raises ValidationError that says what is expected.
    """
    return _remade(upload, _as_webp)


def remade_for_mail(upload: UploadedFile[Any]) -> ContentFile[bytes]:
    """As `remade`, in what every mail program shows, since Outlook for Windows shows no WebP.

    JPEG, or PNG where something can be seen through it.
    """
    return _remade(upload, _as_jpeg_or_png)


def _remade(upload: UploadedFile[Any], written: Written) -> ContentFile[bytes]:
    if (upload.size or 0) > MAX_BYTES:
        raise ValidationError(TOO_LARGE)
    try:
        with _one_at_a_time, Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > most_pixels(picture):
                raise ValidationError(_("Deze foto heeft te veel beeldpunten. Maak hem eerst kleiner."))
            made, ending = written(_small(picture))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        message = _("Dit bestand is geen foto die we kunnen lezen. Kies een JPEG, PNG of WebP. SVG kan niet.")
        raise ValidationError(message) from error
    return ContentFile(made, name=f"{uuid.uuid4().hex}.{ending}")


def _as_webp(picture: Image.Image) -> tuple[bytes, str]:
    return _saved(picture, "WEBP", quality=QUALITY), "webp"


def _as_jpeg_or_png(picture: Image.Image) -> tuple[bytes, str]:
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (255, 255):
        return _saved(picture, "PNG", optimize=True), "png"
    return _saved(picture.convert("RGB"), "JPEG", quality=QUALITY, optimize=True), "jpg"


def _saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    made = io.BytesIO()
    picture.save(made, kind, **how)
    return made.getvalue()


def _is_read_small(picture: Image.Image) -> bool:
    """A plain JPEG, as cameras make them, can be decoded at half its size or less."""
    return picture.format == "JPEG" and not picture.info.get("progressive")


def most_pixels(picture: Image.Image) -> int:
    return MAX_PIXELS if _is_read_small(picture) else MAX_PIXELS_AT_ONCE


def _small(picture: Image.Image) -> Image.Image:
    """Upright, and of nothing but colours."""
    mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
    picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    picture.load()  # or `thumbnail` would ask for twice that
    plain = picture if picture.format == "JPEG" else picture.convert(mode)
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(plain).convert(mode)
    upright.info.clear()
    return upright


class PictureField(forms.FileField):
    """A file field that takes JPEG, PNG or WebP and gives back the picture made anew.

    A browser with scripts says at once that a picture is too large, since one that is much too large is refused
    together with all that was typed beside it.
    """

    widget = forms.ClearableFileInput

    def __init__(self, *, remake: Callable[[UploadedFile[Any]], ContentFile[bytes]] = remade, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._remake = remake
        accepted = "image/jpeg,image/png,image/webp"
        self.widget.attrs |= {"accept": accepted, "data-most-bytes": MAX_BYTES, "data-too-large": TOO_LARGE}

    def clean(self, data: Any, initial: Any = None) -> Any:
        cleaned = super().clean(data, initial)
        return self._remake(cleaned) if isinstance(cleaned, UploadedFile) else cleaned
