"""Tags and filters of the screens: `{% load kring %}`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from kring.foundation import assets, covers, fragments, navigation, news, text, wording

register = template.Library()


@register.simple_tag
def head_assets() -> SafeString:
    return assets.head()


@register.simple_tag
def head_styles() -> SafeString:
    """For a page that runs no script."""
    return assets.styles()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    return assets.icon(name, str(label))


@register.simple_tag
def board_nav(here: str = "") -> SafeString:
    """The ways through the pages of the board; `here` is the route of the one that is marked."""
    return navigation.board(here, get_language() or "")


@register.simple_tag
def kept_include(template_name: str, **shown: Any) -> SafeString:
    """As `include … only`, of a component that includes no other, rendered once for the same variables."""
    return fragments.fragment(template_name).included(shown)


@register.simple_tag
def cover(sector: str, slug: str) -> SafeString:
    return covers.cover(sector, slug)


@register.simple_tag
def sector_icon(sector: str) -> SafeString:
    return assets.icon(covers.ICONS.get(sector, covers.PLAIN_ICON))


@register.simple_tag(takes_context=True)
def masthead(context: Context) -> SafeString:
    return navigation.masthead(context["request"], context["circle"], demo=bool(context.get("demo")))


@register.simple_tag
def footer_navigation() -> SafeString:
    return navigation.footer(get_language() or "nl")


@register.simple_tag
def newsletter_address() -> str:
    """Where a form asks for the newsletter; nothing when there are none."""
    return navigation.address("newsletters:subscribe")


@register.simple_tag
def newsletter_words() -> str:
    """What somebody says yes to there."""
    return news.words()


@register.filter
def one_line(html: str) -> SafeString:
    """What a template wrote on several lines, for where a line is shown as it is."""
    return SafeString(" ".join(html.split()))


@register.filter
def longdate(value: dt.date | None) -> str:
    return wording.long_date(value) if value else ""


@register.filter
def daydate(value: dt.date | None) -> str:
    return wording.day_date(value) if value else ""


@register.filter
def shortdate(value: dt.date | None) -> str:
    return wording.short_date(value) if value else ""


@register.filter
def longdatetime(value: dt.datetime | None) -> str:
    return wording.long_datetime(value) if value else ""


@register.filter
def clock(value: dt.datetime | dt.time | None) -> str:
    return wording.clock(value) if value is not None else ""


@register.filter
def ago(value: dt.date | None) -> str:
    """How far away a day is from today: 'over 3 dagen', '3 dagen geleden'."""
    return wording.days_away(value, timezone.localdate()) if value else ""


@register.filter
def isodate(value: dt.date | None) -> str:
    """For the datetime attribute of <time>."""
    return wording.local(value).isoformat() if value else ""


@register.filter
def euro(value: wording.Number | None) -> str:
    return "" if value is None or value == "" else wording.euro(value)


@register.filter
def number(value: wording.Number | None) -> str:
    return "" if value is None or value == "" else wording.number(value)


@register.filter
def amount(value: wording.Number | None, unit: str) -> str:
    return "" if value is None else wording.amount(value, unit)


@register.filter
def quantity(value: wording.Number | None, unit: str = "") -> str:
    return "" if value is None or value == "" else wording.quantity(value, unit)


@register.filter
def markdown(value: str) -> SafeString:
    return text.markdown(value)


@register.filter
def excerpt(value: str, length: int = 160) -> str:
    return text.excerpt(value, length)


@register.simple_tag
def web_link(url: str, label: str = "") -> str:
    """A link to somebody's own page; only its name when the address is none of a page, however it came to us."""
    shown = label or text.web_name(url)
    if not text.is_web(url):
        return shown
    return format_html('<a href="{}" rel="nofollow noopener">{}</a>', url, shown)


@register.filter
def letters(value: Any) -> str:
    """The first letters of a name, for an organisation without a logo."""
    words = [word for word in str(value).split() if word[:1].isalnum()]
    small = {"de", "het", "een", "van", "der", "den", "en", "vv", "sv", "the", "of"}
    chosen = [word for word in words if word.lower() not in small] or words
    return "".join(word[0] for word in chosen[:2]).upper()


@register.filter
def month_names(numbers: list[int]) -> str:
    return wording.months(numbers)
