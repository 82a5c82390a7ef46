"""Covers for offerings without a photo: printed shapes in the colours of the sector, a little different for each slug.

The shapes carry classes and no colours: the style sheet inks them, in the light and in the dark scheme.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kring.foundation import assets

WIDTH, HEIGHT = 320, 140
ICONS = {
    "sport": "trophy",
    "cultuur": "theater",
    "onderwijs": "graduation-cap",
    "jeugd": "shapes",
    "zorg": "heart-pulse",
    "welzijn": "house",
}
PLAIN_ICON = "handshake"

# Numbers from 0 to 255 that a motif draws its variation from.
Dice = bytes


def _circle(ink: str, x: int, y: int, r: int) -> str:
    return f'<circle class="{ink}" cx="{x}" cy="{y}" r="{r}"/>'


def _path(ink: str, d: str) -> str:
    return f'<path class="{ink}" d="{d}"/>'


def _lanes(dice: Dice) -> str:
    """Sport: the lanes of a track, seen from above."""
    x, y = 200 + dice[0] % 100, 150 - dice[1] % 40
    disc = _circle("p1", 60 + dice[2] % 60, 40 + dice[3] % 30, 34 + dice[4] % 20)
    return disc + "".join(_circle("l2", x, y, r) for r in range(36, 150, 22)) + _circle("p2", x, y, 18)


def _curtain(dice: Dice) -> str:
    """Culture: a stage curtain in scallops, and a spot of light."""
    fold = (32, 40, 46)[dice[0] % 3]
    drop = 52 + dice[1] % 30
    folds = "".join(f"v{drop}a{fold // 2} {fold // 2} 0 0 0 {fold} 0v-{drop}" for _ in range(0, WIDTH, fold))
    light = _circle("p2", 80 + dice[2] % 160, 112, 46 + dice[3] % 22)
    seams = "".join(f"M{x} 0v{drop}" for x in range(fold, WIDTH, fold))
    return light + _path("p1", f"M0 0{folds}V0z") + _path("l1", seams)


def _pages(dice: Dice) -> str:
    """Education: a row of books, one of them leaning."""
    x, shapes = 96 + dice[0] % 40, []
    for position in range(6):
        width, height = 20 + dice[position] % 18, 52 + dice[position + 6] % 54
        shapes.append(
            _path(("p1", "p2", "l2")[(position + dice[1]) % 3], f"M{x} {HEIGHT}v-{height}h{width}v{height}z")
        )
        x += width + 4
    lean = 70 + dice[2] % 24
    return "".join(shapes) + _path("p1", f"M{x + 4} {HEIGHT}l22-{lean}l22 8l-22 {lean - 8}z")


def _play(dice: Dice) -> str:
    """Youth: kites and discs in the air."""
    shapes = []
    for position in range(4):
        x, y, size = (
            100 + position * 54 + dice[position] % 24,
            26 + dice[position + 4] % 62,
            22 + dice[position + 8] % 16,
        )
        kind = (dice[12] + position) % 3
        if kind == 0:
            shapes.append(_circle(("p1", "p2")[position % 2], x, y, size))
        elif kind == 1:
            shapes.append(_path("p2", f"M{x} {y - size}l{size} {size}l-{size} {size * 2}l-{size}-{size * 2}z"))
        else:
            shapes.append(_path("p1", f"M{x - size} {y}a{size} {size} 0 0 1 {size * 2} 0z"))
            shapes.append(_path("l2", f"M{x - size} {y + 8}h{size * 2}"))
    return "".join(shapes)


def _petals(dice: Dice) -> str:
    """Care: petals that lie over one another."""
    x, y, size = 190 + dice[0] % 60, 64 + dice[1] % 24, 50 + dice[2] % 14
    around = ((0, -1), (1, 0), (0, 1), (-1, 0)) if dice[3] % 2 else ((1, -1), (1, 1), (-1, 1), (-1, -1))
    petals = "".join(
        _circle(("p1", "p2")[turn % 2], x + dx * size * 6 // 10, y + dy * size * 6 // 10, size)
        for turn, (dx, dy) in enumerate(around)
    )
    return petals + _circle("l2", x, y, size // 3)


def _roofs(dice: Dice) -> str:
    """Welfare: roofs along the water."""
    x, roofs = 84 + dice[0] % 30, ""
    for position in range(4):
        width, height = 40 + dice[position] % 22, 34 + dice[position + 4] % 34
        peak = width // 2
        ink = ("p1", "p2")[(position + dice[5]) % 2]
        roofs += _path(ink, f"M{x} 106v-{height}l{peak}-{peak}l{width - peak} {peak}v{height}z")
        x += width - 6
    shift = dice[6] % 20
    waves = "".join(f"M{-shift} {y}" + "q10-7 20 0t20 0" * 9 for y in (116, 127))
    return roofs + _path("l2", waves)


def _plain(dice: Dice) -> str:
    """No sector: two discs that share a part, as two parties do."""
    x, y, size = 180 + dice[0] % 50, 64 + dice[1] % 20, 54 + dice[2] % 12
    return _circle("p1", x - size // 2, y, size) + _circle("p2", x + size // 2, y, size)


MOTIFS: dict[str, Callable[[Dice], str]] = {
    "sport": _lanes,
    "cultuur": _curtain,
    "onderwijs": _pages,
    "jeugd": _play,
    "zorg": _petals,
    "welzijn": _roofs,
}


@lru_cache(maxsize=4096)
def cover(sector: str, slug: str) -> SafeString:
    """The cover as an ornament in the page: same sector and slug, same picture."""
    dice = hashlib.blake2b(f"{sector}/{slug}".encode(), digest_size=16).digest()
    return format_html(
        '<svg class="cover sector-{}" viewBox="0 0 {} {}" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        '{}<circle class="p0" cx="40" cy="100" r="24"/>'
        '<use class="sign" href="{}#{}" x="27" y="87" width="26" height="26"/></svg>',
        sector if sector in MOTIFS else "none",
        WIDTH,
        HEIGHT,
        mark_safe(MOTIFS.get(sector, _plain)(dice)),  # noqa: S308 - made of our own words and numbers
        assets.sprite(),
        ICONS.get(sector, PLAIN_ICON),
    )
