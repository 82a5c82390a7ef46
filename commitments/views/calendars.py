"""The secret address of an organisation's calendar: made, shown once, revoked; and the calendar itself."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from commitments import calendars
from commitments.models import CalendarFeed
from kring.accounts import access
from kring.foundation import ratelimit
from members import policies
from members.views import own

HOUR = 3600
MOST_AN_HOUR = 120
MAKE, REVOKE, REVOKE_ALL = "maak", "intrekken", "alle-intrekken"


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, organisation: str) -> HttpResponse:
    """Somebody's own address for this organisation; who answers for it sees who else has one."""
    user, now = access.user_of(request), timezone.now()
    found = policies.get_editable(user, organisation)
    owns = policies.owns(user, found)
    url, deed = "", request.POST.get("doe", "") if request.method == "POST" else ""
    if deed == MAKE:
        url = calendars.issue(found, user, now)
    elif deed == REVOKE or (deed == REVOKE_ALL and owns):
        feeds = CalendarFeed.objects.of(found)
        (feeds if deed == REVOKE_ALL else feeds.held_by(user)).revoke(now)
        messages.success(request, _("Ingetrokken. Agenda's die dit adres kennen krijgen niets meer."))
        return redirect("commitments:calendar", organisation)
    elif request.method == "POST":
        return redirect("commitments:calendar", organisation)
    held = list(calendars.held(found))
    shown = {
        **own.frame(request, found, "commitments:calendar"),
        "url": url,
        "mine": next((feed for feed in held if feed.user_id == user.pk), None),
        "held": held if owns else [],
    }
    return render(request, "commitments/calendar.html", shown)


@access.link_holder
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    if ratelimit.exceeded("calendar", ratelimit.caller(request), limit=MOST_AN_HOUR, seconds=HOUR):
        return render(request, "429.html", status=429)
    found = calendars.find(token)
    if found is None:
        raise Http404
    body = calendars.calendar(found)
    etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="toezeggingen.ics"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)  # type: ignore[return-value]
