"""The colours of tokens.css, computed: every pair of text and ground has the contrast that WCAG 2.2 AA asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kring.foundation.accent import contrast, luminance
from kring.foundation.covers import MOTIFS

TOKENS = Path(__file__).parents[2] / "kring" / "foundation" / "static" / "kring" / "css" / "tokens.css"
TEXT, GRAPHIC = 4.5, 3.0

PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "muted", "link") for ground in ("paper", "card", "shade")),
    *(("accent", ground, TEXT) for ground in ("paper", "card")),
    *(("accent-deep", ground, TEXT) for ground in ("paper", "card", "shade")),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-deep", TEXT),
    ("paper", "ink", TEXT),
    *((f"{tone}-ink", f"{tone}-tint", TEXT) for tone in ("good", "wait", "busy", "alert")),
    *((f"{tone}-ink", ground, TEXT) for tone in ("good", "wait", "busy", "alert") for ground in ("paper", "card")),
    *((f"{sector}-ink", ground, TEXT) for sector in MOTIFS for ground in (f"{sector}-tint", "paper", "card")),
    *((f"{sector}-ink", f"{sector}-mid", GRAPHIC) for sector in MOTIFS),
    *(("rule", ground, GRAPHIC) for ground in ("paper", "card", "shade")),
    *(("focus", ground, GRAPHIC) for ground in ("paper", "card", "shade")),
]


def schemes() -> dict[str, dict[str, str]]:
    """The hexadecimal tokens of the light scheme, and those with the dark scheme's laid over them."""
    light, dark = TOKENS.read_text().split("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_has_contrast(scheme: str) -> None:
    colours = schemes()[scheme]

    poor = {
        f"{ink} on {ground}": round(contrast(colours[ink], colours[ground]), 2)
        for ink, ground, least in PAIRS
        if contrast(colours[ink], colours[ground]) < least
    }

    assert poor == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("role", ["tint", "mid", "ink"])
def test_sectors_are_of_like_lightness(scheme: str, role: str) -> None:
    colours = schemes()[scheme]

    lights = [luminance(colours[f"{sector}-{role}"]) for sector in MOTIFS]

    assert (max(lights) + 0.05) / (min(lights) + 0.05) < 1.2


def test_dark_scheme_names_every_colour_that_is_seen() -> None:
    light, dark = TOKENS.read_text().split("@media (prefers-color-scheme: dark)")

    missing = set(re.findall(r"--([\w-]+): #", light)) - set(re.findall(r"--([\w-]+): #", dark))

    assert missing == set()
