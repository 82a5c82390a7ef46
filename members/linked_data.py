"""An organisation as search engines and other sites read it: JSON-LD in the words of schema.org.

Only what stands on the public page. A person is never in it, nor the number of a sole trader that may be a person's.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kring.foundation.models import Circle
from kring.foundation.storage import media_url
from kring.foundation.text import excerpt, is_web, plain_text
from members import profile_parts
from members.models import LegalForm, Organisation, OrganisationKind

Node = dict[str, Any]

MEDIA_TYPE = "application/ld+json"
MAX_DESCRIPTION = 500
# What would end the element, or begin another, as Django's json_script has it.
UNSAFE = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def of(organisation: Organisation, today: dt.date, *, is_listed: bool) -> Node:
    """`is_listed` tells whether it stands in the directory; only then it is said to belong to the circle."""
    page = site_url(organisation.get_absolute_url())
    website = organisation.website if is_web(organisation.website) else ""
    links = [link.url for link in organisation.social_links.all() if is_web(link.url)]
    node = {
        "@context": "https://schema.org",
        "@type": _kind(organisation),
        "@id": f"{page}#organisatie",
        "name": organisation.name,
        "slogan": organisation.tagline,
        "description": excerpt(plain_text(organisation.story), MAX_DESCRIPTION) or organisation.tagline,
        "url": website or page,
        "mainEntityOfPage": page,
        "logo": site_url(media_url(organisation.logo.name or "")) if organisation.logo else "",
        "sameAs": links,
        "email": organisation.email,
        "telephone": organisation.phone,
        "address": _address(organisation),
        "areaServed": [{"@type": "AdministrativeArea", "name": str(each)} for each in organisation.districts.all()],
        "foundingDate": str(organisation.founding_year or ""),
        "nonprofitStatus": "https://schema.org/NonprofitANBI" if organisation.anbi else "",
        "identifier": _numbers(organisation),
        "memberOf": _circle() if is_listed and organisation.kind == OrganisationKind.MEMBER else None,
        **profile_parts.linked(organisation, today),
    }
    return {name: value for name, value in node.items() if value}


def site_url(path: str) -> str:
    """With the site's own name; what is stored elsewhere keeps its address."""
    return urljoin(f"{settings.SITE_URL}/", path)


def script(node: Node) -> SafeString:
    """A block of data in a page; browsers do not run it, so that the content policy lets it be."""
    text = json.dumps(node, ensure_ascii=False).translate(UNSAFE)
    return format_html('<script type="{}">{}</script>', MEDIA_TYPE, mark_safe(text))  # noqa: S308 - escaped above


def _kind(organisation: Organisation) -> str:
    if organisation.legal_form == LegalForm.GOVERNMENT:
        return "GovernmentOrganization"
    if organisation.kind == OrganisationKind.BUSINESS:
        return "LocalBusiness"
    return "NGO" if organisation.kind == OrganisationKind.MEMBER else "Organization"


def _address(organisation: Organisation) -> Node | None:
    told = {
        "streetAddress": f"{organisation.street} {organisation.house_number}".strip(),
        "postalCode": organisation.postcode,
        "addressLocality": organisation.city,
    }
    filled = {name: value for name, value in told.items() if value}
    return {"@type": "PostalAddress", **filled, "addressCountry": "NL"} if filled else None


def _numbers(organisation: Organisation) -> list[Node]:
    numbers: Iterable[tuple[str, str]] = [("KvK", organisation.kvk_number), ("RSIN", organisation.public_rsin)]
    return [{"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in numbers if value]


def _circle() -> Node:
    return {"@type": "Organization", "name": Circle.current().full_name, "url": site_url("/")}
