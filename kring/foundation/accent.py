"""The circle's own colour, made readable on paper and in the dark.

The board picks any colour; what the style sheets use is the nearest shade of it that has the contrast of WCAG 2.2 AA.
The address holds the colour, so the answer never changes and needs no look-up.
"""

from __future__ import annotations

from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

TEXT = 4.5
BLACK, WHITE = "#000000", "#ffffff"
# The grounds of tokens.css that the accent has the least contrast with, and the ink for on top of a light one.
LIGHT_GROUND, DARK_GROUND, DARK_INK = "#f3eee2", "#242b35", "#1a1005"
STEPS = 50


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = (part / 255 for part in channels(colour))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, part: float) -> str:
    mixed = (round(a + (b - a) * part) for a, b in zip(channels(colour), channels(other), strict=True))
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def readable(colour: str, ground: str, toward: str) -> str:
    """The nearest shade of `colour`, on its way to black or white, that can be read on `ground`."""
    shades = (mix(colour, toward, step / STEPS) for step in range(STEPS + 1))
    return next(shade for shade in shades if contrast(shade, ground) >= TEXT)


def scheme(accent: str, deeper: str) -> str:
    top = max((WHITE, DARK_INK), key=lambda ink: min(contrast(ink, accent), contrast(ink, deeper)))
    return f":root{{--accent:{accent};--accent-deep:{deeper};--on-accent:{top}}}"


@lru_cache(maxsize=64)
def style_sheet(colour: str) -> str:
    light = readable(colour, LIGHT_GROUND, BLACK)
    dark = readable(colour, DARK_GROUND, WHITE)
    in_light, in_dark = scheme(light, mix(light, BLACK, 0.2)), scheme(dark, mix(dark, WHITE, 0.2))
    return f"@layer tokens{{{in_light}@media (prefers-color-scheme:dark){{{in_dark}}}}}"


@require_safe
def accent(request: HttpRequest, colour: str) -> HttpResponse:
    response = HttpResponse(style_sheet(f"#{colour.lower()}"), content_type="text/css")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


accent.access = "anyone"  # type: ignore[attr-defined]
