"""The files that every page asks for: named once per process, since the head and the icons stand on every page."""

from __future__ import annotations

from functools import cache, lru_cache

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

STYLES = (
    "tokens",
    "base",
    "buttons",
    "forms",
    "layout",
    "masthead",
    "cards",
    "menu",
    "components",
    "filters",
    "figures",
)
SCRIPTS = ("django_htmx/htmx-2.min.js", "kring/js/kring.js")
# What the first screen is set in.
PRELOADED = ("fraunces", "source-sans-3")


@cache
def sprite() -> str:
    return static("kring/icons/sprite.svg")


@cache
def styles() -> SafeString:
    """Fonts and style sheets."""
    fonts = format_html_join(
        "",
        '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>',
        ((static(f"kring/fonts/{name}.woff2"),) for name in PRELOADED),
    )
    sheets = format_html_join(
        "", '<link rel="stylesheet" href="{}">', ((static(f"kring/css/{name}.css"),) for name in STYLES)
    )
    return format_html(
        '{}{}<link rel="stylesheet" href="{}" media="print"><link rel="icon" href="{}" type="image/svg+xml">',
        fonts,
        sheets,
        static("kring/css/print.css"),
        static("kring/img/mark.svg"),
    )


@cache
def head() -> SafeString:
    """Fonts, style sheets and scripts, as they stand in the head of base.html."""
    scripts = format_html_join("", '<script src="{}" defer></script>', ((static(path),) for path in SCRIPTS))
    return styles() + scripts


@lru_cache(maxsize=1024)
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite: ornament, or with a label when it says something that the words beside it do not."""
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, sprite(), name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sprite(), name)
