from __future__ import annotations

from django.contrib import admin

from commitments.models import (
    Commitment,
    DateProposal,
    Enquiry,
    EnquiryMessage,
    EnquiryTransition,
    Event,
    Reminder,
    ReminderCopy,
    ReminderHours,
    ReminderRule,
    Review,
    Transition,
    Update,
    Verdict,
)
from kring.foundation.administration import ReadOnlyAdmin, ReadOnlyInline

TRACE = ("at", "before", "after", "actor_name", "note")


class TransitionInline(ReadOnlyInline):
    model = Transition
    fields = TRACE


class EventInline(ReadOnlyInline):
    model = Event
    fields = ["at", "kind", "side", "actor_name", "note"]


class UpdateInline(ReadOnlyInline):
    model = Update
    fields = ["at", "quantity", "is_final", "actor_name", "note"]


class DateProposalInline(ReadOnlyInline):
    model = DateProposal
    fields = ["at", "old_date", "new_date", "reason", "outcome"]


@admin.register(Commitment)
class CommitmentAdmin(ReadOnlyAdmin):
    """Only to look at: every step is taken on the pages, where it leaves its trace."""

    list_display = ["title", "promisor", "beneficiary", "state", "due_on"]
    list_filter = ["state", "means", "visibility"]
    list_select_related = ["promisor", "beneficiary"]
    search_fields = ["title", "promisor__name", "beneficiary__name"]
    date_hierarchy = "due_on"
    inlines = [TransitionInline, EventInline, UpdateInline, DateProposalInline]


class EnquiryTransitionInline(ReadOnlyInline):
    model = EnquiryTransition
    fields = TRACE


class EnquiryMessageInline(ReadOnlyInline):
    model = EnquiryMessage
    fields = ["at", "author_name", "by_receiver", "text"]


@admin.register(Enquiry)
class EnquiryAdmin(ReadOnlyAdmin):
    list_display = ["organisation_name", "receiver", "offering", "state", "created_at"]
    list_filter = ["state"]
    list_select_related = ["receiver", "offering"]
    search_fields = ["organisation_name", "receiver__name", "email"]
    inlines = [EnquiryTransitionInline, EnquiryMessageInline]


class ReminderCopyInline(ReadOnlyInline):
    model = ReminderCopy
    fields = ["email", "told_on"]


@admin.register(ReminderHours)
class ReminderHoursAdmin(ReadOnlyAdmin):
    list_display = ["opens", "closes"]


@admin.register(ReminderRule)
class ReminderRuleAdmin(ReadOnlyAdmin):
    """Only to look at: the board edits them on its own page, which knows which mail goes with which rule."""

    list_display = ["name", "anchor", "offset_days", "repeat_days", "audience", "is_active"]
    list_filter = ["anchor", "audience", "is_active"]


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ["fired_at", "rule", "commitment", "date", "outcome"]
    list_filter = ["rule", "outcome"]
    inlines = [ReminderCopyInline]
    list_select_related = ["rule", "commitment"]


class VerdictInline(ReadOnlyInline):
    model = Verdict
    fields = ["commitment", "kind", "note", "action_owner", "action_due_on"]


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ["held_on", "chair", "closed_at"]
    list_select_related = ["chair"]
    inlines = [VerdictInline]
