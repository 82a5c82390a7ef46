"""The demo's own post: every mail that was sent, as its reader would see it, with links that work.

Only in the demo: whoever looks here reads everybody's mail.
"""

from __future__ import annotations

import email
import email.policy
import re
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from kring.accounts import access
from kring.mail import stencils
from kring.mail.mime import CALENDAR_NAME, build
from kring.mail.models import Message, MessageState

PER_PAGE = 30
MAX_PAGES = 100
PILLS = {
    MessageState.QUEUED: "wait",
    MessageState.SENDING: "busy",
    MessageState.SENT: "good",
    MessageState.BOUNCED: "alert",
    MessageState.FAILED: "alert",
    MessageState.HELD: "alert",
}
HEADERS = {
    "From": _("Van"),
    "To": _("Aan"),
    "Reply-To": _("Antwoorden aan"),
    "Date": _("Datum"),
    "Message-ID": _("Kenmerk"),
    "List-Unsubscribe": _("Afmelden"),
}
# The mail's own style sheet stands in it; scripts, forms and pictures from elsewhere do not work in it.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation"
)
# A link in the frame opens in the whole window.
LINKS_LEAVE_THE_FRAME = r'\g<0><base target="_top">'


def _message(**which: Any) -> Message:
    if not settings.DEMO:
        raise Http404
    return get_object_or_404(Message.objects.select_related("stencil"), **which)


@access.anyone
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first; ?aan=<address> shows one person's."""
    if not settings.DEMO:
        raise Http404
    reader = request.GET.get("aan", "").strip()
    messages = Message.objects.defer("text", "html", "calendar").order_by("-pk")
    if reader:
        messages = messages.filter(email__iexact=reader)
    page = Paginator(messages[: MAX_PAGES * PER_PAGE], PER_PAGE).get_page(request.GET.get("page"))
    mails = [{"message": message, "pill": pill(message)} for message in page.object_list]
    return render(request, "demo/post.html", {"page": page, "mails": mails, "reader": reader})


@access.anyone
@require_safe
def mail(request: HttpRequest, uuid: str) -> HttpResponse:
    message = _message(uuid=uuid)
    shown = {"message": message, "body": stencils.body(message), "facts": headers(message), "pill": pill(message)}
    return render(request, "demo/post_mail.html", shown)


@access.anyone
@require_safe
@xframe_options_sameorigin
def html(request: HttpRequest, uuid: str) -> HttpResponse:
    """The mail's HTML by itself, for the frame on its page."""
    message = _message(uuid=uuid)
    body = stencils.body(message)
    if not body.html:
        raise Http404
    response = HttpResponse(re.sub(r"<head[^>]*>", LINKS_LEAVE_THE_FRAME, body.html, count=1))
    response["Content-Security-Policy"] = MAIL_POLICY
    response["X-Robots-Tag"] = "noindex"
    return response


@access.anyone
@require_safe
def calendar(request: HttpRequest, uuid: str) -> HttpResponse:
    """The file for the agenda that goes along."""
    message = _message(uuid=uuid)
    if not message.calendar:
        raise Http404
    response = HttpResponse(message.calendar, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{CALENDAR_NAME}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def pill(message: Message) -> str:
    return PILLS.get(MessageState(message.state), "draft")


def headers(message: Message) -> list[dict[str, Any]]:
    """The headers a reader cares for, read back from the bytes that went over the line."""
    parsed = email.message_from_bytes(build(message), policy=email.policy.default)
    return [{"label": label, "value": str(parsed[name])} for name, label in HEADERS.items() if parsed[name]]


urlpatterns = [
    path("", inbox, name="post"),
    path("<uuid:uuid>/", mail, name="post_mail"),
    path("<uuid:uuid>/html/", html, name="post_html"),
    path("<uuid:uuid>/agenda.ics", calendar, name="post_calendar"),
]
