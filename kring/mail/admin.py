from __future__ import annotations

from django.contrib import admin

from kring.foundation.administration import ReadOnlyAdmin
from kring.mail.models import ActionLink, Message, Suppression


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "kind", "email", "subject", "state", "attempts", "sent_at"]
    list_filter = ["state", "kind"]
    search_fields = ["email", "subject", "message_id"]
    date_hierarchy = "created_at"
    # A code or a link in the text would let who reads it here act for who it was meant for.
    exclude = ["text", "html", "calendar", "headers", "fields"]


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    list_display = ["address_hash", "kind", "reason", "since", "lifted_at"]
    list_filter = ["reason", "kind"]


@admin.register(ActionLink)
class ActionLinkAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "purpose", "email", "expires_at", "used_at", "revoked_at"]
    list_filter = ["purpose"]
    search_fields = ["email"]
