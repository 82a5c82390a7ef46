"""What the administration pages of all rooms share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from kring.foundation import trail
from kring.foundation.actors import Actor

if TYPE_CHECKING:
    from kring.accounts.models import User


class ReadOnly:
    """To look at: these rows are written by the site itself, in a verb that leaves a trace."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    pass


class ReadOnlyInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    extra = 0


class KeptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What may be mended by hand, but not thrown away: the history hangs on it."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SignedAdmin(KeptAdmin):
    """Of what keeps its own history: what is mended here is signed there. Django saves a page in one transaction."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        trail.sign(Actor.of(cast("User", request.user)), timezone.now(), _("Via het sitebeheer"))
        super().save_model(request, obj, form, change)


class NamedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A short list."""

    list_display = ["name", "slug", "order"]
    list_editable = ["order"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
