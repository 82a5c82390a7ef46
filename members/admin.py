from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from kring.foundation.administration import NamedAdmin, ReadOnlyAdmin, ReadOnlyInline, SignedAdmin
from members.models import (
    Application,
    BusinessArea,
    Change,
    District,
    Invitation,
    Membership,
    MembershipTransition,
    Organisation,
    Role,
    Sector,
    SocialLink,
    TargetGroup,
)

admin.site.register([BusinessArea, District, Sector, TargetGroup], NamedAdmin)


class SocialLinkInline(admin.TabularInline):  # type: ignore[type-arg]
    model = SocialLink
    extra = 0


class RoleInline(ReadOnlyInline):
    """Roles change on the pages of the organisation, where nobody takes the last owner away."""

    model = Role
    fields = ["user", "role", "since", "until"]


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ["status", "period", "applied_on", "contribution", "paid_until"]
    show_change_link = True


@admin.register(Organisation)
class OrganisationAdmin(SignedAdmin):
    list_display = ["name", "kind", "main_sector", "listed_on", "profile_confirmed_on"]
    list_filter = ["kind", "main_sector", "anbi", "partner_member"]
    list_select_related = ["main_sector"]
    search_fields = ["name", "slug", "kvk_number", "email"]
    autocomplete_fields = ["contact"]
    filter_horizontal = ["sectors", "districts", "target_groups"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MembershipInline, RoleInline, SocialLinkInline]


class MembershipTransitionInline(ReadOnlyInline):
    model = MembershipTransition
    fields = ["at", "before", "after", "actor_name", "note"]


@admin.register(Membership)
class MembershipAdmin(SignedAdmin):
    list_display = ["organisation", "status", "period", "paid_until"]
    list_filter = ["status"]
    list_select_related = ["organisation"]
    search_fields = ["organisation__name"]
    # A status changes by a verb, which leaves a trace; here only what was paid and agreed is kept.
    readonly_fields = ["organisation", "status", "period", "applied_on", "reason"]
    inlines = [MembershipTransitionInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A membership begins by an application, or from a list."""
        return False


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin):
    list_display = ["user", "organisation", "role", "since", "until"]
    list_filter = ["role"]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__name", "user__email", "organisation__name"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ["email", "organisation", "role", "expires_at", "accepted_at", "withdrawn_at"]
    list_select_related = ["organisation"]
    search_fields = ["email", "organisation__name"]


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    list_display = ["name", "email", "created_at", "confirmed_at"]
    search_fields = ["name", "email"]


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ["at", "organisation", "thing", "deed", "actor_name", "note"]
    list_filter = ["thing", "deed"]
    list_select_related = ["organisation"]
