"""What is new on the menu card, for whoever follows it: the same filters as the page (Atom, RFC 4287)."""

from __future__ import annotations

import datetime as dt
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.foundation import visitors
from kring.foundation.forms import clean_text
from kring.foundation.models import Circle
from offerings import kept, narrowing, search_limits
from offerings.filters import OfferingFilter
from offerings.models import Offering

MOST = 50
NO_XML = re.compile("[\ufffe\uffff]")


@access.anyone
@require_safe
def newest(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    return visitors.shared(
        request,
        lambda: f"{today}{visitors.recently(kept.stamp)}",
        lambda: _newest(request, today),
        parameters=tuple(OfferingFilter.base_filters),
    )


def _newest(request: HttpRequest, today: dt.date) -> HttpResponse:
    if search_limits.too_fast(request):
        return search_limits.refusal(request)
    lists = kept.kept(today, kept.stamp()).lists
    asked = narrowing.asked_of_card(request.GET, lists)
    found = OfferingFilter(asked, queryset=Offering.objects.published(today)).qs
    rows = found.order_by("-published_on", "-pk").select_related("organisation", "category")[:MOST]
    address = f"?{asked.urlencode()}" if asked else ""
    name = " · ".join(filter(None, (_("Nieuw op de menukaart"), narrowing.in_words(asked, lists))))
    feed = Atom1Feed(
        title=_text(f"{name} · {Circle.current().full_name}"),
        link=_site(f"{reverse('offerings:list')}{address}"),
        description=_("Wat er nieuw op de menukaart staat."),
        language=get_language() or "nl",
        feed_url=_site(f"{request.path}{address}"),
    )
    for offering in rows:
        url = _site(offering.get_absolute_url())
        feed.add_item(
            title=_text(offering.title),
            link=url,
            description=escape(_text(offering.summary)),  # a feed's description is HTML
            unique_id=f"urn:uuid:{offering.uuid}",
            unique_id_is_permalink=False,
            author_name=_text(str(offering.organisation)),
            pubdate=_moment(offering.published_on),
            updateddate=offering.updated_at,
            categories=[str(offering.category)],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _text(text: str) -> str:
    """Without what XML cannot hold."""
    return NO_XML.sub("", clean_text(text))


def _moment(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(12), timezone.get_current_timezone()) if day else None


def _site(path: str) -> str:
    return settings.SITE_URL + path
