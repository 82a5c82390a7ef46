"""Pictures that people upload: what comes in is not what is served."""

from __future__ import annotations

import errno
import io
import random
import re
import struct
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from kring.foundation.images import LONGEST_SIDE, MAX_BYTES, MAX_PIXELS, MAX_PIXELS_AT_ONCE, remade, remade_for_mail
from members.models import Organisation
from offerings.models import Offering
from tests.conftest import Cast
from tests.factories import CategoryFactory

RED, BLUE = (200, 30, 30), (30, 30, 200)
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
UNREADABLE = "Dit bestand is geen foto die we kunnen lezen. Kies een JPEG, PNG of WebP. SVG kan niet."
TOO_LARGE = "Deze foto is groter dan 5 MB. Kies een kleinere, of maak hem eerst kleiner."
TOO_MANY = "Deze foto heeft te veel beeldpunten. Maak hem eerst kleiner."


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    """Red above, blue below, with the camera's and the place's name in it."""
    image = Image.new(mode, size, RED if mode == "RGB" else 0)
    if mode == "RGB":
        image.paste(BLUE, (0, size[1] // 2, *size))
    exif = Image.Exif()
    exif[MAKER] = "CameraVanAnna"
    exif[ORIENTATION] = options.pop("orientation", 1)
    exif.get_ifd(GPS)[1] = "N"
    file = io.BytesIO()
    image.save(file, kind, **({"exif": exif.tobytes()} if kind in {"JPEG", "PNG", "WEBP"} else {}), **options)
    return file.getvalue()


def uploaded(content: bytes, name: str = "foto.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def read(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


# --- What is kept ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_picture_is_kept(kind: str) -> None:
    given = picture(kind)
    made = remade(uploaded(given)).read()

    assert b"CameraVanAnna" in given
    assert b"CameraVanAnna" not in made
    assert (read(made).format, dict(read(made).getexif())) == ("WEBP", {})
    assert b"EXIF" not in made
    assert b"XMP " not in made
    assert b"ICCP" not in made


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_in_a_mail_is_one_that_every_program_shows(kind: str) -> None:
    made = remade_for_mail(uploaded(picture(kind, orientation=6)))
    content = made.read()

    assert re.fullmatch(r"[0-9a-f]{32}\.jpg", made.name or "")
    assert (read(content).format, read(content).size, dict(read(content).getexif())) == ("JPEG", (40, 60), {})
    assert b"CameraVanAnna" not in content


@pytest.mark.parametrize(("opacity", "kind", "ending"), [(0, "PNG", "png"), (254, "PNG", "png"), (255, "JPEG", "jpg")])
def test_picture_in_a_mail_that_can_be_seen_through_stays_so(opacity: int, kind: str, ending: str) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (60, 40), (*RED, opacity)).save(file, "PNG")

    made = remade_for_mail(uploaded(file.getvalue(), "logo.png", "image/png"))

    assert (made.name or "").endswith(f".{ending}")
    assert read(made.read()).format == kind


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("orientation", "size"), [(1, (60, 40)), (3, (60, 40)), (6, (40, 60)), (8, (40, 60))])
def test_picture_stands_upright(kind: str, orientation: int, size: tuple[int, int]) -> None:
    made = read(remade(uploaded(picture(kind, orientation=orientation))).read()).convert("RGB")
    corner = made.getpixel((2, 2))
    assert isinstance(corner, tuple)

    assert made.size == size
    # Red was above; upright it is above, below, at the right or at the left.
    assert (corner[0] > corner[2]) == (orientation in {1, 8})


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_every_kind_of_colour_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made = read(remade(uploaded(picture(kind, mode=mode))).read())

    assert made.mode == ("RGBA" if "A" in mode else "RGB")


@pytest.mark.parametrize(("kind", "size"), [("JPEG", (4000, 3000)), ("PNG", (2000, 500)), ("WEBP", (300, 3000))])
def test_large_picture_is_made_small(kind: str, size: tuple[int, int]) -> None:
    made = read(remade(uploaded(picture(kind, size))).read())

    assert max(made.size) == LONGEST_SIDE
    assert made.width / made.height == pytest.approx(size[0] / size[1], rel=0.02)


def test_small_picture_stays_as_it_is() -> None:
    assert read(remade(uploaded(picture())).read()).size == (60, 40)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a.svg", "x" * 500 + ".jpg", "a\x00.jpg", "<script>.png", ".htaccess"]
)
def test_name_is_ours(name: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}\.webp", remade(uploaded(picture(), name)).name or "")


# --- What is refused -------------------------------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
NO_PICTURES = {
    "svg": SVG,
    "svg after white space": b"\n\n <?xml version='1.0'?>" + SVG,
    "html": HTML,
    "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj",
    "zip": b"PK\x03\x04" + bytes(100),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run",
    "nothing": b"",
    "noise": random.Random(1).randbytes(5000),
    "beginning of a jpeg": picture()[:100],
    "beginning of a png": picture("PNG")[:40],
    "gif": picture("GIF"),
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "icon": picture("ICO", (16, 16)),
    "half of a jpeg": picture(size=(900, 900))[:3000],
}


