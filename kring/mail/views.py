from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kring.accounts import access
from kring.mail import leaving, life, links, providers, streams, suppression
from kring.mail.models import ActionLink, Kind, Message

# The name of the button by which the holder of an old link asks for a new one.
RENEW = "nieuwe-link"
MOVED_ON = gettext_lazy("Er is intussen iets veranderd, dus dit kon niet meer.")
# What the parsers of the providers' dialects raise for something else.
NO_REPORT = (ValueError, KeyError, TypeError, AttributeError, IndexError)


@access.link_holder
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a link in a mail: GET shows it, POST does it."""
    link = ActionLink.objects.filter(token_hash=links.hash_of(token)).first()
    page = links.page_for(link.purpose) if link else None
    if link is None or page is None:
        return discreet(render(request, "mail/link_unknown.html", status=404))
    if request.method == "POST":
        return discreet(_act(request, page, link))
    if not link.is_open(timezone.now()) or page.find(link) is None:
        return discreet(show_over(request, page, link))
    return discreet(page.show(request, link))


@transaction.atomic
def _act(request: HttpRequest, page: links.LinkPage, link: ActionLink) -> HttpResponse:
    """With the link locked, so that of two presses of the button one acts and the other sees what is the case."""
    link = ActionLink.objects.select_for_update().get(pk=link.pk)
    now = timezone.now()
    if not link.is_open(now) or page.find(link) is None:
        if RENEW in request.POST and page.can_renew(link):
            page.renew(link)
            return render(request, "mail/link_renewed.html", {"link": link})
        return show_over(request, page, link)
    try:
        response = page.act(request, link)
    except links.MovedOn as moved:
        return show_over(request, page, link, told=moved.told or MOVED_ON)
    if link.single_use and response.status_code in {302, 303}:
        link.used_at = now
        link.save(update_fields=["used_at"])
    return response


def show_over(
    request: HttpRequest, page: links.LinkPage, link: ActionLink, *, told: str | Promise = ""
) -> HttpResponse:
    """What is the case now; and what was typed, for who comes too late with it."""
    if link.used_at is None and link.revoked_at is None and link.expires_at <= timezone.now():
        title = _("Deze link is verlopen")
    else:
        title = _("Zo staat het ervoor")
    over = links.Over(*page.over(link))
    is_late = request.method == "POST" and RENEW not in request.POST
    typed = page.typed(request, link) if is_late else []
    renew = RENEW if page.can_renew(link) else ""
    if told and page.find(link) is not None:  # the link still works, for something else
        over, renew = over._replace(url=request.path, label=_("Ga verder")), ""
    shown = {"title": title, "over": over, "told": told, "typed": typed, "renew": renew}
    return render(request, "mail/link_over.html", shown, status=409 if told else 200)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_address(request: HttpRequest) -> HttpResponse:
    """Why somebody gets no mail, and the way out: only who reads there can say that it works again."""
    user = access.user_of(request)
    if request.method == "POST":
        if suppression.try_again(user.email, timezone.now(), by_owner=True):
            messages.success(request, _("We sturen weer mail naar %(email)s.") % {"email": user.email})
        return redirect("mail:own_address")
    return render(request, "mail/own_address.html", {"trouble": life.trouble_of(user.email), "email": user.email})


@access.anyone
@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def report(request: HttpRequest, provider: str) -> HttpResponse:
    """Our provider tells what came back; it shows who it is by a secret, some by a signature too. HEAD is a look."""
    if not providers.is_ours(provider):
        raise Http404
    if request.method == "POST":
        try:
            events = providers.events_in(request, provider)
        except NO_REPORT as error:
            raise SuspiciousOperation("this is no report") from error
        providers.take(events, timezone.now())
    return HttpResponse()


@access.link_holder
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks; POST leaves, from the page or from the mail program itself, which has no token of ours (RFC 8058)."""
    message = leaving.message_of(token)
    if message is None:
        return discreet(render(request, "mail/link_unknown.html", status=404))
    if request.method == "POST":
        leave_step(request)(message, timezone.now())
    stream, left = streams.STREAMS[Kind(message.kind)], suppression.is_left(message.email, message.kind)
    shown = {"stream": stream, "why": stream.why % {"email": message.email}, "email": message.email, "left": left}
    shown["trouble"] = life.trouble_of(message.email)
    return discreet(render(request, "mail/leave.html", shown))


def leave_step(request: HttpRequest) -> Callable[[Message, dt.datetime], object]:
    """A mail program that posts without more wants to leave (RFC 8058)."""
    if "terug" in request.POST:
        return leaving.come_back
    return leaving.works_again if suppression.WORKS in request.POST else leaving.leave


def discreet(response: HttpResponse) -> HttpResponse:
    """The address holds a secret: not sent along to other sites, not kept, not indexed.

    Not `no-referrer`: browsers then send the form with `Origin: null`, which the CSRF check rightly refuses.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_store=True)
    return response
