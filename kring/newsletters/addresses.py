"""Whether the links that somebody typed lead anywhere. Pages of others are never fetched; our own are looked up."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _

from commitments.models import Commitment
from kring.foundation.text import is_web
from kring.meetings.models import Meeting
from kring.newsletters.models import Issue
from members.models import Organisation
from offerings.models import Need, Offering

# Filters of spam do not like what hides where a link leads.
SHORTENERS = frozenset({"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "cutt.ly", "rb.gy"})
OFFICE = frozenset({"board", "administrator"})
DOMAIN = re.compile(r"(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:/\S*)?", re.IGNORECASE)


def _visible(match: ResolverMatch) -> QuerySet[Any] | None:
    """What stands on a page of ours, as a visitor sees it; None for a page that is always there."""
    stranger = AnonymousUser()
    match match.view_name:
        case "offerings:detail":
            return Offering.objects.visible_to(stranger).filter(**match.kwargs)
        case "offerings:need_detail":
            return Need.objects.visible_to(stranger).filter(**match.kwargs)
        case "members:detail":
            return Organisation.objects.visible_to(stranger).filter(**match.kwargs)
        case "commitments:detail":
            return Commitment.objects.visible_to(stranger).filter(**match.kwargs)
        case "meetings:detail" | "meetings:sign_up" | "meetings:calendar":
            return Meeting.objects.visible_to(stranger).filter(**match.kwargs)
        case "meetings:document":
            return Meeting.objects.visible_to(stranger).filter(slug=match.kwargs["slug"])
        case "newsletters:issue":
            return Issue.objects.visible_to(stranger).filter(**match.kwargs)
    return None


def is_own(url: str) -> bool:
    return url.startswith("/") or urlsplit(url).netloc == urlsplit(settings.SITE_URL).netloc


def fault(url: str) -> str:
    """What is wrong with an address, in a sentence; nothing when it is good."""
    if url.startswith("/") and not url.startswith("//"):
        return _own_fault(url)
    if not is_web(url):
        return _("‘%(url)s’ is geen webadres. Begin met https:// of, voor een pagina van deze site, met /.") % {
            "url": url
        }
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if is_own(url):
        return _own_fault(url)
    if "." not in host or " " in url:
        return _("‘%(url)s’ is geen compleet webadres.") % {"url": url}
    return ""


def _own_fault(url: str) -> str:
    try:
        found = resolve(urlsplit(url).path or "/")
    except Resolver404:
        return _("De pagina %(url)s bestaat niet op deze site.") % {"url": url}
    visible = _visible(found)
    is_for_office = getattr(found.func, "access", "") in OFFICE or "admin" in found.app_names
    if is_for_office or (visible is not None and not visible.exists()):
        return _("De pagina %(url)s kan een bezoeker niet zien.") % {"url": url}
    return ""


def doubt(url: str, words: str) -> str:
    """What a reader or a spam filter may not trust about a link; nothing when there is nothing."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    if host.removeprefix("www.") in SHORTENERS:
        return _("‘%(host)s’ verbergt waar de link heen gaat. Gebruik het echte adres.") % {"host": host}
    if _wants_sign_in(url):
        return _("Voor %(url)s moet een lezer inloggen. Wie geen account heeft, kan er niet bij.") % {"url": url}
    if parts.username or _is_number(host):
        return _("De link ‘%(url)s’ lijkt op die van oplichters. Gebruik een gewoon adres.") % {"url": url}
    said = DOMAIN.fullmatch(words.strip())
    if said and host and not _same(said[1].lower(), host):
        return _("Er staat ‘%(words)s’, maar de link gaat naar %(host)s.") % {"words": words.strip(), "host": host}
    return ""


def _wants_sign_in(url: str) -> bool:
    if not is_own(url):
        return False
    try:
        return getattr(resolve(urlsplit(url).path or "/").func, "access", "") == "signed_in"
    except Resolver404:
        return False


def _same(said: str, host: str) -> bool:
    return host == said or host.endswith("." + said) or host.removeprefix("www.") == said


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
