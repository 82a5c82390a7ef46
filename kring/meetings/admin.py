from __future__ import annotations

from django.contrib import admin

from kring.foundation.administration import ReadOnlyAdmin, ReadOnlyInline
from kring.meetings.models import (
    AgendaItem,
    InvitationRound,
    Meeting,
    MeetingTransition,
    Minutes,
    Outcome,
    SignUp,
    Template,
)


class AgendaInline(ReadOnlyInline):
    model = AgendaItem
    fields = ["order", "title", "minutes", "speaker", "fills"]


class TransitionInline(ReadOnlyInline):
    model = MeetingTransition
    fields = ["at", "before", "after", "actor_name", "note"]


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    """Only to look at: meetings are prepared on the pages, where who is on the list hears of a change."""

    list_display = ["title", "starts_at", "state", "visibility", "taken", "capacity"]
    list_filter = ["state", "kind", "visibility"]
    search_fields = ["title", "venue"]
    date_hierarchy = "starts_at"
    inlines = [AgendaInline, TransitionInline]


@admin.register(SignUp)
class SignUpAdmin(ReadOnlyAdmin):
    """Without what somebody eats or needs: only the organiser sees that."""

    list_display = ["name", "organisation_name", "meeting", "state", "people", "came"]
    list_filter = ["state"]
    list_select_related = ["meeting"]
    search_fields = ["name", "email", "organisation_name"]
    exclude = ["needs", "person"]


@admin.register(Outcome)
class OutcomeAdmin(ReadOnlyAdmin):
    list_display = ["text", "kind", "organisation", "meeting", "due_on", "action_state"]
    list_filter = ["kind", "action_state"]
    list_select_related = ["organisation", "meeting"]
    search_fields = ["text"]


@admin.register(Minutes)
class MinutesAdmin(ReadOnlyAdmin):
    list_display = ["meeting", "audience", "written_by", "approved_by", "published_at"]
    list_select_related = ["meeting", "written_by", "approved_by"]


@admin.register(InvitationRound)
class InvitationRoundAdmin(ReadOnlyAdmin):
    list_display = ["meeting", "audience", "asked_by", "asked_at", "written", "finished_at"]
    list_select_related = ["meeting", "asked_by"]


@admin.register(Template)
class TemplateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Templates are made from a meeting; what nobody uses any more is thrown away here."""

    list_display = ["name", "kind"]
    prepopulated_fields = {"slug": ["name"]}
