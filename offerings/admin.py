from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from kring.foundation.administration import KeptAdmin, NamedAdmin, ReadOnlyAdmin, ReadOnlyInline
from offerings.models import Category, Need, Offering, SearchCount, Shortlist, ShortlistItem


@admin.register(Category)
class CategoryAdmin(NamedAdmin):
    list_display = ["name", "parent", "slug", "order"]
    list_select_related = ["parent"]


class VersionedAdmin(KeptAdmin):
    """Who writes the same on its own page is told that it changed here."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        obj.version += 1
        super().save_model(request, obj, form, change)


@admin.register(Offering)
class OfferingAdmin(VersionedAdmin):
    list_display = ["title", "organisation", "category", "audience", "state", "confirmed_on"]
    list_filter = ["state", "audience", "means", "price_kind"]
    list_select_related = ["organisation", "category"]
    search_fields = ["title", "slug", "organisation__name"]
    autocomplete_fields = ["organisation", "category", "contact"]
    # A state changes by a verb; the photo by the form that makes it anew.
    readonly_fields = ["state", "published_on", "archived_on", "photo"]


@admin.register(Need)
class NeedAdmin(VersionedAdmin):
    list_display = ["title", "organisation", "means", "state", "expires_on"]
    list_filter = ["state", "means"]
    list_select_related = ["organisation"]
    search_fields = ["title", "slug", "organisation__name"]
    autocomplete_fields = ["organisation", "category"]


class ShortlistItemInline(ReadOnlyInline):
    model = ShortlistItem
    fields = ["offering", "added_at"]


@admin.register(Shortlist)
class ShortlistAdmin(ReadOnlyAdmin):
    list_display = ["user", "note"]
    list_select_related = ["user"]
    inlines = [ShortlistItemInline]


@admin.register(SearchCount)
class SearchCountAdmin(ReadOnlyAdmin):
    list_display = ["day", "words", "found", "times"]
    list_filter = ["found"]
    search_fields = ["words"]
