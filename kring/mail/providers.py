"""What a provider reports by webhook, in its own dialect: django-anymail checks who it is and translates."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from kring.mail import bounces, classing, leaving, return_address
from kring.mail.models import CAN_BE_LEFT, BounceKind, Kind, Message, MessageEvent, MessageState

# Amazon's is not among them: to be confirmed it wants an address fetched that somebody else gives.
VIEWS = {
    "brevo": "brevo.BrevoTrackingWebhookView",
    "mailersend": "mailersend.MailerSendTrackingWebhookView",
    "mailgun": "mailgun.MailgunTrackingWebhookView",
    "mailjet": "mailjet.MailjetTrackingWebhookView",
    "mailtrap": "mailtrap.MailtrapTrackingWebhookView",
    "postmark": "postmark.PostmarkTrackingWebhookView",
    "sendgrid": "sendgrid.SendGridTrackingWebhookView",
    "sparkpost": "sparkpost.SparkPostTrackingWebhookView",
}
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# A report that does not name the message is about the newest to that address,
# if it is not older than this; but a complaint may come late.
RECENT = dt.timedelta(days=7)
FOR_NOW = re.compile(r"soft[ _-]?bounce|transient|temporar", re.IGNORECASE)
HARD_REASONS = {"invalid", "bounced"}


def is_ours(provider: str) -> bool:
    """Without a secret anybody could report anything, so then there is no such address."""
    return provider == settings.MAIL_PROVIDER and provider in VIEWS and bool(settings.ANYMAIL["WEBHOOK_SECRET"])


def events_in(request: HttpRequest, provider: str) -> list[AnymailTrackingEvent]:
    """Raises SuspiciousOperation for who has no right to tell, and what comes by for what is no report."""
    view: AnymailCoreWebhookView = import_string(f"anymail.webhooks.{VIEWS[provider]}")()
    view.run_validators(request)
    return list(view.parse_events(request))


def take(events: Iterable[AnymailTrackingEvent], now: dt.datetime) -> int:
    """Returns how many were about a message of ours, or about a reader who wants no more of them."""
    taken = 0
    for event in events:
        if message := message_of(event, now):
            note(event, message, now)
        elif event.event_type == EventType.COMPLAINED and event.recipient:
            bounces.note_complaint_of(event.recipient, now)
        else:
            continue
        taken += 1
    return taken


def note(event: AnymailTrackingEvent, message: Message, now: dt.datetime) -> None:
    detail = " ".join(str(event.mta_response or event.description or event.reject_reason or "").split())
    match event.event_type:
        case EventType.COMPLAINED:
            bounces.note(message, BounceKind.COMPLAINT, detail, now)
        case "bounced" | "rejected" | "failed":
            bounces.note(message, kind_of(event, detail), detail, now)
        case "deferred":
            bounces.note_on_the_way(message, MessageEvent.What.DELAYED, detail, now)
        case "delivered" if message.kind != Kind.NEWSLETTER or message.bounce:
            bounces.note_on_the_way(message, MessageEvent.What.DELIVERED, detail, now)
        case "unsubscribed" if message.kind in CAN_BE_LEFT:
            leaving.leave(message, now)


def kind_of(event: AnymailTrackingEvent, detail: str) -> str:
    """By what the receiving server said; by the provider's word where it said nothing exact."""
    if classing.STATUS.search(detail):
        return classing.classed("", detail)
    is_for_now = event.reject_reason not in HARD_REASONS or FOR_NOW.search(str(event.esp_event))
    return BounceKind.SOFT if is_for_now else BounceKind.HARD


def message_of(event: AnymailTrackingEvent, now: dt.datetime) -> Message | None:
    """By our own Message-ID or return address, wherever the provider put it; else by the address it went to."""
    told = f"{event.message_id} {event.esp_event}"
    names = [*return_address.found_in(told), *(uuid.UUID(each) for each in UUID.findall(told))]
    named = Message.objects.filter(uuid__in=names[:20]).first()
    if named is not None or not event.recipient:
        return named
    return latest_to(event.recipient, None if event.event_type == EventType.COMPLAINED else now - RECENT)


def latest_to(email: str, after: dt.datetime | None) -> Message | None:
    sent: Any = Message.objects.filter(email__iexact=email, state__in=[MessageState.SENT, MessageState.BOUNCED])
    recent = sent.filter(sent_at__gt=after) if after else sent
    found: Message | None = recent.order_by("-sent_at").first()
    return found
