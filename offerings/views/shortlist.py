"""What somebody set aside."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kring.accounts import access
from kring.foundation.origin import from_this_site
from kring.foundation.views import back
from offerings import cards, shortlists
from offerings.cards import Bookmark
from offerings.models import Offering


@access.anyone
@require_safe
@never_cache
def shortlist(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    wanted = {key: place for place, key in enumerate(shortlists.keys(request))}
    rows = cards.rows(Offering.objects.visible_to(request.user, today).filter(pk__in=wanted))
    rows.sort(key=lambda row: wanted[row["pk"]])
    shown = zip(rows, cards.rendered(rows, today, on_shortlist=None), strict=True)
    items = [{"card": card, "slug": row["slug"], "title": row["title"]} for row, card in shown]
    return render(request, "offerings/shortlist.html", {"items": items, "gone": len(wanted) - len(items)})


@access.anyone
@require_POST
@from_this_site
def add(request: HttpRequest, slug: str) -> HttpResponse:
    today = timezone.localdate()
    offering = get_object_or_404(Offering.objects.visible_to(request.user, today), slug=slug)
    try:
        shortlists.add(request, offering)
    except shortlists.ShortlistFull:
        return _done(request, offering, messages.warning, _("Je bewaarlijst is vol. Haal er eerst iets af."))
    return _done(
        request, offering, messages.success, _("‘%(title)s’ staat op je bewaarlijst.") % {"title": offering.title}
    )


@access.anyone
@require_POST
@from_this_site
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Also of what has left the menu card since; what is not on the list is not told."""
    offering = get_object_or_404(Offering, slug=slug, pk__in=shortlists.keys(request))
    shortlists.remove(request, offering)
    told = _("‘%(title)s’ is van je bewaarlijst af.") % {"title": offering.title}
    return _done(request, offering, messages.success, told)


@access.anyone
@require_POST
def clear_away(request: HttpRequest) -> HttpResponse:
    """What left the menu card goes off the list."""
    if shortlists.clear_away(request):
        messages.success(request, _("Je bewaarlijst is opgeruimd."))
    return redirect("offerings:shortlist")


def _done(
    request: HttpRequest, offering: Offering, tell: Callable[[HttpRequest, str], None], told: str
) -> HttpResponse:
    """With htmx the button and the count change where they are; without, the page comes back and tells."""
    if request.htmx:  # type: ignore[attr-defined]
        is_kept = offering.pk in shortlists.keys(request)
        shown = {
            "title": offering.title,
            "is_kept": is_kept,
            "keep_url": cards.keep_url(offering.slug, Bookmark.REMOVE if is_kept else Bookmark.ADD),
            "count": shortlists.count(request),
            "told": told,
        }
        return render(request, "offerings/_kept.html", shown)
    tell(request, told)
    return HttpResponseRedirect(back(request, reverse("offerings:shortlist")))
