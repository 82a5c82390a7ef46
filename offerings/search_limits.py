"""How often one caller may search: on the page, in the API, in a feed and for the printed card together."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kring.foundation import ratelimit
from offerings import search

# Searches of one caller in a minute; a page that visitors share and that is at hand is not counted. Somebody who types
# does not come near it.
SEARCHES_A_MINUTE = 120


def too_fast(request: HttpRequest) -> bool:
    """Counts a request that has words to look for; to be asked before they are looked for."""
    if not search.tidy(request.GET.get("q", "")):
        return False
    return ratelimit.exceeded("search", ratelimit.caller(request), limit=SEARCHES_A_MINUTE, seconds=60)


def refusal(request: HttpRequest) -> HttpResponse:
    words = search.tidy(request.GET.get("q", ""))
    response = render(request, "offerings/too_fast.html", {"words": words}, status=429)
    # htmx puts no error in its place: it goes to the page itself, which says what is the matter.
    response["HX-Redirect"] = request.get_full_path()
    return response
