from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kring.accounts import access
from kring.foundation.views import back
from offerings import cards, shortlists
from offerings.models import Offering


@access.anyone
@require_safe
def shortlist(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    wanted = shortlists.keys(request)
    found = cards.rows(Offering.objects.visible_to(request.user, today).filter(pk__in=wanted))
    found.sort(key=lambda row: wanted.index(row["pk"]))
    shown = zip(found, cards.rendered(found, today), strict=True)
    items = [{"card": card, "slug": row["slug"], "title": row["title"]} for row, card in shown]
    return render(request, "offerings/shortlist.html", {"items": items})


def _offering(request: HttpRequest, slug: str) -> Offering:
    return get_object_or_404(Offering.objects.visible_to(request.user, timezone.localdate()), slug=slug)


@access.anyone
@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    offering = _offering(request, slug)
    try:
        shortlists.add(request, offering)
    except shortlists.ShortlistFull:
        messages.error(request, _("Je bewaarlijst is vol. Haal er eerst iets af."))
    else:
        messages.success(request, _("‘%(title)s’ staat op je bewaarlijst.") % {"title": offering.title})
    return HttpResponseRedirect(back(request, offering.get_absolute_url()))


@access.anyone
@require_POST
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    offering = _offering(request, slug)
    shortlists.remove(request, offering)
    messages.success(request, _("‘%(title)s’ is van je bewaarlijst af.") % {"title": offering.title})
    return HttpResponseRedirect(back(request, "/bewaarlijst/"))
