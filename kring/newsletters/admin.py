from __future__ import annotations

from django.contrib import admin

from kring.foundation.administration import ReadOnlyAdmin, ReadOnlyInline
from kring.newsletters.models import Audience, Consent, Issue, IssueLink, IssueStep, Overview, Subscriber


class ConsentInline(ReadOnlyInline):
    model = Consent
    fields = ["at", "step", "source", "text_version", "words"]


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdmin):
    list_display = ["email", "name", "language", "state", "asked_at", "confirmed_at", "left_at"]
    list_filter = ["state", "language"]
    search_fields = ["email", "name"]
    inlines = [ConsentInline]


@admin.register(Audience)
class AudienceAdmin(ReadOnlyAdmin):
    list_display = ["name", "groups", "reach", "sectors", "districts", "roles"]


class IssueLinkInline(ReadOnlyInline):
    model = IssueLink
    fields = ["url", "clicks"]


class IssueStepInline(ReadOnlyInline):
    model = IssueStep
    fields = ["at", "before", "after", "actor", "note"]


@admin.register(Issue)
class IssueAdmin(ReadOnlyAdmin):
    list_display = ["number", "subject", "state", "audience", "started_at", "readers", "unsubscribed"]
    list_filter = ["state"]
    list_select_related = ["audience"]
    search_fields = ["subject"]
    inlines = [IssueLinkInline, IssueStepInline]


@admin.register(Overview)
class OverviewAdmin(ReadOnlyAdmin):
    list_display = ["user", "kind", "period", "had_news", "made_at"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    date_hierarchy = "period"