@pytest.mark.parametrize("what", NO_PICTURES)
def test_what_is_no_photo_is_refused(what: str) -> None:
    with pytest.raises(ValidationError) as refused:
        remade(uploaded(NO_PICTURES[what], "foto.png", "image/png"))

    assert refused.value.messages == [UNREADABLE]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("other", [HTML, SVG, b"PK\x03\x04rest of an archive", b"<?php system($_GET[0]); ?>"])
def test_picture_that_is_something_else_too_is_only_a_picture(kind: str, other: bytes) -> None:
    made = remade(uploaded(picture(kind) + other)).read()

    assert other not in made
    assert made.startswith(b"RIFF")
    assert int.from_bytes(made[4:8], "little") == len(made) - 8  # and nothing behind it


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (MAX_PIXELS_AT_ONCE, 2)])
def test_bomb_is_refused_before_it_goes_off(size: tuple[int, int]) -> None:
    with pytest.raises(ValidationError) as refused:
        remade(uploaded(claims(*size)))

    assert refused.value.messages[0] in {TOO_MANY, UNREADABLE}


def test_what_a_camera_makes_may_be_larger_than_what_fills_the_memory() -> None:
    large = (5000, 3600)

    assert MAX_PIXELS_AT_ONCE < large[0] * large[1] < MAX_PIXELS
    assert read(remade(uploaded(picture("JPEG", large))).read()).size == (1600, 1152)
    for whole in (picture("PNG", large), picture("JPEG", large, progressive=True)):
        with pytest.raises(ValidationError, match="te veel beeldpunten"):
            remade(uploaded(whole))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damaged_pictures_are_refused_and_no_fault() -> None:
    dice = random.Random(2014)
    whole = [picture(kind) for kind in ("JPEG", "PNG", "WEBP")]
    refused = 0
    for _attempt in range(600):
        damaged = bytearray(dice.choice(whole))
        for _place in range(dice.randint(1, 6)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        try:
            remade(uploaded(bytes(damaged)))
        except ValidationError:
            refused += 1

    assert 100 < refused < 600


# --- In a form -------------------------------------------------------------------------------------------------------


def offered(**fields: object) -> dict[str, object]:
    return {
        "title": "Varen met de hele klas",
        "summary": "Een middag op het water.",
        "category": CategoryFactory().pk,
        "audience": "city",
        "price_kind": "free",
        "place": "at_us",
        "once": "5a52e6a3-3b5a-4b6f-9d53-ad3d4a3fbd5b",
        "version": "0",
        **fields,
    }


@pytest.fixture
def owner(cast: Cast, settings: Settings, tmp_path: Path) -> Client:
    settings.MEDIA_ROOT = tmp_path
    return cast.client("owner")


def test_photo_is_stored_and_served_as_ours(owner: Client, cast: Cast) -> None:
    owner.post(f"/mijn/{cast.member.slug}/aanbod/nieuw/", offered(photo=uploaded(picture() + HTML, "x.html")))

    photo = Offering.objects.get().photo
    answer = owner.get(photo.url)
    assert re.fullmatch(r"offerings/[0-9a-f]{32}\.webp", photo.name or "")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(SVG, UNREADABLE), (picture() + bytes(MAX_BYTES), TOO_LARGE), (claims(9000, 9000), TOO_MANY)],
)
def test_refused_photo_keeps_what_was_typed(owner: Client, cast: Cast, content: bytes, message: str) -> None:
    answer = owner.post(f"/mijn/{cast.member.slug}/aanbod/nieuw/", offered(photo=uploaded(content)))

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"photo": [message]}
    assert 'value="Varen met de hele klas"' in answer.content.decode()
    assert not Offering.objects.exists()


def test_logo_goes_the_same_way(owner: Client, cast: Cast) -> None:
    answer = owner.post(f"/mijn/{cast.member.slug}/profiel/", {"logo": uploaded(SVG, "logo.svg", "image/svg+xml")})

    assert answer.context["form"].errors["logo"] == [UNREADABLE]
    assert Organisation.objects.get(pk=cast.member.pk).logo.name == ""


@pytest.mark.parametrize(
    "path",
    [
        "x.svg",
        "x.html",
        "../settings.py",
        "..%2f..%2fsettings.webp",
        "/etc/passwd",
        "a/../../x.webp",
        "x.webp",
        "x.webp/",
    ],
)
def test_nothing_else_is_served(client: Client, db: None, settings: Settings, tmp_path: Path, path: str) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    for name in ("x.svg", "x.html", "settings.webp", "settings.py"):
        (settings.MEDIA_ROOT / name).write_bytes(SVG)
        (tmp_path / name).write_bytes(SVG)

    assert client.get(f"/media/{path}").status_code == 404


# --- When there is no room -------------------------------------------------------------------------------------------


def test_full_disk_is_said_in_plain_words(
    owner: Client, cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the edge of what is ours: the operating system says that there is no room."""

    def no_room(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.filesystem.os.open", no_room)
    owner.raise_request_exception = False

    answer = owner.post(f"/mijn/{cast.member.slug}/aanbod/nieuw/", offered(photo=uploaded(picture())))

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert not Offering.objects.exists()
