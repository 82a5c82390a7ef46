"""Being one of the demo's cast with one click. Routed only where DEMO is on."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from kring.accounts import access
from kring.accounts.models import User
from kring.accounts.signing_in import welcome
from kring.demo.loading.source import Source

# The cast, in the order of the sign-in page: who, in words, and where each begins.
CAST = (
    ("visitor", _("Bezoeker"), "/"),
    ("business", _("Bedrijf"), "/mijn/"),
    ("editor", _("Redacteur van een organisatie"), "/mijn/"),
    ("owner", _("Beheerder van een organisatie"), "/mijn/"),
    ("board", _("Bestuur"), "/bestuur/"),
    ("administrator", _("Sitebeheer"), "/beheer/"),
)
STARTS = {who: start for who, _label, start in CAST}


def person(who: str) -> User:
    """The one of the demo's people who plays this part."""
    named = Source.rows("circle")["cast"][who]
    name = "administrator" if who == "administrator" else named
    return get_object_or_404(User, uuid=Source.uuid("person", name))


@access.anyone
@require_POST
def sign_in(request: HttpRequest, who: str) -> HttpResponse:
    if not settings.DEMO or who not in STARTS:
        raise Http404
    logout(request)
    if who != "visitor":
        user = person(who)
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        welcome(request, user)
    return HttpResponseRedirect(STARTS[who])
